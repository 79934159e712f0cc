import type { ServerConnection } from '@jupyterlab/services';

import { request, UnexpectedReply } from './request';
import { EDIT_SERVER } from './tokens';
import {
  isActivity,
  isAppServerList,
  isAssetList,
  isConversion,
  isCourseLinks,
  isExport,
  isHookResult,
  isLog,
  isNewNotebook,
  isRecognised,
  isRelease,
  isReset,
  isServer,
  isSessionList
} from './wire';
import type {
  ExportFormat,
  HookAction,
  IActivity,
  IAppServer,
  IConversion,
  ICourseLinks,
  IExport,
  IHookResult,
  INewNotebook,
  IRelease,
  IReset,
  IServer,
  ISession
} from './payloads';

/** Our REST API, one method for each endpoint that the front end uses. */
export class ReactiveAPI {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  async server(): Promise<IServer> {
    const endpoint = `servers/${EDIT_SERVER}`;
    return expect(isServer, await request(this._settings, endpoint), endpoint);
  }

  async startServer(): Promise<IServer> {
    const endpoint = `servers/${EDIT_SERVER}/start`;
    const reply = await request(this._settings, endpoint, 'POST');
    return expect(isServer, reply, endpoint);
  }

  /** Say that a front end is open; the server decides what it does ahead. */
  async prestartServer(): Promise<void> {
    await request(this._settings, `servers/${EDIT_SERVER}/prestart`, 'POST');
  }

  async restartServer(): Promise<IServer> {
    const endpoint = `servers/${EDIT_SERVER}/restart`;
    const reply = await request(this._settings, endpoint, 'POST');
    return expect(isServer, reply, endpoint);
  }

  async log(): Promise<ReadonlyArray<string>> {
    const endpoint = `servers/${EDIT_SERVER}/log`;
    const reply = await request(this._settings, endpoint);
    return expect(isLog, reply, endpoint).lines;
  }

  /** The addresses of what the page of a notebook needs, one by one or in few requests. */
  async assets(form: 'files' | 'packed'): Promise<ReadonlyArray<string>> {
    const endpoint = `assets?form=${form}`;
    const reply = await request(this._settings, endpoint);
    return expect(isAssetList, reply, endpoint).files;
  }

  async activity(): Promise<IActivity> {
    const reply = await request(this._settings, 'activity');
    return expect(isActivity, reply, 'activity');
  }

  /** Let the Jupyter server count as used for some hours; 0 ends it. */
  async keepAlive(hours: number): Promise<IActivity> {
    const body = { keep_alive_hours: hours };
    const reply = await request(this._settings, 'activity', 'PUT', body);
    return expect(isActivity, reply, 'activity');
  }

  async sessions(): Promise<ISession[]> {
    const reply = await request(this._settings, 'sessions');
    return expect(isSessionList, reply, 'sessions');
  }

  async shutdownSession(id: string): Promise<void> {
    const endpoint = `sessions/${encodeURIComponent(id)}`;
    await request(this._settings, endpoint, 'DELETE');
  }

  async shutdownSessions(): Promise<void> {
    await request(this._settings, 'sessions', 'DELETE');
  }

  /** The processes of apps, with what they hold and who uses them. */
  async appServers(): Promise<ReadonlyArray<IAppServer>> {
    return expect(
      isAppServerList,
      await request(this._settings, 'apps'),
      'apps'
    );
  }

  async stopServer(name: string): Promise<void> {
    await request(
      this._settings,
      `servers/${encodeURIComponent(name)}`,
      'DELETE'
    );
  }

  /** Tell which of these files are marimo notebooks. */
  async recognise(
    paths: ReadonlyArray<string>
  ): Promise<ReadonlyArray<string>> {
    const endpoint = 'notebooks/recognise';
    const reply = await request(this._settings, endpoint, 'POST', { paths });
    return expect(isRecognised, reply, endpoint).reactive;
  }

  async createNotebook(options: {
    folder: string;
    name: string | null;
    template: string | null;
  }): Promise<INewNotebook> {
    const reply = await request(this._settings, 'notebooks', 'POST', options);
    return expect(isNewNotebook, reply, 'notebooks');
  }

  /** Make a reactive notebook of one of Jupyter; a preview writes nothing. */
  async convert(
    options: { path: string; name: string | null; preview: boolean },
    signal: AbortSignal
  ): Promise<IConversion> {
    const endpoint = 'conversions';
    const settings = this._settings;
    const reply = await request(settings, endpoint, 'POST', options, signal);
    return expect(isConversion, reply, endpoint);
  }

  /** The links to a notebook for every platform, or why there is none. */
  async courseLinks(options: {
    path: string;
    hub: string;
    binder: string;
    cell: string;
  }): Promise<ICourseLinks> {
    const reply = await request(this._settings, 'links', 'POST', options);
    return expect(isCourseLinks, reply, 'links');
  }

  /** What has changed in a notebook since it was released. */
  async changesSinceRelease(path: string): Promise<IRelease> {
    const endpoint = 'releases/changes';
    const reply = await request(this._settings, endpoint, 'POST', { path });
    return expect(isRelease, reply, endpoint);
  }

  /** Put the released version in place; what is there is kept. */
  async resetToRelease(path: string): Promise<IReset> {
    const endpoint = 'releases/reset';
    const reply = await request(this._settings, endpoint, 'POST', { path });
    return expect(isReset, reply, endpoint);
  }

  /** Run what the operator has set, and wait for its end. */
  async runHook(action: HookAction, path: string): Promise<IHookResult> {
    const body = { action, path };
    const reply = await request(this._settings, 'hooks', 'POST', body);
    return expect(isHookResult, reply, 'hooks');
  }

  /** Begin an export; what becomes of it is told as events. */
  async startExport(options: {
    path: string;
    to: ExportFormat;
    include_code: boolean;
  }): Promise<IExport> {
    const reply = await request(this._settings, 'exports', 'POST', options);
    return expect(isExport, reply, 'exports');
  }

  async export(id: string): Promise<IExport> {
    const endpoint = `exports/${encodeURIComponent(id)}`;
    return expect(isExport, await request(this._settings, endpoint), endpoint);
  }

  async cancelExport(id: string): Promise<void> {
    const endpoint = `exports/${encodeURIComponent(id)}`;
    await request(this._settings, endpoint, 'DELETE');
  }
}

function expect<T>(
  guard: (value: unknown) => value is T,
  value: unknown,
  endpoint: string
): T {
  if (!guard(value)) {
    throw new UnexpectedReply(200, endpoint);
  }
  return value;
}
