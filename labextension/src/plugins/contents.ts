import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { IDefaultDrive } from '@jupyterlab/services';
import type { Contents } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ReactiveContents } from '../contents';
import {
  CONTENT_PROVIDER,
  DOMAIN,
  IReactiveContents,
  PluginIDs
} from '../tokens';

export const contents: JupyterFrontEndPlugin<IReactiveContents> = {
  id: PluginIDs.contents,
  description: 'Keeps Jupyter from loading and saving what marimo edits.',
  autoStart: true,
  provides: IReactiveContents,
  requires: [IDefaultDrive],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    drive: Contents.IDrive,
    translator: ITranslator | null
  ): IReactiveContents => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const provider = new ReactiveContents(drive, () => {
      Notification.info(
        trans.__(
          'A reactive notebook cannot be saved under another name from here. Choose “Duplicate” in the file browser for a copy, or “Rename”.'
        ),
        { autoClose: 10000 }
      );
    });
    drive.contentProviderRegistry?.register(CONTENT_PROVIDER, provider);
    return provider;
  }
};
