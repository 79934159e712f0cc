import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ReactiveAPI } from '../api';
import { ReactiveDocument } from '../document';
import { addFileCommand } from '../fileCommand';
import { isSaved } from '../meantFile';
import { notifyFailure } from '../notify';
import { listTabCommands } from '../palette';
import { mayCreate } from '../policy';
import { ReleaseReport } from '../releaseReport';
import { CommandIDs, DOMAIN, IReactiveContents, PluginIDs } from '../tokens';

export const released: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.released,
  description:
    'Shows what has changed in a notebook since it was released, and goes back to that.',
  autoStart: true,
  requires: [IReactiveContents],
  optional: [ICommandPalette, IFileBrowserFactory, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    files: IReactiveContents,
    palette: ICommandPalette | null,
    browsers: IFileBrowserFactory | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const api = new ReactiveAPI(app.serviceManager.serverSettings);
    const surroundings = { app, browsers };

    const reset = async (path: string): Promise<void> => {
      const name = PathExt.basename(path);
      const { kept } = await api.resetToRelease(path);
      if (kept === null) {
        Notification.info(trans.__('“%1” is as it was released.', name), {
          autoClose: 5000
        });
        return;
      }
      await files.announceNew(kept);
      showFile(app, path);
      Notification.success(
        trans.__(
          '“%1” is as it was released. Yours is “%2”.',
          name,
          PathExt.basename(kept)
        ),
        { autoClose: false }
      );
    };

    addFileCommand(surroundings, CommandIDs.showChanges, {
      label: trans.__('What Changed Since the Release…'),
      caption: trans.__(
        'Compare the notebook with what the course has released'
      ),
      execute: async path => {
        try {
          const what = trans.__('What is compared is the file.');
          if (!(await isSaved(app, path, what, trans))) {
            return;
          }
          await showDialog({
            title: trans.__(
              'What Changed in “%1” Since the Release',
              PathExt.basename(path)
            ),
            body: new ReleaseReport(await api.changesSinceRelease(path), trans),
            buttons: [Dialog.okButton({ label: trans.__('Close') })]
          });
        } catch (error) {
          notifyFailure(
            trans.__('“%1” cannot be compared.', PathExt.basename(path)),
            error,
            trans
          );
        }
      }
    });

    addFileCommand(surroundings, CommandIDs.resetToRelease, {
      label: trans.__('Reset to the Released Version…'),
      caption: trans.__('Start the notebook anew; yours is kept beside it'),
      isOffered: mayCreate,
      execute: async path => {
        const name = PathExt.basename(path);
        try {
          const what = trans.__('Yours is kept as it was saved.');
          if (!(await isSaved(app, path, what, trans))) {
            return;
          }
          const { button } = await showDialog({
            title: trans.__('Reset “%1”?', name),
            body: trans.__(
              'The notebook becomes what the course has released. Yours is kept beside it under another name. Its variables are lost.'
            ),
            buttons: [
              Dialog.cancelButton({ label: trans.__('Cancel') }),
              Dialog.warnButton({ label: trans.__('Reset') })
            ]
          });
          if (button.accept) {
            await reset(path);
          }
        } catch (error) {
          notifyFailure(
            trans.__('“%1” could not be reset.', name),
            error,
            trans
          );
        }
      }
    });

    listTabCommands(app, palette, trans, [
      CommandIDs.showChanges,
      CommandIDs.resetToRelease
    ]);
  }
};

/** Let the tabs of a file show what is in it now. */
function showFile(app: JupyterFrontEnd, path: string): void {
  for (const widget of app.shell.widgets('main')) {
    if (widget instanceof ReactiveDocument && widget.shownPath === path) {
      widget.loadFile();
    } else if (
      widget instanceof DocumentWidget &&
      widget.context.path === path
    ) {
      void widget.context.revert();
    }
  }
}
