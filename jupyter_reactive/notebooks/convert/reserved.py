"""The name that marimo's own module has in notebooks, kept free for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .model import SourceCell
from .names.analysis import analyse
from .names.edits import Edits
from .names.usage import Usage

NAME = "mo"


def without_reserved(cells: Sequence[SourceCell]) -> list[SourceCell]:
    """Rename what a notebook calls as marimo's users call marimo.

    Args:
        cells: of the old notebook.
    """
    usages = [_usage(cell) for cell in cells]
    if not any(
        usage is not None and NAME in usage.bound and usage.imported.get(NAME) != ("marimo", "")
        for usage in usages
    ):
        return list(cells)
    taken = {word for usage in usages if usage is not None for word in usage.words}
    free = next(name for number in range(1, 1000) if (name := f"{NAME}_{number}") not in taken)
    return [
        cell if usage is None else replace(cell, source=_renamed(cell.source, usage, free))
        for cell, usage in zip(cells, usages, strict=True)
    ]


def _usage(cell: SourceCell) -> Usage | None:
    """The names of a cell that is Python as it stands."""
    if cell.kind != "code":
        return None
    try:
        return analyse(cell.source)
    except (SyntaxError, ValueError):
        return None


def _renamed(source: str, usage: Usage, free: str) -> str:
    edits = Edits(source)
    for one in usage.of(NAME):
        if one.place is not None:
            text = f"{NAME} as {free}" if one.kind == "import" else free
            edits.replace(one.place, len(NAME), text)
    return edits.applied()
