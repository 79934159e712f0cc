import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, ICommandPalette, showDialog } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { ReactiveAPI } from '../api';
import { reactiveIcon } from '../icons';
import { createLogBody } from '../log';
import { notifyFailure } from '../notify';
import { listCommands } from '../palette';
import { mayCreate } from '../policy';
import {
  CommandIDs,
  DOMAIN,
  FACTORY,
  IReactiveContents,
  IReactiveModel,
  PluginIDs
} from '../tokens';

/** The schema of a command without arguments. */
const NO_ARGS = { args: { type: 'object', properties: {} } } as const;

function text(args: ReadonlyPartialJSONObject, name: string): string | null {
  const value = args[name];
  return typeof value === 'string' && value ? value : null;
}

export const commands: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.commands,
  description: 'Adds the commands for reactive notebooks.',
  autoStart: true,
  requires: [IReactiveModel, IReactiveContents],
  optional: [ICommandPalette, IDefaultFileBrowser, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    model: IReactiveModel,
    files: IReactiveContents,
    palette: ICommandPalette | null,
    browser: IDefaultFileBrowser | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const { commands, serviceManager } = app;
    const { contents, serverSettings } = serviceManager;
    const api = new ReactiveAPI(serverSettings);

    /** The folder for a new notebook. The server knows its own drive alone. */
    const folder = (cwd: string | null): string => {
      const path = cwd ?? browser?.model.path ?? '';
      return contents.driveName(path) ? '' : contents.localPath(path);
    };

    /** Ask before what runs is ended. */
    const confirmEnd = async (
      title: string,
      label: string
    ): Promise<boolean> => {
      const count = model.sessions.length;
      if (count === 0) {
        return true;
      }
      const result = await showDialog({
        title,
        body: trans._n(
          'One reactive notebook is running. Its variables will be lost; its file stays as it was saved last.',
          '%1 reactive notebooks are running. Their variables will be lost; their files stay as they were saved last.',
          count
        ),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Cancel') }),
          Dialog.warnButton({ label })
        ]
      });
      return result.button.accept;
    };

    commands.addCommand(CommandIDs.create, {
      label: args =>
        args.isPalette
          ? trans.__('New Reactive Notebook')
          : args.isLauncher
            ? // In the launcher's section of notebooks this is the tooltip too.
              trans.__('Reactive notebook (marimo)')
            : trans.__('Reactive Notebook'),
      caption: trans.__('Create a reactive notebook (a marimo .py notebook)'),
      icon: args => (args.isPalette ? undefined : reactiveIcon),
      isVisible: mayCreate,
      isEnabled: mayCreate,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            cwd: {
              type: 'string',
              description:
                'The folder of the new notebook; the folder of the file browser if it is not given'
            },
            name: {
              type: 'string',
              description: 'The file name; the server chooses if not given'
            },
            template: {
              type: 'string',
              description: 'The template; the default one if not given'
            },
            isLauncher: {
              type: 'boolean',
              description: 'Whether the command is run from the launcher'
            },
            isPalette: {
              type: 'boolean',
              description: 'Whether the command is run from the palette'
            }
          }
        }
      },
      execute: async args => {
        try {
          const { path } = await api.createNotebook({
            folder: folder(text(args, 'cwd')),
            name: text(args, 'name'),
            template: text(args, 'template')
          });
          await files.announceNew(path);
          return await commands.execute(CommandIDs.open, { path });
        } catch (error) {
          notifyFailure(
            trans.__('The reactive notebook could not be created.'),
            error,
            trans
          );
        }
      }
    });

    commands.addCommand(CommandIDs.open, {
      label: trans.__('Open as Reactive Notebook'),
      caption: trans.__('Open a marimo notebook to edit and run it'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: 'The path of the notebook'
            }
          },
          required: ['path']
        }
      },
      execute: async args => {
        const path = text(args, 'path');
        if (path === null) {
          throw new Error(`${CommandIDs.open} needs a path.`);
        }
        try {
          return await commands.execute('docmanager:open', {
            path,
            factory: FACTORY
          });
        } catch (error) {
          notifyFailure(
            trans.__('“%1” could not be opened.', path),
            error,
            trans
          );
        }
      }
    });

    commands.addCommand(CommandIDs.startServer, {
      label: trans.__('Start the Server of the Reactive Notebooks'),
      caption: trans.__('Start marimo; open notebooks go on with it'),
      describedBy: NO_ARGS,
      isEnabled: () => {
        const state = model.server?.state;
        return state === 'stopped' || state === 'failed';
      },
      execute: async () => {
        try {
          await api.startServer();
        } catch (error) {
          notifyFailure(
            trans.__(
              'The server of the reactive notebooks could not be started.'
            ),
            error,
            trans
          );
        }
      }
    });
    model.serverChanged.connect(() =>
      commands.notifyCommandChanged(CommandIDs.startServer)
    );

    commands.addCommand(CommandIDs.restartServer, {
      label: trans.__('Restart the Server of the Reactive Notebooks'),
      caption: trans.__('End all reactive notebooks and start marimo anew'),
      describedBy: NO_ARGS,
      execute: async () => {
        const title = trans.__('Restart the server?');
        if (await confirmEnd(title, trans.__('Restart'))) {
          try {
            await api.restartServer();
          } catch (error) {
            notifyFailure(
              trans.__(
                'The server of the reactive notebooks could not be restarted.'
              ),
              error,
              trans
            );
          }
        }
      }
    });

    commands.addCommand(CommandIDs.showLog, {
      label: trans.__('Show the Log of the Reactive Notebooks'),
      caption: trans.__('Show what marimo wrote while it ran'),
      describedBy: NO_ARGS,
      execute: async () => {
        try {
          const lines = await api.log();
          await showDialog({
            title: trans.__('Log of the reactive notebooks'),
            body: createLogBody(lines, trans),
            buttons: [Dialog.okButton({ label: trans.__('Close') })]
          });
        } catch (error) {
          notifyFailure(trans.__('The log could not be read.'), error, trans);
        }
      }
    });

    commands.addCommand(CommandIDs.shutdownAll, {
      label: trans.__('Shut Down All Reactive Notebooks'),
      caption: trans.__('End the sessions of all reactive notebooks'),
      describedBy: NO_ARGS,
      isEnabled: () => model.sessions.length > 0,
      execute: async () => {
        const title = trans.__('Shut down all reactive notebooks?');
        if (await confirmEnd(title, trans.__('Shut Down All'))) {
          try {
            await api.shutdownSessions();
          } catch (error) {
            notifyFailure(
              trans.__('The reactive notebooks could not be shut down.'),
              error,
              trans
            );
          }
        }
      }
    });
    model.sessionsChanged.connect(() =>
      commands.notifyCommandChanged(CommandIDs.shutdownAll)
    );

    listCommands(palette, trans, [CommandIDs.create], { isPalette: true });
    listCommands(palette, trans, [
      CommandIDs.startServer,
      CommandIDs.restartServer,
      CommandIDs.showLog,
      CommandIDs.shutdownAll
    ]);
  }
};
