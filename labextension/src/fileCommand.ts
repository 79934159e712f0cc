import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import type { DocumentWidget } from '@jupyterlab/docregistry';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { FrameDocument } from './frameDocument';
import { fileArguments, meantPath } from './meantFile';

const KERNEL_NOTEBOOK = '.ipynb';

/** A command about a notebook: that in front, or the one that is chosen. */
export interface IFileCommand {
  readonly label: string;
  readonly caption: string;

  /** Whether the document in front may be meant; a notebook of either kind if it is not given. */
  readonly isKind?: (widget: DocumentWidget) => boolean;

  /** Whether there is something to do, whatever the notebook; there is if it is not given. */
  readonly isOffered?: () => boolean;

  readonly execute: (path: string) => Promise<void>;
}

/** Add a command about a notebook. */
export function addFileCommand(
  surroundings: {
    readonly app: JupyterFrontEnd;
    readonly browsers: IFileBrowserFactory | null;
  },
  id: string,
  command: IFileCommand
): void {
  const { app, browsers } = surroundings;
  const pathOf = (args: ReadonlyPartialJSONObject): string | null =>
    meantPath(app, browsers, args, command.isKind ?? isNotebook);
  const isOffered = (): boolean => command.isOffered?.() ?? true;
  const isEnabled = (args: ReadonlyPartialJSONObject): boolean =>
    isOffered() && pathOf(args) !== null;
  app.commands.addCommand(id, {
    label: command.label,
    caption: command.caption,
    // Else a submenu about a file of another drive would have nothing in it.
    isVisible: args => (args.isContext ? isOffered() : isEnabled(args)),
    isEnabled,
    describedBy: {
      args: { type: 'object', properties: fileArguments('notebook') }
    },
    execute: async args => {
      const path = pathOf(args);
      if (path === null) {
        throw new Error(`${id} needs a notebook.`);
      }
      await command.execute(path);
    }
  });
}

function isNotebook(widget: DocumentWidget): boolean {
  return (
    widget instanceof FrameDocument ||
    PathExt.extname(widget.context.path) === KERNEL_NOTEBOOK
  );
}
