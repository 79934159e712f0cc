import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  Dialog,
  ICommandPalette,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { PageConfig, PathExt } from '@jupyterlab/coreutils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ReactiveAPI } from '../api';
import { CourseLinkChoice } from '../courseLinkChoice';
import type { ILinkWishes } from '../courseLinkChoice';
import { addFileCommand } from '../fileCommand';
import { isSaved } from '../meantFile';
import { listTabCommands } from '../palette';
import { CommandIDs, DOMAIN, PluginIDs } from '../tokens';

export const courseLink: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.courseLink,
  description: 'Makes links that bring others to a notebook.',
  autoStart: true,
  optional: [ICommandPalette, IFileBrowserFactory, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    browsers: IFileBrowserFactory | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const api = new ReactiveAPI(app.serviceManager.serverSettings);
    addFileCommand({ app, browsers }, CommandIDs.copyCourseLink, {
      label: trans.__('Copy Course Link…'),
      caption: trans.__(
        'Make a link that opens the notebook on Binder, a Hub and others'
      ),
      execute: async path => {
        const what = trans.__('A link opens what is saved and pushed.');
        if (!(await isSaved(app, path, what, trans))) {
          return;
        }
        const ask = (wishes: ILinkWishes) =>
          api.courseLinks({ path, ...wishes });
        const { button, value } = await showDialog<string>({
          title: trans.__('Course Link to “%1”', PathExt.basename(path)),
          body: new CourseLinkChoice(hubAddress(), ask, trans),
          buttons: [
            Dialog.cancelButton({ label: trans.__('Cancel') }),
            Dialog.okButton({ label: trans.__('Copy') })
          ],
          focusNodeSelector: 'select'
        });
        if (button.accept && value) {
          Clipboard.copyToSystem(value);
          Notification.success(trans.__('The link is copied.'), {
            autoClose: 3000
          });
        }
      }
    });
    listTabCommands(app, palette, trans, [CommandIDs.copyCourseLink]);
  }
};

/** The Hub that this page comes from, or '' where there is none. */
function hubAddress(): string {
  const prefix = PageConfig.getOption('hubPrefix');
  return prefix ? new URL(prefix, window.location.href).href : '';
}
