import type { Contents } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

/**
 * Looks for a file that is gone, until it is back.
 *
 * marimo writes files past Jupyter's contents API, so nothing says when it is.
 */
export class FileWatch implements IDisposable {
  constructor(contents: Contents.IManager, path: string, onBack: () => void) {
    this._poll = new Poll({
      factory: async () => {
        await contents.get(path, { content: false });
        if (!this.isDisposed) {
          this.dispose();
          onBack();
        }
      },
      frequency: { interval: 1000, backoff: true, max: 10000 },
      standby: 'when-hidden'
    });
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
  }

  /** Look now. */
  look(): void {
    void this._poll.refresh();
  }

  private readonly _poll: Poll;
}
