import { PathExt } from '@jupyterlab/coreutils';
import type { Contents, IContentProvider } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IReactiveContents } from './tokens';

/**
 * How Jupyter's document manager sees the files of reactive documents.
 *
 * marimo reads and writes the files itself. So Jupyter never loads their text
 * (`get` answers without content), never writes it (`save` writes nothing),
 * and hears here of what marimo did to them.
 */
export class ReactiveContents implements IContentProvider, IReactiveContents {
  /**
   * @param _drive - the drive that holds the files.
   * @param _onSaveAs - called when the user chose "Save As".
   */
  constructor(
    private readonly _drive: Contents.IDrive,
    private readonly _onSaveAs: () => void
  ) {}

  get fileChanged(): ISignal<this, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  async get(
    localPath: string,
    options: Contents.IFetchOptions = {}
  ): Promise<Contents.IModel> {
    if (options.type === undefined && options.hash === undefined) {
      // Only "Save As" asks for neither a type nor a hash, to learn whether
      // the target is there. It would delete the target and then have no text
      // to write. An error without a response ends it quietly.
      this._onSaveAs();
      throw new Error('There is no text to save.');
    }
    if (!options.hash) {
      return this._lookup(localPath);
    }
    // A save compares what this answers with what it knows, to ask about
    // changes on disk. marimo changes the file all the time: without a time
    // there is nothing to compare.
    return { ...(await this._lookupOrAssume(localPath)), last_modified: '' };
  }

  async save(localPath: string): Promise<Contents.IModel> {
    return this._lookupOrAssume(localPath);
  }

  async announceNew(path: string): Promise<void> {
    const newValue = await this._lookup(path);
    this._fileChanged.emit({ type: 'new', oldValue: null, newValue });
  }

  async announceRename(source: string, path: string): Promise<void> {
    const newValue = await this._lookup(path);
    const oldValue = { path: source };
    this._fileChanged.emit({ type: 'rename', oldValue, newValue });
  }

  private _lookup(localPath: string): Promise<Contents.IModel> {
    return this._drive.get(localPath, { type: 'file', content: false });
  }

  /**
   * Look a file up that may be gone.
   *
   * For a file that is gone, Lab's save would go past this provider and put an
   * empty file in its place.
   */
  private async _lookupOrAssume(localPath: string): Promise<Contents.IModel> {
    try {
      return await this._lookup(localPath);
    } catch {
      return {
        name: PathExt.basename(localPath),
        path: localPath,
        type: 'file',
        writable: true,
        created: '',
        last_modified: '',
        mimetype: 'text/x-python',
        content: null,
        format: null
      };
    }
  }

  private _fileChanged = new Signal<this, Contents.IChangedArgs>(this);
}
