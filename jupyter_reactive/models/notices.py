"""A word to the users."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from . import Model


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
