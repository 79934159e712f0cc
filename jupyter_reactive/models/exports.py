"""Notebooks that are exported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from . import Model


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
