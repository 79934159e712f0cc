/** The guards that tell whether the server's JSON is what it should be. */

import type {
  IActivity,
  IApp,
  IAppServer,
  ICellChange,
  ICellError,
  ICellReport,
  IConversion,
  IConversionNote,
  ICourseLink,
  ICourseLinks,
  IErrorBody,
  IExport,
  IHookResult,
  INewNotebook,
  INotice,
  IPageRequest,
  IRelease,
  IReset,
  IServer,
  ISession,
  ISessionEvent,
  LinkForm
} from './payloads';

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

const CHANGES: ReadonlyArray<unknown> = [
  'added',
  'removed',
  'changed',
  'moved'
];

const HOOK_STATES: ReadonlyArray<unknown> = ['done', 'failed'];

type JSONRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is JSONRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isNumberOrNull(value: unknown): value is number | null {
  return value === null || typeof value === 'number';
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
  const { platform, what, code, forms, warnings, message, remedy } = value;
  return (
    PLATFORMS.includes(platform) &&
    (what === 'notebook' || what === 'app') &&
    typeof code === 'boolean' &&
    (forms === null ||
      (isRecord(forms) &&
        FORMS.every(form => typeof forms[form] === 'string'))) &&
    isTextList(warnings) &&
    isTextOrNull(message) &&
    isTextOrNull(remedy)
  );
}

export function isCourseLinks(value: unknown): value is ICourseLinks {
  return (
    isRecord(value) &&
    Array.isArray(value.links) &&
    value.links.every(isCourseLink) &&
    isTextList(value.cells)
  );
}

function isCellChange(value: unknown): value is ICellChange {
  return (
    isRecord(value) &&
    CHANGES.includes(value.kind) &&
    isNumberOrNull(value.cell) &&
    isNumberOrNull(value.released_cell) &&
    typeof value.name === 'string' &&
    isTextList(value.lines)
  );
}

export function isRelease(value: unknown): value is IRelease {
  return (
    isRecord(value) &&
    typeof value.ref === 'string' &&
    typeof value.date === 'string' &&
    typeof value.same === 'boolean' &&
    Array.isArray(value.changes) &&
    value.changes.every(isCellChange)
  );
}

export function isReset(value: unknown): value is IReset {
  return isRecord(value) && isTextOrNull(value.kept);
}

export function isHookResult(value: unknown): value is IHookResult {
  return (
    isRecord(value) &&
    HOOK_STATES.includes(value.state) &&
    isTextList(value.lines) &&
    isTextOrNull(value.message) &&
    isTextOrNull(value.remedy)
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
