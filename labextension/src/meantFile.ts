import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** What commands about one file take. */
export function fileArguments(kind: string) {
  return {
    path: {
      type: 'string',
      description: `The path of the ${kind}; the document in front if it is not given`
    },
    isContext: {
      type: 'boolean',
      description: 'Whether the file selected in the browser is meant'
    }
  } as const;
}

/**
 * The path of the file that a command is about, or null. The server knows its
 * own drive alone.
 *
 * @param isKind - whether the document in front may be meant.
 */
export function meantPath(
  app: JupyterFrontEnd,
  browsers: IFileBrowserFactory | null,
  args: ReadonlyPartialJSONObject,
  isKind: (widget: DocumentWidget) => boolean
): string | null {
  const { contents } = app.serviceManager;
  let path: unknown = args.path;
  if (args.isContext) {
    const selected = browsers?.tracker.currentWidget?.selectedItems();
    path = selected?.next().value?.path;
  } else if (typeof path !== 'string') {
    const widget = app.shell.currentWidget;
    path =
      widget instanceof DocumentWidget && isKind(widget)
        ? widget.context.path
        : null;
  }
  return typeof path === 'string' && !contents.driveName(path)
    ? contents.localPath(path)
    : null;
}

/**
 * Whether the file, or all in a folder, is what the user sees; what is open and
 * changed is saved, if the user wants.
 *
 * @param what - says that the file is meant, in a sentence.
 */
export async function isSaved(
  app: JupyterFrontEnd,
  path: string,
  what: string,
  trans: TranslationBundle
): Promise<boolean> {
  for (const widget of app.shell.widgets('main')) {
    if (
      widget instanceof DocumentWidget &&
      `${widget.context.path}/`.startsWith(`${path}/`) &&
      widget.context.model.dirty
    ) {
      const { button } = await showDialog({
        title: trans.__('Save the notebook first?'),
        body: trans.__(
          '“%1” has changes that are not saved. %2',
          PathExt.basename(widget.context.path),
          what
        ),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Cancel') }),
          Dialog.okButton({ label: trans.__('Save and Go On') })
        ]
      });
      if (!button.accept) {
        return false;
      }
      await widget.context.save();
    }
  }
  return true;
}
