/** The server's JSON, as the contract has it. */

export type ServerState =
  'stopped' | 'starting' | 'running' | 'stopping' | 'failed';

/** Why the server before this one ended. */
export type EndCause = 'died' | 'frozen' | 'restart' | 'stop';

export interface IServer {
  readonly name: string;
  readonly state: ServerState;
  readonly started: string | null;
  readonly message: string | null;
  readonly remedy: string | null;
  readonly cause: EndCause | null;
}

export interface ISession {
  readonly id: string;
  readonly path: string | null;
  readonly name: string;
}

export type SessionAction =
  'opened' | 'closed' | 'renamed' | 'deleted' | 'restored';

export interface ISessionEvent {
  readonly action: SessionAction;
  readonly id: string;
  readonly path: string | null;
  readonly source_path: string | null;
  readonly origin: 'notebook' | 'contents' | null;
}

/** A word to the users, such as that an operator's limit is near. */
export interface INotice {
  readonly id: string | null;
  readonly path: string | null;
  readonly level: 'info' | 'warning';
  readonly message: string;
  readonly remedy: string;
}

/** An app that is in use. */
export interface IApp {
  readonly path: string;
  /** How many sessions of visitors it has. */
  readonly sessions: number;
}

/** A process of apps. */
export interface IAppServer {
  readonly server: string;
  /** What it holds in bytes. */
  readonly memory: number | null;
  readonly apps: ReadonlyArray<IApp>;
}

export interface IActivity {
  readonly keep_alive_until: string | null;
  readonly max_keep_alive_hours: number;
}

export interface INewNotebook {
  readonly path: string;
  readonly name: string;
}

/** What became of a cell, from the best to the worst. */
export type Verdict = 'kept' | 'changed' | 'needs you';

/** A line of the report on a conversion. */
export interface IConversionNote {
  readonly verdict: Verdict;
  readonly message: string;
  /** What the reader can do; empty where nothing is to be done. */
  readonly suggestion: string;
  /** Of the old cell. */
  readonly line: number | null;
}

export interface ICellReport {
  /** Counted from 1 over cells of all kinds. */
  readonly number: number;
  readonly verdict: Verdict;
  readonly notes: ReadonlyArray<IConversionNote>;
}

export interface IConversion {
  /** Of the new notebook, also in a preview. */
  readonly path: string;
  readonly name: string;
  readonly report: {
    readonly notes: ReadonlyArray<IConversionNote>;
    readonly cells: ReadonlyArray<ICellReport>;
  };
}

export type LinkPlatform =
  'binder' | 'nbgitpuller' | 'hub' | 'studiolab' | 'colab' | 'molab';

export type LinkForm = 'url' | 'markdown' | 'html' | 'rst';

/** A link that brings others to a notebook, or why there is none. */
export interface ICourseLink {
  readonly platform: LinkPlatform;
  readonly what: 'notebook' | 'app';
  /** Whether an app shows its code. */
  readonly code: boolean;
  readonly forms: Readonly<Record<LinkForm, string>> | null;
  readonly warnings: ReadonlyArray<string>;
  readonly message: string | null;
  readonly remedy: string | null;
}

/** The links to a notebook. */
export interface ICourseLinks {
  readonly links: ReadonlyArray<ICourseLink>;
  /** Names of the cells that they may begin at. */
  readonly cells: ReadonlyArray<string>;
}

/** A cell that differs from the released one. */
export interface ICellChange {
  readonly kind: 'added' | 'removed' | 'changed' | 'moved';
  /** Counted from 1; null where it is gone. */
  readonly cell: number | null;
  /** Counted from 1; null where it is new. */
  readonly released_cell: number | null;
  readonly name: string;
  /** With `+`, `-` or a space before each. */
  readonly lines: ReadonlyArray<string>;
}

/** A notebook beside what was released of it. */
export interface IRelease {
  readonly ref: string;
  readonly date: string;
  readonly same: boolean;
  readonly changes: ReadonlyArray<ICellChange>;
}

export interface IReset {
  /** Where the version is that was there; null where it was the released one. */
  readonly kept: string | null;
}

export type HookAction = 'fetch' | 'validate' | 'submit';

/** How a command of the operator's has ended. */
export interface IHookResult {
  readonly state: 'done' | 'failed';
  readonly lines: ReadonlyArray<string>;
  readonly message: string | null;
  readonly remedy: string | null;
}

export type ExportFormat =
  'html' | 'ipynb' | 'markdown' | 'script' | 'pdf' | 'wasm';

export type ExportState =
  'waiting' | 'running' | 'writing' | 'done' | 'failed' | 'cancelled';

/** A cell that has raised while its notebook was exported. */
export interface ICellError {
  /** Counted from 1. */
  readonly cell: number;
  readonly name: string | null;
  readonly message: string;
}

export interface IExport {
  readonly id: string;
  /** Of the notebook. */
  readonly source: string;
  readonly state: ExportState;
  /** Of what has been written. */
  readonly path: string | null;
  readonly raised: boolean;
  readonly errors: ReadonlyArray<ICellError>;
  readonly message: string | null;
  readonly remedy: string | null;
}

export interface IErrorBody {
  readonly message: string;
  readonly remedy: string | null;
}

/** What the page of a notebook needs, file by file and in few requests. */
export interface IAssetList {
  readonly files: ReadonlyArray<string>;
  readonly packed: ReadonlyArray<string>;
}

/** What one of the server's own pages asks of the JupyterLab around it. */
export interface IPageRequest {
  readonly source: 'jupyter-reactive';
  /** Show the file in the text editor, or its folder in the file browser. */
  readonly action: 'edit' | 'browse';
  readonly path: string;
}
