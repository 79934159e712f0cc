/**
 * The server's JSON, as the contract has it, and the guards that tell whether
 * something is what it should be.
 */

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
  readonly forms: Readonly<Record<LinkForm, string>> | null;
  readonly warnings: ReadonlyArray<string>;
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

const STATES: ReadonlyArray<unknown> = [
  'stopped',
  'starting',
  'running',
  'stopping',
  'failed'
];
const CAUSES: ReadonlyArray<unknown> = [
  'died',
  'frozen',
  'restart',
  'stop',
  null
];
const ACTIONS: ReadonlyArray<unknown> = [
  'opened',
  'closed',
  'renamed',
  'deleted',
  'restored'
];
const VERDICTS: ReadonlyArray<unknown> = ['kept', 'changed', 'needs you'];
const LEVELS: ReadonlyArray<unknown> = ['info', 'warning'];
const ORIGINS: ReadonlyArray<unknown> = ['notebook', 'contents', null];

const PLATFORMS: ReadonlyArray<unknown> = [
  'binder',
  'nbgitpuller',
  'hub',
  'studiolab',
  'colab',
  'molab'
];
const FORMS: ReadonlyArray<LinkForm> = ['url', 'markdown', 'html', 'rst'];

const EXPORT_STATES: ReadonlyArray<unknown> = [
  'waiting',
  'running',
  'writing',
  'done',
  'failed',
  'cancelled'
];

type JSONRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is JSONRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}

export function isServer(value: unknown): value is IServer {
  return (
    isRecord(value) &&
    typeof value.name === 'string' &&
    STATES.includes(value.state) &&
    isTextOrNull(value.started) &&
    isTextOrNull(value.message) &&
    isTextOrNull(value.remedy) &&
    CAUSES.includes(value.cause)
  );
}

export function isSession(value: unknown): value is ISession {
  return (
    isRecord(value) &&
    typeof value.id === 'string' &&
    typeof value.name === 'string' &&
    isTextOrNull(value.path)
  );
}

export function isSessionList(value: unknown): value is ISession[] {
  return Array.isArray(value) && value.every(isSession);
}

function isApp(value: unknown): value is IApp {
  return (
    isRecord(value) &&
    typeof value.path === 'string' &&
    typeof value.sessions === 'number'
  );
}

function isAppServer(value: unknown): value is IAppServer {
  return (
    isRecord(value) &&
    typeof value.server === 'string' &&
    (value.memory === null || typeof value.memory === 'number') &&
    Array.isArray(value.apps) &&
    value.apps.every(isApp)
  );
}

export function isAppServerList(value: unknown): value is IAppServer[] {
  return Array.isArray(value) && value.every(isAppServer);
}

export function isSessionEvent(value: unknown): value is ISessionEvent {
  return (
    isRecord(value) &&
    ACTIONS.includes(value.action) &&
    typeof value.id === 'string' &&
    isTextOrNull(value.path) &&
    isTextOrNull(value.source_path) &&
    ORIGINS.includes(value.origin)
  );
}

export function isNotice(value: unknown): value is INotice {
  return (
    isRecord(value) &&
    isTextOrNull(value.id) &&
    isTextOrNull(value.path) &&
    LEVELS.includes(value.level) &&
    typeof value.message === 'string' &&
    typeof value.remedy === 'string'
  );
}

export function isAssetList(
  value: unknown
): value is { files: ReadonlyArray<string> } {
  return isRecord(value) && isTextList(value.files);
}

export function isActivity(value: unknown): value is IActivity {
  return (
    isRecord(value) &&
    isTextOrNull(value.keep_alive_until) &&
    typeof value.max_keep_alive_hours === 'number'
  );
}

export function isNewNotebook(value: unknown): value is INewNotebook {
  return (
    isRecord(value) &&
    typeof value.path === 'string' &&
    typeof value.name === 'string'
  );
}

function isConversionNote(value: unknown): value is IConversionNote {
  return (
    isRecord(value) &&
    VERDICTS.includes(value.verdict) &&
    typeof value.message === 'string' &&
    typeof value.suggestion === 'string' &&
    (value.line === null || typeof value.line === 'number')
  );
}

function isConversionNoteList(value: unknown): value is IConversionNote[] {
  return Array.isArray(value) && value.every(isConversionNote);
}

function isCellReport(value: unknown): value is ICellReport {
  return (
    isRecord(value) &&
    typeof value.number === 'number' &&
    VERDICTS.includes(value.verdict) &&
    isConversionNoteList(value.notes)
  );
}

export function isConversion(value: unknown): value is IConversion {
  return (
    isRecord(value) &&
    typeof value.path === 'string' &&
    typeof value.name === 'string' &&
    isRecord(value.report) &&
    isConversionNoteList(value.report.notes) &&
    Array.isArray(value.report.cells) &&
    value.report.cells.every(isCellReport)
  );
}

function isCourseLink(value: unknown): value is ICourseLink {
  if (!isRecord(value)) {
    return false;
  }
  const { platform, what, forms, warnings, message, remedy } = value;
  return (
    PLATFORMS.includes(platform) &&
    (what === 'notebook' || what === 'app') &&
    (forms === null ||
      (isRecord(forms) &&
        FORMS.every(form => typeof forms[form] === 'string'))) &&
    isTextList(warnings) &&
    isTextOrNull(message) &&
    isTextOrNull(remedy)
  );
}

export function isCourseLinkList(
  value: unknown
): value is { readonly links: ReadonlyArray<ICourseLink> } {
  return (
    isRecord(value) &&
    Array.isArray(value.links) &&
    value.links.every(isCourseLink)
  );
}

function isCellError(value: unknown): value is ICellError {
  return (
    isRecord(value) &&
    typeof value.cell === 'number' &&
    isTextOrNull(value.name) &&
    typeof value.message === 'string'
  );
}

export function isExport(value: unknown): value is IExport {
  return (
    isRecord(value) &&
    typeof value.id === 'string' &&
    typeof value.source === 'string' &&
    EXPORT_STATES.includes(value.state) &&
    isTextOrNull(value.path) &&
    typeof value.raised === 'boolean' &&
    Array.isArray(value.errors) &&
    value.errors.every(isCellError) &&
    isTextOrNull(value.message) &&
    isTextOrNull(value.remedy)
  );
}

export function isLog(
  value: unknown
): value is { readonly lines: readonly string[] } {
  return isRecord(value) && isTextList(value.lines);
}

export function isRecognised(
  value: unknown
): value is { readonly reactive: readonly string[] } {
  return isRecord(value) && isTextList(value.reactive);
}

export function isErrorBody(value: unknown): value is IErrorBody {
  return (
    isRecord(value) &&
    typeof value.message === 'string' &&
    (value.remedy === undefined || isTextOrNull(value.remedy))
  );
}

export function isPageRequest(value: unknown): value is IPageRequest {
  return (
    isRecord(value) &&
    value.source === 'jupyter-reactive' &&
    (value.action === 'edit' || value.action === 'browse') &&
    typeof value.path === 'string'
  );
}
