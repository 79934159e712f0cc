import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, ICommandPalette, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';

import { ReactiveAPI } from '../api';
import { ConversionReport } from '../conversionReport';
import { ReactiveDocument } from '../document';
import { excerptsOf } from '../excerpts';
import { fileArguments, isSaved, meantPath } from '../meantFile';
import { notifyFailure } from '../notify';
import { listTabCommands } from '../palette';
import { mayCreate } from '../policy';
import { RequestError } from '../request';
import { sentences } from '../sentences';
import { CommandIDs, DOMAIN, IReactiveContents, PluginIDs } from '../tokens';
import type { IConversion } from '../payloads';

/** One of the two ways. */
interface IWay {
  readonly id: string;
  readonly suffix: string;
  readonly label: string;
  readonly caption: string;
  /** Whether the document in front may be meant. */
  readonly isKind: (widget: DocumentWidget) => boolean;
  /** Of the dialogs. */
  readonly title: string;
  readonly open: (path: string) => Promise<unknown>;
}

export const convert: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.convert,
  description: 'Converts notebooks of Jupyter into reactive ones, and back.',
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
    const { commands, serviceManager } = app;
    const { contents, serverSettings } = serviceManager;
    const api = new ReactiveAPI(serverSettings);

    const pathOf = (
      args: ReadonlyPartialJSONObject,
      { suffix, isKind }: IWay
    ): string | null => {
      const path = meantPath(app, browsers, args, isKind);
      return path?.endsWith(suffix) ? path : null;
    };

    /** Convert while a dialog says so; null if the user does not want to wait. */
    const run = async (
      title: string,
      path: string,
      name: string | null,
      preview: boolean
    ): Promise<IConversion | null> => {
      const abort = new AbortController();
      const progress = progressDialog(title, PathExt.basename(path), trans);
      void progress.launch().then(() => abort.abort());
      try {
        return await api.convert({ path, name, preview }, abort.signal);
      } catch (error) {
        if (abort.signal.aborted) {
          return null;
        }
        throw error;
      } finally {
        progress.reject();
      }
    };

    /** Show the report until the user leaves it, or the new notebook is there. */
    const ask = async (title: string, path: string): Promise<string | null> => {
      const preview = await run(title, path, null, true);
      if (preview === null) {
        return null;
      }
      const excerpts = await excerptsOf(contents, path);
      let name = preview.name;
      let problem: string | null = null;
      for (;;) {
        const body = new ConversionReport({
          conversion: preview,
          excerpts,
          name,
          problem,
          trans
        });
        const { button, value } = await showDialog<string>({
          title,
          body,
          buttons: [
            Dialog.cancelButton({ label: trans.__('Cancel') }),
            Dialog.okButton({ label: trans.__('Convert') })
          ],
          focusNodeSelector: 'input'
        });
        if (!button.accept) {
          return null;
        }
        name = value ?? name;
        try {
          return (await run(title, path, name, false))?.path ?? null;
        } catch (error) {
          if (!(error instanceof RequestError)) {
            throw error;
          }
          problem = sentences(error.message, error.remedy);
        }
      }
    };

    const add = (way: IWay) => {
      const { id, suffix, label, caption, title, open } = way;
      const isOffered = (args: ReadonlyPartialJSONObject) =>
        mayCreate() && pathOf(args, way) !== null;
      commands.addCommand(id, {
        label,
        caption,
        isVisible: isOffered,
        isEnabled: isOffered,
        describedBy: {
          args: {
            type: 'object',
            properties: fileArguments(`${suffix} file`)
          }
        },
        execute: async args => {
          const path = pathOf(args, way);
          if (path === null) {
            throw new Error(`${id} needs a ${suffix} file.`);
          }
          try {
            const what = trans.__('What is converted is the file.');
            if (!(await isSaved(app, path, what, trans))) {
              return;
            }
            const newPath = await ask(title, path);
            if (newPath !== null) {
              await files.announceNew(newPath);
              return await open(newPath);
            }
          } catch (error) {
            notifyFailure(
              trans.__('“%1” could not be converted.', PathExt.basename(path)),
              error,
              trans
            );
          }
        }
      });
      listTabCommands(app, palette, trans, [id]);
    };

    add({
      id: CommandIDs.convert,
      suffix: '.ipynb',
      label: trans.__('Convert to Reactive Notebook…'),
      caption: trans.__(
        'Show what would become of each cell, then write a marimo .py notebook'
      ),
      isKind: () => true,
      title: trans.__('Convert to Reactive Notebook'),
      open: path => commands.execute(CommandIDs.open, { path })
    });
    add({
      id: CommandIDs.convertBack,
      suffix: '.py',
      label: trans.__('Convert to Jupyter Notebook…'),
      caption: trans.__(
        'Show what would become of each cell, then write an .ipynb notebook'
      ),
      isKind: widget => widget instanceof ReactiveDocument,
      title: trans.__('Convert to Jupyter Notebook'),
      open: path => commands.execute('docmanager:open', { path })
    });
  }
};

function progressDialog(
  title: string,
  name: string,
  trans: TranslationBundle
): Dialog<unknown> {
  const node = document.createElement('p');
  node.setAttribute('role', 'status');
  node.textContent = trans.__('“%1” is being converted…', name);
  return new Dialog({
    title,
    body: new Widget({ node }),
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') })]
  });
}
