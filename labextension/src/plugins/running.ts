import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRunningSessionManagers } from '@jupyterlab/running';
import type { IRunningSessions } from '@jupyterlab/running';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ReactiveAPI } from '../api';
import { reactiveIcon } from '../icons';
import { notifyFailure } from '../notify';
import { CommandIDs, DOMAIN, IReactiveModel, PluginIDs } from '../tokens';
import type { ISession } from '../payloads';

export const running: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.running,
  description: 'Lists reactive notebooks among what runs.',
  autoStart: true,
  requires: [IReactiveModel],
  optional: [IRunningSessionManagers, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    model: IReactiveModel,
    managers: IRunningSessionManagers | null,
    translator: ITranslator | null
  ): void => {
    if (!managers) {
      return;
    }
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const api = new ReactiveAPI(app.serviceManager.serverSettings);

    const toItem = (session: ISession): IRunningSessions.IRunningItem => {
      const { id, name, path } = session;
      const open =
        path === null
          ? undefined
          : () => void app.commands.execute(CommandIDs.open, { path });
      return {
        className: 'jp-ReactiveRunningItem',
        context: id,
        icon: () => reactiveIcon,
        label: () => name,
        labelTitle: () => path ?? trans.__('%1 (not saved yet)', name),
        open,
        shutdown: () => {
          api.shutdownSession(id).catch((error: unknown) => {
            notifyFailure(
              trans.__('“%1” could not be shut down.', name),
              error,
              trans
            );
          });
        }
      };
    };

    managers.add({
      name: trans.__('Reactive notebooks'),
      running: () => model.sessions.map(toItem),
      runningChanged: model.sessionsChanged,
      refreshRunning: () => void model.refresh(),
      shutdownLabel: trans.__('Shut Down Notebook'),
      shutdownAllLabel: trans.__('Shut Down All'),
      shutdownAllConfirmationText: trans.__(
        'Shut down all reactive notebooks? Their variables will be lost; their files stay as they were saved last.'
      ),
      shutdownAll: () => {
        api.shutdownSessions().catch((error: unknown) => {
          notifyFailure(
            trans.__('The reactive notebooks could not be shut down.'),
            error,
            trans
          );
        });
      }
    });
  }
};
