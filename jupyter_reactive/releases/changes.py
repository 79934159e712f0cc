"""What differs between two versions of a notebook, cell by cell. Pure: runs and asks nothing."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from ..errors import ReactiveError
from ..models import Model
from ..notebooks.reactive_file import read_reactive

# Cells of which less than this is the same are two cells, not one that was changed.
_ALIKE = 0.5
# So much of a cell is looked at to tell whether it is like another one.
_LOOK = 4000


class Kind(str, Enum):
    """What has become of a cell."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class Change(Model):
    """A cell that differs.

    Attributes:
        kind: what has become of it.
        cell: its number in the notebook, counted from 1; None where it is gone.
        released_cell: its number in the released version; None where it is new.
        name: of the cell, where it has one; else empty.
        lines: with `+`, `-` or a space before each, and `…` where some are left out.
    """

    kind: Kind
    cell: int | None
    released_cell: int | None
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class _Cell:
    source: str
    name: str = ""
    key: str = ""


def changes(released: bytes, mine: bytes, suffix: str) -> list[Change]:
    """How a notebook differs from its released version, in the order of the notebook.

    Outputs and settings of cells do not count.

    Args:
        released: content of the released file.
        mine: content of the notebook; one that does not parse counts as a single cell.
        suffix: of both files.
    """
    old, new = _cells(released, suffix), _cells(mine, suffix)
    if old is None or new is None:
        old, new = [_Cell(_text(released))], [_Cell(_text(mine))]
    found = list(_differences(old, new))
    return _with_moves(found)


def _differences(old: Sequence[_Cell], new: Sequence[_Cell]) -> Iterator[Change]:
    matcher = difflib.SequenceMatcher(
        None, [cell.source for cell in old], [cell.source for cell in new], autojunk=False
    )
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone = list(range(old_from, old_to))
        for n in range(new_from, new_to):
            o = _partner(old, gone, new[n])
            if o is None:
                yield _change(Kind.ADDED, None, n, _Cell(""), new[n])
                continue
            # What stood before it is gone.
            for left in gone[: gone.index(o)]:
                yield _change(Kind.REMOVED, left, None, old[left], _Cell(""))
            gone = gone[gone.index(o) + 1 :]
            yield _change(Kind.CHANGED, o, n, old[o], new[n])
        for left in gone:
            yield _change(Kind.REMOVED, left, None, old[left], _Cell(""))


def _partner(old: Sequence[_Cell], gone: Sequence[int], cell: _Cell) -> int | None:
    """Which of the cells that are gone this one has become, if any."""
    for o in gone:
        if cell.key and old[o].key == cell.key:
            return o
    for o in gone:
        matcher = difflib.SequenceMatcher(None, old[o].source[:_LOOK], cell.source[:_LOOK])
        if matcher.quick_ratio() > _ALIKE and matcher.ratio() > _ALIKE:
            return o
    return None


def _change(kind: Kind, old_n: int | None, new_n: int | None, old: _Cell, new: _Cell) -> Change:
    return Change(
        kind,
        None if new_n is None else new_n + 1,
        None if old_n is None else old_n + 1,
        new.name or old.name,
        tuple(_lines(old.source, new.source)),
    )


def _lines(old: str, new: str) -> Iterator[str]:
    diff = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="")
    for n, line in enumerate(diff):
        # Two lines name the files; before the first part nothing is left out that matters.
        if n > 2:
            yield "…" if line.startswith("@@") else line


def _with_moves(found: list[Change]) -> list[Change]:
    """Two changes of the same text, gone here and new there, are one that was moved."""
    gone = {_body(change): change for change in found if change.kind is Kind.REMOVED}
    taken = set()
    merged = []
    for change in found:
        other = gone.pop(_body(change), None) if change.kind is Kind.ADDED else None
        if other is None:
            merged.append(change)
            continue
        taken.add(other.released_cell)
        moved = replace(change, kind=Kind.MOVED, released_cell=other.released_cell, lines=())
        merged.append(moved)
    return [c for c in merged if c.kind is not Kind.REMOVED or c.released_cell not in taken]


def _body(change: Change) -> tuple[str, ...]:
    return tuple(line[1:] for line in change.lines)


def _cells(content: bytes, suffix: str) -> list[_Cell] | None:
    """The cells of a notebook; None for what cannot be taken apart."""
    if suffix == ".ipynb":
        try:
            return [_jupyter_cell(cell) for cell in json.loads(content)["cells"]]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
    if suffix != ".py":
        return None
    try:
        cells = read_reactive(_text(content)).cells
    except ReactiveError:
        return None
    return [_Cell(cell.source, cell.name, cell.name) for cell in cells]


def _jupyter_cell(cell: dict[str, Any]) -> _Cell:
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    return _Cell(text, key=str(cell.get("id") or ""))


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
