"""The servers of marimo, as they are told of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from . import Model


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
