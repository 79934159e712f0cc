import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

/** Hears signals, and may have some of its own, until it is disposed. */
export abstract class Listener implements IDisposable {
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private _isDisposed = false;
}
