"""What is done with lessons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from . import Model


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
