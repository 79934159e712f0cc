"""The plain facts that the layers share: no behaviour but their JSON, no imports of ours."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any


@dataclass(frozen=True)
class Model:
    """Base of all facts that go over the wire."""

    def to_json(self) -> dict[str, Any]:
        """The fact as the REST API and the schemas of the events have it."""
        return asdict(self, dict_factory=_of_json)


def _of_json(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """The fields of a model, of kinds that JSON and its schemas know."""
    return {name: _plain(value) for name, value in fields}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


class ServerState(str, Enum):
    """Where a marimo server is in its life."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    FAILED = "failed"


class EndCause(str, Enum):
    """Why a server ended that was there before."""

    DIED = "died"
    FROZEN = "frozen"
    RESTART = "restart"
    STOP = "stop"


@dataclass(frozen=True)
class ServerModel(Model):
    """One marimo server, as the REST API and the events show it.

    Attributes:
        name: the server's key, ``edit`` for the edit server.
        state: where it is in its life.
        started: ISO 8601 time (UTC) at which it began to answer, else None.
        message: why it stopped, failed, was started again or is silent, in a sentence, else None.
        remedy: what to do about it, else None.
        cause: why the server before it ended, or None when there was none.
    """

    name: str
    state: ServerState
    started: str | None = None
    message: str | None = None
    remedy: str | None = None
    cause: EndCause | None = None


@dataclass(frozen=True)
class SessionModel(Model):
    """One open notebook with its kernel.

    Attributes:
        id: marimo's id of the session.
        path: the contents path of the notebook; None while it has no file, or when its file lies
            outside the contents root (marimo's own tutorials do).
        name: what to call it in a list.
    """

    id: str
    path: str | None
    name: str


@dataclass(frozen=True)
class AppModel(Model):
    """An app that is in use.

    Attributes:
        path: its contents path.
        sessions: how many sessions of visitors it has, those included whose page has just left.
    """

    path: str
    sessions: int


@dataclass(frozen=True)
class AppServerModel(Model):
    """A running server of apps. How its memory divides among them nobody can tell.

    Attributes:
        server: its name; that of an app's own server is `run/` and the app's path.
        memory: bytes that it holds with all that it has started, None when that is not known.
        apps: those that are in use, and the one whose own it is.
    """

    server: str
    memory: int | None
    apps: tuple[AppModel, ...]


class SessionAction(str, Enum):
    """What happened to a session."""

    OPENED = "opened"
    CLOSED = "closed"
    RENAMED = "renamed"
    DELETED = "deleted"
    RESTORED = "restored"


class Origin(str, Enum):
    """On which side a notebook was renamed."""

    NOTEBOOK = "notebook"
    CONTENTS = "contents"


@dataclass(frozen=True)
class SessionEvent(Model):
    """What happened to a session, as the event bus tells it.

    Attributes:
        action: what happened.
        id: marimo's id of the session.
        path: the contents path now.
        source_path: the contents path before a rename, else None.
        origin: the side on which it was renamed, else None.
    """

    action: SessionAction
    id: str
    path: str | None
    source_path: str | None = None
    origin: Origin | None = None


class NoticeLevel(str, Enum):
    """How urgent a word to the users is."""

    INFO = "info"
    WARNING = "warning"


@dataclass(frozen=True)
class NoticeEvent(Model):
    """A word to the users, as the event bus tells it.

    Attributes:
        id: marimo's id of the session that it is about, else None.
        path: the contents path of its notebook, else None.
        level: how urgent it is.
        message: what is the case, in a sentence.
        remedy: what to do about it, in a sentence.
    """

    id: str | None
    path: str | None
    level: NoticeLevel
    message: str
    remedy: str


@dataclass(frozen=True)
class CellError(Model):
    """A cell that has raised while its notebook was exported.

    Attributes:
        cell: its number in the notebook, counted from 1.
        name: its name, or None.
        message: the error, in Python's or marimo's words.
    """

    cell: int
    name: str | None
    message: str


class ExportState(str, Enum):
    """How far an export is."""

    WAITING = "waiting"
    RUNNING = "running"
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ExportModel(Model):
    """A notebook that is exported, or has been.

    Attributes:
        id: of the export.
        source: contents path of the notebook.
        to: the format.
        state: how far it is.
        started: ISO 8601 time (UTC) at which it left the queue, else None.
        path: contents path of what has been written, else None.
        raised: whether a cell has raised; what is written shows it.
        errors: the cells that have raised, where marimo tells.
        message: why it failed, in a sentence, else None.
        remedy: what to do about it, else None.
    """

    id: str
    source: str
    to: str
    state: ExportState = ExportState.WAITING
    started: str | None = None
    path: str | None = None
    raised: bool = False
    errors: tuple[CellError, ...] = ()
    message: str | None = None
    remedy: str | None = None


@dataclass(frozen=True)
class ActivityModel(Model):
    """What is known of the use of the reactive notebooks.

    Attributes:
        busy: whether a cell runs.
        keep_alive_until: ISO 8601 time (UTC) until which the server counts as used, else None.
        max_keep_alive_hours: for how long a user may ask; 0 when not at all.
    """

    busy: bool
    keep_alive_until: str | None
    max_keep_alive_hours: float


class TaskState(str, Enum):
    """How far something is that is done for a user."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class LessonEvent(Model):
    """Something that is done with a lesson, as the event bus tells it.

    Attributes:
        action: `reset`, or one of the operator's hooks: `fetch`, `validate`, `submit`.
        path: contents path of the notebook or folder.
        state: how far it is.
        kept: contents path of the version that a reset has kept, else None.
        exit_code: of a hook's program, None while it runs and for a reset.
        lines: the last of what a hook's program has said.
        message: why it has failed, in a sentence, else None.
        remedy: what to do about it, else None.
    """

    action: str
    path: str
    state: TaskState
    kept: str | None = None
    exit_code: int | None = None
    lines: tuple[str, ...] = ()
    message: str | None = None
    remedy: str | None = None
