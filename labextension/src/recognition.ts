import type { Contents } from '@jupyterlab/services';

import type { ReactiveAPI } from './api';
import { Listener } from './listener';

/** How long a listing waits for the server's answer, in milliseconds. */
const LIMIT = 2000;

/** How many files are asked about at once. */
const CHUNK = 1000;

interface IEntry {
  readonly modified: string;
  readonly isReactive: boolean;
}

/**
 * Which files are marimo notebooks.
 *
 * A file is asked about once for each time that it was modified.
 */
export class RecognitionIndex extends Listener {
  constructor(
    private readonly _api: ReactiveAPI,
    private readonly _contents: Contents.IManager
  ) {
    super();
    _contents.fileChanged.connect(this._onFileChanged, this);
  }

  override dispose(): void {
    super.dispose();
    this._entries.clear();
  }

  has(path: string): boolean {
    // Notebook 7 asks with the path as it is in the URL.
    return [path, decode(path)].some(
      candidate => this._entries.get(clean(candidate))?.isReactive
    );
  }

  /** Learn about files. Ends when they are known, or when the time is up. */
  async learn(models: ReadonlyArray<Partial<Contents.IModel>>): Promise<void> {
    const unknown = new Map<string, string>();
    for (const { path, type, last_modified: modified } of models) {
      if (
        path &&
        modified &&
        type === 'file' &&
        path.endsWith('.py') &&
        !this._contents.driveName(path) &&
        this._entries.get(clean(path))?.modified !== modified
      ) {
        unknown.set(clean(path), modified);
      }
    }
    if (unknown.size > 0) {
      await withinLimit(this._ask(unknown));
    }
  }

  private async _ask(unknown: ReadonlyMap<string, string>): Promise<void> {
    try {
      const all = [...unknown];
      for (let start = 0; start < all.length; start += CHUNK) {
        const chunk = all.slice(start, start + CHUNK);
        const paths = chunk.map(([path]) => path);
        const reactive = new Set(await this._api.recognise(paths));
        if (this.isDisposed) {
          return;
        }
        for (const [path, modified] of chunk) {
          const isReactive = reactive.has(path);
          this._entries.set(path, { modified, isReactive });
        }
      }
    } catch (error) {
      console.warn('Reactive notebooks are not recognised:', error);
    }
  }

  private _onFileChanged(_: unknown, change: Contents.IChangedArgs): void {
    const source = change.oldValue?.path;
    const target = change.newValue?.path;
    if (source && (change.type === 'rename' || change.type === 'delete')) {
      this._move(clean(source), target ? clean(target) : null);
    }
    if (change.newValue) {
      void this.learn([change.newValue]);
    }
  }

  /** Move or forget what is known of a file or of all in a folder. */
  private _move(source: string, target: string | null): void {
    for (const [path, entry] of [...this._entries]) {
      if (path === source || path.startsWith(`${source}/`)) {
        this._entries.delete(path);
        if (target !== null) {
          this._entries.set(target + path.slice(source.length), entry);
        }
      }
    }
  }

  private readonly _entries = new Map<string, IEntry>();
}

function clean(path: string): string {
  return path.replace(/^\/+/, '');
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function withinLimit(promise: Promise<void>): Promise<void> {
  return new Promise(resolve => {
    const timer = window.setTimeout(resolve, LIMIT);
    void promise.finally(() => {
      window.clearTimeout(timer);
      resolve();
    });
  });
}
