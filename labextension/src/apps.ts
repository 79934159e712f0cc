import type { Event } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ReactiveAPI } from './api';
import { Listener } from './listener';
import { APP_SERVER, EventSchemas } from './tokens';
import { isServer } from './wire';
import type { IApp, IAppServer } from './payloads';

/** How long what is known counts as new, in milliseconds: many visitors come at once. */
const NEW_FOR = 1000;

/** An app that is in use, with the process that it lives in. */
export interface IRunningApp extends IApp {
  readonly server: string;
  /** What the process holds in bytes. */
  readonly memory: number | null;
  /** Whether the process is that of other apps too. */
  readonly isShared: boolean;
}

/**
 * The apps that are in use.
 *
 * What their processes hold changes without an event: it is asked for when
 * somebody looks too.
 */
export class RunningApps extends Listener {
  constructor(
    private readonly _api: ReactiveAPI,
    events: Event.IManager
  ) {
    super();
    events.stream.connect(this._onEvent, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get servers(): ReadonlyArray<IAppServer> {
    return this._servers;
  }

  override dispose(): void {
    window.clearTimeout(this._timer);
    super.dispose();
  }

  /** What is known now; what has become of it since is asked for. */
  look(): ReadonlyArray<IRunningApp> {
    if (Date.now() - this._asked > NEW_FOR) {
      this.refresh();
    }
    return this._servers.flatMap(({ apps, memory, server }) =>
      apps.map(app => ({
        ...app,
        memory,
        server,
        isShared: server === APP_SERVER
      }))
    );
  }

  refresh(): void {
    this._asked = Date.now();
    this._api.appServers().then(
      servers => {
        this._servers = servers;
        if (!this.isDisposed) {
          this._changed.emit();
        }
      },
      (error: unknown) => {
        console.warn('The apps that are in use are unknown:', error);
      }
    );
  }

  private _onEvent(_: unknown, emission: Event.Emission): void {
    if (
      emission.schema_id === EventSchemas.server &&
      isServer(emission) &&
      emission.name.split('/')[0] === APP_SERVER
    ) {
      window.clearTimeout(this._timer);
      this._timer = window.setTimeout(() => this.refresh(), NEW_FOR);
    }
  }

  private _asked = 0;
  private _changed = new Signal<this, void>(this);
  private _servers: ReadonlyArray<IAppServer> = [];
  private _timer = 0;
}
