import type { TranslationBundle } from '@jupyterlab/translation';

import type { ReactiveBar } from './bar';
import type { ReactiveFrame } from './frame';
import { Listener } from './listener';
import { sentences } from './sentences';
import type { IReactiveModel } from './tokens';
import type { INotice, ISessionEvent } from './payloads';

/**
 * How long a page gets to come back after its session has ended, in
 * milliseconds: when its kernel is restarted, it loads itself again.
 */
const RETURN_LIMIT = 4000;

/**
 * What a tab says before its session is shut down, and when it was, while the
 * server runs on.
 */
export class SessionEndings extends Listener {
  constructor(private readonly _options: SessionEndings.IOptions) {
    super();
    const { model } = _options;
    model.sessionEvent.connect(this._onSessionEvent, this);
    model.noticed.connect(this._onNotice, this);
  }

  override dispose(): void {
    this._expectNothing();
    super.dispose();
  }

  /** Take back what was said about a page that is left. */
  forget(): void {
    this._expectNothing();
    this._options.bar.dismiss('notice');
    this._options.bar.dismiss('session');
  }

  private _onSessionEvent(_: unknown, event: ISessionEvent): void {
    const { bar, frame, notebook } = this._options;
    const path = notebook.path();
    if (event.path !== path && event.source_path !== path) {
      return;
    }
    if (event.action === 'opened') {
      this._expectNothing();
      bar.dismiss('session');
    } else if (event.action === 'closed' && frame.isStarted) {
      this._expectNothing();
      this._expected = window.setTimeout(() => this._giveUp(), RETURN_LIMIT);
    }
  }

  private _giveUp(): void {
    const { bar, model, notebook, trans } = this._options;
    this._expected = null;
    // The session of a server that has ended comes back with its page.
    if (
      bar.topic === 'server' ||
      model.server?.state !== 'running' ||
      model.sessionAt(notebook.path())
    ) {
      return;
    }
    this._sayShutDown(
      trans.__(
        '“%1” was shut down. Its variables are gone; the file is as it was saved last.',
        notebook.name()
      )
    );
  }

  private _onNotice(_: unknown, notice: INotice): void {
    const { bar, notebook, trans } = this._options;
    if (notice.path !== notebook.path()) {
      return;
    }
    const message = sentences(notice.message, notice.remedy);
    if (bar.topic === 'session' || this._expected !== null) {
      // It says why the session has just ended.
      this._expectNothing();
      this._sayShutDown(message);
    } else {
      bar.present('notice', message, [
        { label: trans.__('Dismiss'), execute: () => bar.dismiss('notice') }
      ]);
    }
  }

  private _sayShutDown(message: string): void {
    const { bar, load, trans } = this._options;
    bar.present('session', message, [
      { label: trans.__('Start again'), execute: () => load() }
    ]);
  }

  private _expectNothing(): void {
    if (this._expected !== null) {
      window.clearTimeout(this._expected);
      this._expected = null;
    }
  }

  /** The timer of a session that has ended and may come back. */
  private _expected: number | null = null;
}

export namespace SessionEndings {
  export interface IOptions {
    readonly bar: ReactiveBar;
    readonly frame: ReactiveFrame;
    readonly load: () => void;
    readonly model: IReactiveModel;
    readonly notebook: {
      readonly name: () => string;

      /** The path of the file that the page shows. */
      readonly path: () => string;
    };
    readonly trans: TranslationBundle;
  }
}
