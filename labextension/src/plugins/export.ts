import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, ICommandPalette, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { ReactiveAPI } from '../api';
import { ReactiveDocument } from '../document';
import { ExportChoice } from '../exportChoice';
import type { IExportChoice } from '../exportChoice';
import { ExportNotifications } from '../exportNotifications';
import { fileArguments, isSaved, meantPath } from '../meantFile';
import { notifyFailure } from '../notify';
import { listTabCommands } from '../palette';
import { mayExport } from '../policy';
import {
  CommandIDs,
  DOMAIN,
  IReactiveContents,
  IReactiveModel,
  PluginIDs
} from '../tokens';

export const exportNotebook: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.exportNotebook,
  description: 'Exports reactive notebooks as reports.',
  autoStart: true,
  requires: [IReactiveModel, IReactiveContents],
  optional: [ICommandPalette, IFileBrowserFactory, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    model: IReactiveModel,
    files: IReactiveContents,
    palette: ICommandPalette | null,
    browsers: IFileBrowserFactory | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const { commands } = app;
    const api = new ReactiveAPI(app.serviceManager.serverSettings);
    const notifications = new ExportNotifications({
      api,
      model,
      trans,
      announce: path => files.announceNew(path)
    });
    const pathOf = (args: ReadonlyPartialJSONObject): string | null =>
      meantPath(
        app,
        browsers,
        args,
        widget => widget instanceof ReactiveDocument
      );
    const isOffered = (args: ReadonlyPartialJSONObject): boolean =>
      mayExport() && pathOf(args) !== null;

    commands.addCommand(CommandIDs.exportNotebook, {
      label: trans.__('Export Reactive Notebook…'),
      caption: trans.__('Make a web page, a PDF or another file of it'),
      isVisible: isOffered,
      isEnabled: isOffered,
      describedBy: {
        args: { type: 'object', properties: fileArguments('notebook') }
      },
      execute: async args => {
        const path = pathOf(args);
        if (path === null) {
          throw new Error(`${CommandIDs.exportNotebook} needs a notebook.`);
        }
        const what = trans.__('What is exported is the file.');
        try {
          if (!(await isSaved(app, path, what, trans))) {
            return;
          }
          const { button, value } = await showDialog<IExportChoice>({
            title: trans.__('Export “%1”', PathExt.basename(path)),
            body: new ExportChoice(trans),
            buttons: [
              Dialog.cancelButton({ label: trans.__('Cancel') }),
              Dialog.okButton({ label: trans.__('Export') })
            ],
            focusNodeSelector: 'select'
          });
          if (button.accept && value) {
            await notifications.follow(
              await api.startExport({ path, ...value })
            );
          }
        } catch (error) {
          notifyFailure(
            trans.__('“%1” could not be exported.', PathExt.basename(path)),
            error,
            trans
          );
        }
      }
    });
    listTabCommands(app, palette, trans, [CommandIDs.exportNotebook]);
  }
};
