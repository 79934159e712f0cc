import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { IBarAction, ReactiveBar } from './bar';
import type { ReactiveFrame } from './frame';
import { Listener } from './listener';
import { sentences } from './sentences';
import { CommandIDs } from './tokens';
import type { IReactiveModel } from './tokens';
import type { IServer } from './payloads';

/** How long a page gets to connect with a new server, in milliseconds. */
const RECONNECT_LIMIT = 60000;

/**
 * What a tab says and does when its server ends.
 *
 * A page goes on with the next server, with all that was typed into it, and
 * so it is not loaded again. Only after a restart of Jupyter itself nobody
 * knows the page any more.
 */
export class ServerEndings extends Listener {
  constructor(private readonly _options: ServerEndings.IOptions) {
    super();
    const { frame, model } = _options;
    frame.loaded.connect(this._onLoaded, this);
    model.serverChanged.connect(this._onServerChanged, this);
  }

  override dispose(): void {
    this._chapter++;
    super.dispose();
  }

  /** Take back what was said about a page that is left. */
  forget(): void {
    this._options.bar.dismiss('server');
    this._options.bar.dismiss('silence');
    this._started = null;
    this._chapter++;
  }

  private _onLoaded(): void {
    const server = this._options.model.server;
    if (server?.state === 'running') {
      this._started = server.started;
    }
  }

  private _onServerChanged(_: unknown, server: IServer): void {
    const { frame } = this._options;
    if (!frame.isStarted) {
      return;
    }
    if (this._started === null) {
      // The page itself says how its server starts.
      if (server.state === 'running') {
        this._started = server.started;
      }
      return;
    }
    if (server.cause === null && server.started !== this._started) {
      this._onJupyterRestarted();
      return;
    }
    if (server.state !== 'running') {
      this._chapter++;
    }
    switch (server.state) {
      case 'starting':
        this._sayStarting(server);
        break;
      case 'running':
        if (server.started === this._started) {
          this._onSilence(server);
        } else {
          this._started = server.started;
          void this._goOn(server);
        }
        break;
      case 'stopped':
        this._sayEnded(server, this._options.trans.__('Start again'));
        break;
      case 'failed':
        this._sayEnded(server, this._options.trans.__('Retry'));
        break;
    }
  }

  /** A new Jupyter server knows neither the page nor its session. */
  private _onJupyterRestarted(): void {
    const { bar, frame, load, trans } = this._options;
    if (!frame.page.hasUnsavedEdits) {
      load();
      this._sayBack(trans.__('Jupyter was started again.'), false);
      return;
    }
    this._started = null;
    const message = trans.__(
      'Jupyter was started again, and this page has edits that were not saved. Copy what you want to keep, then load the page again.'
    );
    bar.present('server', message, [
      { label: trans.__('Load again'), execute: () => load(false) }
    ]);
  }

  private async _goOn(server: IServer): Promise<void> {
    const { frame, trans } = this._options;
    this._sayBack(
      server.message
        ? trans.__('%1 It was started again.', server.message)
        : trans.__('The marimo server was started again.'),
      true
    );
    const chapter = this._chapter;
    const isBack = await frame.page.reconnect(RECONNECT_LIMIT);
    if (!isBack && this._chapter === chapter) {
      this._sayLost();
    }
  }

  private async _runAll(): Promise<void> {
    const { bar, frame, trans } = this._options;
    const chapter = this._chapter;
    bar.present(
      'server',
      trans.__('The cells run as soon as the page is connected again.'),
      []
    );
    const isBack = await frame.page.reconnect(RECONNECT_LIMIT);
    if (this._chapter !== chapter) {
      return;
    }
    if (isBack) {
      frame.page.runStale();
      bar.dismiss('server');
    } else {
      this._sayLost();
    }
  }

  private _onSilence(server: IServer): void {
    const { bar, trans } = this._options;
    if (server.message === null) {
      bar.dismiss('silence');
      return;
    }
    bar.present('silence', sentences(server.message, server.remedy), [
      this._command(trans.__('Restart'), CommandIDs.restartServer),
      this._showLog
    ]);
  }

  private _sayStarting(server: IServer): void {
    const { bar, trans } = this._options;
    const message = server.message
      ? trans.__('%1 It is being started again.', server.message)
      : trans.__('The marimo server is being started again.');
    bar.present('server', message, [this._showLog]);
  }

  /**
   * Say that a new kernel is there.
   *
   * @param isSamePage - whether the page is the one that was there before.
   */
  private _sayBack(what: string, isSamePage: boolean): void {
    const { bar, trans } = this._options;
    const rest = isSamePage
      ? trans.__(
          'Variables are gone until the cells have run again; what you typed is here.'
        )
      : trans.__('Variables are gone until the cells have run again.');
    bar.present('server', sentences(what, rest), [
      {
        label: trans.__('Run all cells'),
        execute: () => void this._runAll()
      },
      this._showLog,
      { label: trans.__('Dismiss'), execute: () => bar.dismiss('server') }
    ]);
  }

  private _sayEnded(server: IServer, label: string): void {
    const { bar, trans } = this._options;
    const message =
      server.message ??
      trans.__('The server of the reactive notebooks was stopped.');
    bar.present('server', sentences(message, server.remedy), [
      this._command(label, CommandIDs.startServer),
      this._showLog
    ]);
  }

  private _sayLost(): void {
    const { bar, load, trans } = this._options;
    const message = trans.__(
      'The page could not connect with the new marimo server. Load it again to go on.'
    );
    bar.present('server', message, [
      { label: trans.__('Load again'), execute: () => load() },
      this._showLog
    ]);
  }

  private get _showLog(): IBarAction {
    const label = this._options.trans.__('Show log');
    return this._command(label, CommandIDs.showLog);
  }

  private _command(label: string, id: string): IBarAction {
    return {
      label,
      execute: () => void this._options.commands.execute(id)
    };
  }

  /** Counts the ends, so that what was begun before one is not gone on with. */
  private _chapter = 0;
  /** When the server started that the page talks to. */
  private _started: string | null = null;
}

export namespace ServerEndings {
  export interface IOptions {
    readonly bar: ReactiveBar;
    readonly commands: CommandRegistry;
    readonly frame: ReactiveFrame;

    /**
     * Load the page again.
     *
     * @param ask - whether the browser asks about edits that are not saved.
     */
    readonly load: (ask?: boolean) => void;

    readonly model: IReactiveModel;
    readonly trans: TranslationBundle;
  }
}
