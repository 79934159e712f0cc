import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Token } from '@lumino/coreutils';

import type {
  IExport,
  INotice,
  IServer,
  ISession,
  ISessionEvent
} from './payloads';

/** The npm name, which is the first half of each plugin's id. */
const PACKAGE = 'jupyter-reactive';

/** The translation domain. */
export const DOMAIN = 'jupyter_reactive';

/**
 * The name of the widget factory.
 *
 * Notebook 7 opens factories whose name contains "Notebook" on its notebook
 * page, which holds a kernel of Jupyter's own: this name must not.
 */
export const FACTORY = 'Reactive';

/** The name of the widget factory of apps. */
export const APP_FACTORY = 'Reactive App';

/** The name of the document model factory. */
export const MODEL_FACTORY = 'reactive';

/** The name of the file type that recognised notebooks get. */
export const FILE_TYPE = 'reactive-notebook';

/** The identifier of the content provider of our documents. */
export const CONTENT_PROVIDER = 'jupyter-reactive';

/** The edit server's name in the REST API. */
export const EDIT_SERVER = 'edit';

/** The name of the server that apps share; that of an app's own begins with it and a slash. */
export const APP_SERVER = 'run';

export namespace PluginIDs {
  export const appCommands = `${PACKAGE}:app-commands`;
  export const apps = `${PACKAGE}:apps`;
  export const commands = `${PACKAGE}:commands`;
  export const contents = `${PACKAGE}:contents`;
  export const convert = `${PACKAGE}:convert`;
  export const courseLink = `${PACKAGE}:course-link`;
  export const document = `${PACKAGE}:document`;
  export const exportNotebook = `${PACKAGE}:export`;
  export const fetchAhead = `${PACKAGE}:fetch-ahead`;
  export const gallery = `${PACKAGE}:gallery`;
  export const hooks = `${PACKAGE}:hooks`;
  export const launcher = `${PACKAGE}:launcher`;
  export const keepAlive = `${PACKAGE}:keep-alive`;
  export const model = `${PACKAGE}:model`;
  export const newMenu = `${PACKAGE}:new-menu`;
  export const notices = `${PACKAGE}:notices`;
  export const prestart = `${PACKAGE}:prestart`;
  export const recognition = `${PACKAGE}:recognition`;
  export const released = `${PACKAGE}:released`;
  export const running = `${PACKAGE}:running`;
  export const runningApps = `${PACKAGE}:running-apps`;
  export const snapshots = `${PACKAGE}:snapshots`;
}

export namespace CommandIDs {
  export const convert = 'reactive:convert';
  export const convertBack = 'reactive:convert-back';
  export const copyAppLink = 'reactive:copy-app-link';
  export const copyCourseLink = 'reactive:copy-course-link';
  export const create = 'reactive:create';
  export const exportNotebook = 'reactive:export';
  export const fetchLesson = 'reactive:fetch-lesson';
  export const fetchNewLesson = 'reactive:fetch-new-lesson';
  export const keepAlive = 'reactive:keep-alive';
  export const open = 'reactive:open';
  export const openApp = 'reactive:open-app';
  export const openAppInBrowser = 'reactive:open-app-in-browser';
  export const openGallery = 'reactive:open-gallery';
  export const resetToRelease = 'reactive:reset-to-release';
  export const restartServer = 'reactive:restart-server';
  export const showChanges = 'reactive:show-changes';
  export const showLog = 'reactive:show-log';
  export const shutdownAll = 'reactive:shutdown-all';
  export const startServer = 'reactive:start-server';
  export const submitLesson = 'reactive:submit-lesson';
  export const validateLesson = 'reactive:validate-lesson';
}

/** The schemas of our events on Jupyter's event bus. */
export namespace EventSchemas {
  const base = 'https://schema.jupyter.org/jupyter_reactive';
  export const exported = `${base}/export/v1`;
  export const notice = `${base}/notice/v1`;
  export const server = `${base}/server/v1`;
  export const session = `${base}/session/v1`;
}

/** What the server puts into the page of JupyterLab. */
export namespace PageOptions {
  export const create = 'reactiveCreate';
  export const exports = 'reactiveExport';
  export const hooks = 'reactiveHooks';
}

/** What the server says about marimo's processes and open notebooks. */
export interface IReactiveModel extends IDisposable {
  /** The edit server, or null while nothing is known. */
  readonly server: IServer | null;

  readonly sessions: ReadonlyArray<ISession>;

  readonly serverChanged: ISignal<IReactiveModel, IServer>;

  readonly sessionsChanged: ISignal<IReactiveModel, void>;

  /** Emitted after `sessions` has taken the event in. */
  readonly sessionEvent: ISignal<IReactiveModel, ISessionEvent>;

  /** Emitted when the server has a word for its users. */
  readonly noticed: ISignal<IReactiveModel, INotice>;

  /** Emitted when an export has got further. */
  readonly exported: ISignal<IReactiveModel, IExport>;

  /** Emitted when the whole state was asked for again, as events may be lost. */
  readonly refreshed: ISignal<IReactiveModel, void>;

  /** Find the session of a path. */
  sessionAt(path: string): ISession | undefined;

  /**
   * Wait until the session of a path that has moved is at its new one, or ends.
   *
   * @returns whether the new path can be shown: not when the session stays
   * behind, without its file.
   */
  follow(source: string, target: string): Promise<boolean>;

  /** Ask the server for the whole state again. */
  refresh(): Promise<void>;
}

export const IReactiveModel = new Token<IReactiveModel>(
  `${PACKAGE}:IReactiveModel`,
  'The state of the reactive servers and sessions.'
);

/** How changes that marimo made to files become known to Jupyter's front end. */
export interface IReactiveContents {
  /** Say that a file exists which Jupyter's contents API did not create. */
  announceNew(path: string): Promise<void>;

  /** Say that a file has moved already. */
  announceRename(source: string, path: string): Promise<void>;
}

export const IReactiveContents = new Token<IReactiveContents>(
  `${PACKAGE}:IReactiveContents`,
  'Announces what marimo did to files.'
);
