import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  InputDialog,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ReactiveAPI } from '../api';
import { notifyFailure } from '../notify';
import { listCommands } from '../palette';
import { CommandIDs, DOMAIN, PluginIDs } from '../tokens';
import type { IActivity } from '../payloads';

/** What the dialog proposes, if the administrator allows as much. */
const USUAL_HOURS = 8;

const SHORTLY = { autoClose: 10000 } as const;

export const keepAlive: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.keepAlive,
  description: 'Keeps the Jupyter server from counting as idle.',
  autoStart: true,
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const { commands, serviceManager } = app;
    const api = new ReactiveAPI(serviceManager.serverSettings);
    let activity: IActivity | null = null;

    const refresh = async (): Promise<IActivity> => {
      activity = await api.activity();
      commands.notifyCommandChanged(CommandIDs.keepAlive);
      return activity;
    };

    const time = (until: string) =>
      new Date(until).toLocaleString(undefined, {
        dateStyle: 'medium',
        timeStyle: 'short'
      });

    const askToEnd = async (until: string): Promise<boolean> => {
      const { button } = await showDialog({
        title: trans.__('Keep Running for a While'),
        body: trans.__('Jupyter is kept running until %1.', time(until)),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Keep Running') }),
          Dialog.warnButton({ label: trans.__('End It') })
        ]
      });
      return button.accept;
    };

    const askForHours = async (maximum: number): Promise<number | null> => {
      const { value } = await InputDialog.getNumber({
        title: trans.__('Keep Running for a While'),
        label: trans.__(
          'Hours for which Jupyter is not shut down as idle (at most %1):',
          maximum
        ),
        value: Math.min(USUAL_HOURS, maximum),
        okLabel: trans.__('Keep Running')
      });
      return value;
    };

    commands.addCommand(CommandIDs.keepAlive, {
      label: trans.__('Keep Running for a While…'),
      caption: () =>
        activity?.max_keep_alive_hours === 0
          ? trans.__('The administrator of this server does not allow it')
          : trans.__(
              'Keep the Jupyter server and its notebooks from being shut down as idle'
            ),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => activity?.max_keep_alive_hours !== 0,
      isVisible: () => activity?.max_keep_alive_hours !== 0,
      execute: async () => {
        try {
          const { keep_alive_until, max_keep_alive_hours } = await refresh();
          if (keep_alive_until !== null) {
            if (await askToEnd(keep_alive_until)) {
              activity = await api.keepAlive(0);
              Notification.info(
                trans.__('Jupyter counts as idle again when nobody uses it.'),
                SHORTLY
              );
            }
            return;
          }
          const hours = await askForHours(max_keep_alive_hours);
          if (hours === null) {
            return;
          }
          activity = await api.keepAlive(hours);
          if (activity.keep_alive_until !== null) {
            Notification.success(
              trans.__(
                'Jupyter is kept running until %1.',
                time(activity.keep_alive_until)
              ),
              SHORTLY
            );
          }
        } catch (error) {
          notifyFailure(
            trans.__('Jupyter could not be told to keep running.'),
            error,
            trans
          );
        }
      }
    });

    listCommands(palette, trans, [CommandIDs.keepAlive]);
    refresh().catch((error: unknown) => {
      console.warn('Whether Jupyter can be kept running is unknown:', error);
    });
  }
};
