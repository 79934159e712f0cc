import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import { IRunningSessionManagers } from '@jupyterlab/running';
import type { IRunningSessions } from '@jupyterlab/running';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ReactiveAPI } from '../api';
import { RunningApps } from '../apps';
import type { IRunningApp } from '../apps';
import { appIcon } from '../icons';
import { notifyFailure } from '../notify';
import { CommandIDs, DOMAIN, PluginIDs } from '../tokens';

export const runningApps: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.runningApps,
  description: 'Lists apps that are in use among what runs.',
  autoStart: true,
  optional: [IRunningSessionManagers, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    managers: IRunningSessionManagers | null,
    translator: ITranslator | null
  ): void => {
    if (!managers) {
      return;
    }
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const { events, serverSettings } = app.serviceManager;
    const api = new ReactiveAPI(serverSettings);
    const apps = new RunningApps(api, events);

    const stop = (server: string) => {
      api
        .stopServer(server)
        .catch((error: unknown) => {
          notifyFailure(
            trans.__('The apps could not be shut down.'),
            error,
            trans
          );
        })
        .finally(() => apps.refresh());
    };

    // A narrow panel shows the beginning alone.
    const use = ({ memory, sessions }: IRunningApp): string => {
      const visitors = trans._n('%1 visitor', '%1 visitors', sessions);
      return memory === null
        ? visitors
        : trans.__('%1 MB, %2', Math.round(memory / 1e6), visitors);
    };

    const toItem = (item: IRunningApp): IRunningSessions.IRunningItem => {
      const { isShared, path, server } = item;
      return {
        className: 'jp-ReactiveRunningApp',
        icon: () => appIcon,
        label: () => PathExt.basename(path),
        labelTitle: () =>
          isShared
            ? trans.__('%1: %2, shared with other apps', path, use(item))
            : trans.__('%1: %2', path, use(item)),
        detail: () => use(item),
        open: () => void app.commands.execute(CommandIDs.openApp, { path }),
        // What ends the process of several apps is "Shut Down All".
        ...(isShared ? {} : { shutdown: () => stop(server) })
      };
    };

    managers.add({
      name: trans.__('Reactive apps'),
      running: () => apps.look().map(toItem),
      runningChanged: apps.changed,
      refreshRunning: () => apps.refresh(),
      shutdownLabel: trans.__('Shut Down App'),
      shutdownAllLabel: trans.__('Shut Down All'),
      shutdownAllConfirmationText: trans.__(
        'Shut down all reactive apps? Visitors who have one open begin anew.'
      ),
      shutdownAll: () => apps.servers.forEach(({ server }) => stop(server))
    });
  }
};
