import { PathExt } from '@jupyterlab/coreutils';
import type { Event } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ReactiveAPI } from './api';
import { Listener } from './listener';
import { EDIT_SERVER, EventSchemas } from './tokens';
import type { IReactiveModel } from './tokens';
import { isExport, isNotice, isServer, isSessionEvent } from './wire';
import type {
  IExport,
  INotice,
  IServer,
  ISession,
  ISessionEvent
} from './payloads';

/** When a session is given up that does not say what became of it, in milliseconds. */
const FOLLOW_LIMIT = 60000;

/** Filled through REST, and kept up by Jupyter's event bus. */
export class ReactiveModel extends Listener implements IReactiveModel {
  constructor(
    private readonly _api: ReactiveAPI,
    events: Event.IManager
  ) {
    super();
    events.stream.connect(this._onEvent, this);
    void this.refresh();
  }

  get server(): IServer | null {
    return this._server;
  }

  get sessions(): ReadonlyArray<ISession> {
    return this._sessions;
  }

  get serverChanged(): ISignal<this, IServer> {
    return this._serverChanged;
  }

  get sessionsChanged(): ISignal<this, void> {
    return this._sessionsChanged;
  }

  get sessionEvent(): ISignal<this, ISessionEvent> {
    return this._sessionEvent;
  }

  get noticed(): ISignal<this, INotice> {
    return this._noticed;
  }

  get exported(): ISignal<this, IExport> {
    return this._exported;
  }

  get refreshed(): ISignal<this, void> {
    return this._refreshed;
  }

  sessionAt(path: string): ISession | undefined {
    return this._sessions.find(session => session.path === path);
  }

  follow(source: string, target: string): Promise<boolean> {
    const id = this.sessionAt(source)?.id;
    if (id === undefined) {
      return Promise.resolve(true);
    }
    return new Promise(resolve => {
      const finish = (follows: boolean) => {
        window.clearTimeout(timer);
        this._sessionsChanged.disconnect(onSessions);
        this._sessionEvent.disconnect(onEvent);
        resolve(follows);
      };
      const onSessions = () => {
        const session = this._sessions.find(item => item.id === id);
        if (!session || session.path === target) {
          finish(true);
        }
      };
      const onEvent = (_: unknown, event: ISessionEvent) => {
        if (event.id === id && event.action === 'deleted') {
          finish(false);
        }
      };
      const timer = window.setTimeout(() => finish(true), FOLLOW_LIMIT);
      this._sessionsChanged.connect(onSessions);
      this._sessionEvent.connect(onEvent);
    });
  }

  async refresh(): Promise<void> {
    // An event that arrives while the replies are on their way is newer than
    // they are, so they are asked for again.
    let version: number;
    do {
      version = this._version;
      try {
        const server = await this._api.server();
        const sessions = await this._api.sessions();
        if (this.isDisposed) {
          return;
        }
        if (version === this._version) {
          this._setServer(server);
          this._setSessions(sessions);
        }
      } catch (error) {
        console.warn('The state of the reactive notebooks is unknown:', error);
        return;
      }
    } while (version !== this._version);
    this._refreshed.emit();
  }

  private _onEvent(_: unknown, emission: Event.Emission): void {
    if (emission.schema_id === EventSchemas.server) {
      if (isServer(emission) && emission.name === EDIT_SERVER) {
        this._version++;
        this._setServer(emission);
      }
    } else if (emission.schema_id === EventSchemas.session) {
      if (isSessionEvent(emission)) {
        this._version++;
        this._takeIn(emission);
        this._sessionEvent.emit(emission);
      }
    } else if (emission.schema_id === EventSchemas.notice) {
      if (isNotice(emission)) {
        this._noticed.emit(emission);
      }
    } else if (emission.schema_id === EventSchemas.exported) {
      if (isExport(emission)) {
        this._exported.emit(emission);
      }
    }
  }

  private _setServer(server: IServer): void {
    const old = this._server;
    this._server = server;
    if (server.state !== 'running' && server.state !== 'stopping') {
      this._setSessions([]);
    }
    if (
      old?.state !== server.state ||
      old.started !== server.started ||
      old.message !== server.message ||
      old.cause !== server.cause
    ) {
      this._serverChanged.emit(server);
    }
  }

  private _takeIn(event: ISessionEvent): void {
    const others = this._sessions.filter(session => session.id !== event.id);
    if (event.action === 'closed') {
      this._setSessions(others);
      return;
    }
    const known = this._sessions.find(session => session.id === event.id);
    const path = event.path ?? known?.path ?? null;
    const name = path ? PathExt.basename(path) : (known?.name ?? event.id);
    const session: ISession = { id: event.id, path, name };
    this._setSessions(
      known
        ? this._sessions.map(item => (item.id === event.id ? session : item))
        : [...others, session]
    );
  }

  private _setSessions(sessions: ReadonlyArray<ISession>): void {
    if (sessions.length === 0 && this._sessions.length === 0) {
      return;
    }
    this._sessions = sessions;
    this._sessionsChanged.emit();
  }

  private _exported = new Signal<this, IExport>(this);
  private _noticed = new Signal<this, INotice>(this);
  private _refreshed = new Signal<this, void>(this);
  private _server: IServer | null = null;
  private _serverChanged = new Signal<this, IServer>(this);
  private _sessionEvent = new Signal<this, ISessionEvent>(this);
  private _sessions: ReadonlyArray<ISession> = [];
  private _sessionsChanged = new Signal<this, void>(this);
  private _version = 0;
}
