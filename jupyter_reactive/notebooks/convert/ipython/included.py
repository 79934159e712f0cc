"""`%run other.ipynb`: the cells of another notebook in the place of the line that runs them."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ....errors import ReactiveError
from ....translation import _
from ..model import Note, SourceCell, Verdict
from ..read import read
from .syntax import call_of_ipython, to_python

_RUN = re.compile(r"%?run\s+(?P<arguments>\S.*)")


@dataclass(frozen=True)
class Piece:
    """A cell of the notebook, a part of one, or a cell that stands there for another notebook.

    Attributes:
        cell: with the number of the notebook's own cell.
        notes: what is to be said of it.
        silent: whether it shows no value: what %run runs does not.
    """

    cell: SourceCell
    notes: tuple[Note, ...] = ()
    silent: bool = False


def pieces(
    cells: Sequence[SourceCell], folder: Path | None, seen: frozenset[Path] = frozenset()
) -> list[Piece]:
    """The cells, with those of other notebooks where %run runs them.

    IPython runs the code cells of the other notebook one by one, with the names of this one
    (`InteractiveShell.safe_execfile_ipy`). A line that names no notebook beside this one, or stands
    within other code, stays as it is.

    Args:
        cells: of a notebook.
        folder: where the notebook runs; None for nowhere.
        seen: notebooks that are being read.
    """
    if folder is None:
        return [Piece(cell) for cell in cells]
    return [piece for cell in cells for piece in _pieces(cell, folder, seen)]


def _pieces(cell: SourceCell, folder: Path, seen: frozenset[Path]) -> Iterator[Piece]:
    # What the cell showed belongs to its end.
    part = replace(cell, outputs=(), execution_count=None)
    rest: list[str] = []
    lines = cell.source.split("\n")
    names = _notebooks(cell)
    for line in lines:
        match = _RUN.fullmatch(line.rstrip()) if names else None
        name = _name(match["arguments"]) if match else ""
        others = _cells(name, folder, seen) if name else None
        if others is None:
            rest.append(line)
            continue
        if any(map(str.strip, rest)):
            yield Piece(replace(part, source="\n".join(rest)))
        rest = []
        note = Note(
            Verdict.CHANGED,
            "magic-run-notebook",
            _("The cells of {name} stand here now: %run runs them in this notebook.").format(
                name=name
            ),
            _("Import from a module what several notebooks need."),
        )
        for number, other in enumerate(others):
            yield Piece(replace(part, source=other), () if number else (note,), silent=True)
    if any(map(str.strip, rest)) or len(rest) == len(lines):
        yield Piece(replace(cell, source="\n".join(rest)))


def _notebooks(cell: SourceCell) -> set[str]:
    """The notebooks that lines of the cell run; none where other lines look the same."""
    if cell.kind != "code" or ".ipynb" not in cell.source:
        return set()
    try:
        tree = ast.parse(to_python(cell.source, frozenset({"run"})))
    except (SyntaxError, ValueError):
        return set()
    calls = [
        call_of_ipython(statement.value)
        for statement in tree.body
        if isinstance(statement, ast.Expr)
    ]
    found = [
        _name(call[1][1])
        for call in calls
        if call and call[0] == "run_line_magic" and call[1][0] == "run"
    ]
    alike = [match for line in cell.source.split("\n") if (match := _RUN.fullmatch(line.rstrip()))]
    return set(filter(None, found)) if len(alike) == len(found) else set()


def _name(arguments: str) -> str:
    """The notebook that %run is given; empty for a script, or where it has options."""
    try:
        words = shlex.split(arguments)
    except ValueError:
        return ""
    return words[0] if len(words) == 1 and words[0].endswith(".ipynb") else ""


def _cells(name: str, folder: Path, seen: frozenset[Path]) -> list[str] | None:
    """The sources of a notebook's code cells; None where they cannot be read."""
    path = folder / name
    if path in seen:
        return None
    try:
        source = read(path.read_bytes())
    except (OSError, ReactiveError):
        return None
    own = [cell for cell in source.cells if cell.kind == "code" and cell.source.strip()]
    return [piece.cell.source for piece in pieces(own, folder, seen | {path})]
