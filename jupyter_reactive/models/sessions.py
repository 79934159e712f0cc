"""The open notebooks, as they are told of, and what is known of their use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from . import Model


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
