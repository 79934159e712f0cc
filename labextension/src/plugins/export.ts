import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, ICommandPalette, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ReactiveAPI } from '../api';
import { ReactiveDocument } from '../document';
import { ExportChoice } from '../exportChoice';
import type { IExportChoice } from '../exportChoice';
import { ExportNotifications } from '../exportNotifications';
import { addFileCommand } from '../fileCommand';
import { isSaved } from '../meantFile';
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
    const api = new ReactiveAPI(app.serviceManager.serverSettings);
    const notifications = new ExportNotifications({
      api,
      model,
      trans,
      announce: path => files.announceNew(path)
    });
    addFileCommand({ app, browsers }, CommandIDs.exportNotebook, {
      label: trans.__('Export Reactive Notebook…'),
      caption: trans.__('Make a web page, a PDF or another file of it'),
      isKind: widget => widget instanceof ReactiveDocument,
      isOffered: mayExport,
      execute: async path => {
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
