"""Cells that are as a conversion left them, and what they were before it.

The conversion is repeated: what it makes of the old notebook today is compared with the notebook
that comes back. So nothing has to be kept in its file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ....translation import _
from ...reactive_file import ReactiveFile, read_reactive
from ..groups import Group, groups
from ..ipython import translate
from ..model import Draft, Note, SourceCell, Verdict
from ..pipeline import convert
from ..read import read
from .cell_names import names_of
from .cells import JupyterCell
from .matching import Match, matched
from .notebook import new_cell


@dataclass
class Restored:
    """The cells of the notebook for Jupyter.

    Attributes:
        cells: of nbformat.
        places: for each `JupyterCell` where it went.
        metadata: of the old notebook.
        notes: on some of the `JupyterCell`s, instead of their own.
        made: what the conversion made of the old notebook; None for no old notebook.
    """

    cells: list[dict[str, Any]]
    places: list[list[int]]
    metadata: dict[str, Any] = field(default_factory=dict)
    notes: dict[int, tuple[Note, ...]] = field(default_factory=dict)
    made: ReactiveFile | None = None


def restored(
    file: ReactiveFile, cells: Sequence[JupyterCell], old: bytes, folder: Path | None = None
) -> Restored | None:
    """Put the old cells where the new ones are as the conversion made them.

    None if no cell is: then it is not the notebook that this one came from.

    Args:
        file: the notebook that comes back.
        cells: for Jupyter, made of all of its cells.
        old: the notebook that it was converted from.
        folder: where that stood.

    Raises:
        BrokenNotebook: the old file is no JSON.
        NotANotebook: it is JSON, but no notebook.
        ForeignKernel: its cells are in another language than Python.
    """
    source = read(old)
    conversion = convert(old, folder=folder)
    made = read_reactive(conversion.text)
    places = [[number - 1 for number in cell.new_cells] for cell in conversion.report.cells]
    before = _Before(source.cells, _as_stored(old, source.cells), places, made)
    match = matched(made.cells, file.cells, before.lasting)
    if match.same <= set(before.added):
        return None
    chosen = before.restorable(match, file)
    result = _Writer(cells, before, match, chosen).write(dict(source.metadata))
    result.made = made
    return result


def _as_stored(old: bytes, cells: Sequence[SourceCell]) -> list[dict[str, Any]]:
    """The old cells as nbformat has them; those of an older format in the words of today's."""
    notebook = json.loads(old.decode("utf-8-sig"))
    if notebook.get("nbformat", 4) >= 4 and "cells" in notebook:
        return list(notebook["cells"])
    stored = []
    for cell in cells:
        made = new_cell(cell.kind, cell.source, cell.metadata)
        if cell.kind == "code":
            made |= {"outputs": [dict(output) for output in cell.outputs]}
            made |= {"execution_count": cell.execution_count}
        stored.append(made)
    return stored


class _Before:
    """The old notebook, and what the conversion makes of it.

    Args:
        cells: of the old notebook.
        stored: these as nbformat has them.
        places: for each of them the new cells that it goes into.
        made: the new notebook.
    """

    def __init__(
        self,
        cells: Sequence[SourceCell],
        stored: Sequence[dict[str, Any]],
        places: Sequence[Sequence[int]],
        made: ReactiveFile,
    ) -> None:
        self.stored = stored
        self.made = made
        self.groups = [group for group in groups(places) if group[1]]
        of_cells = {new for _old, news in self.groups for new in news}
        self.added = [index for index in range(len(made.cells)) if index not in of_cells]
        # Cells that went nowhere, empty ones: they come back with the one before them.
        self.followers: dict[int, list[int]] = {}
        anchor = -1
        for index, new in enumerate(places):
            if new:
                anchor = index
            else:
                self.followers.setdefault(anchor, []).append(index)
        # nbformat: what may not be deleted is still there, however much of it is new.
        self.lasting = {
            new
            for olds, news in self.groups
            if any(stored[old].get("metadata", {}).get("deletable") is False for old in olds)
            for new in news
        }
        self._cells = cells
        self._differing: dict[int, set[str]] = {}

    def restorable(self, match: Match, now: ReactiveFile) -> list[Group]:
        """The groups that may become again what they were.

        A cell that stays new uses the names that the conversion gave. Where the old cells gave
        them other ones, these stay new too.

        Args:
            match: which of the cells are as they were made.
            now: the notebook as it is.
        """
        chosen = [group for group in self.groups if all(new in match.same for new in group[1])]
        whole = {new for _olds, news in chosen for new in news} | set(self.added)
        touched: set[str] = set()
        for index, cell in enumerate(now.cells):
            if match.made.get(index) not in whole:
                touched |= set.union(*names_of(cell.source))
        while staying := [group for group in chosen if self._renamed(group) & touched]:
            chosen = [group for group in chosen if group not in staying]
            for _olds, news in staying:
                for new in news:
                    touched |= set.union(*names_of(self.made.cells[new].source))
        return chosen

    def _renamed(self, group: Group) -> set[str]:
        """The names that only the old cells of a group have, or only the new ones."""
        if group[0][0] not in self._differing:
            olds = set(group[0])
            old = [draft.source for draft in self._drafts if olds & set(draft.origins)]
            new = [self.made.cells[index].source for index in group[1]]
            before, after = _names(old), _names(new)
            different = (before[0] ^ after[0]) | (before[1] ^ after[1])
            self._differing[group[0][0]] = different & self._bound - self._gathered
        return self._differing[group[0][0]]

    @cached_property
    def _gathered(self) -> set[str]:
        """The names that cells bind which the conversion added, imports most of all."""
        cells = (self.made.cells[index] for index in self.added)
        return {name for cell in cells for name in names_of(cell.source)[0]}

    @cached_property
    def _bound(self) -> set[str]:
        """The names that any cell binds, before or after; nothing gives the others another name."""
        sources = [draft.source for draft in self._drafts]
        sources += [cell.source for cell in self.made.cells]
        return {name for source in sources for name in names_of(source)[0]}

    @cached_property
    def _drafts(self) -> Sequence[Draft]:
        """The old cells in pure Python, before they got other names."""
        return translate(self._cells).drafts


def _names(sources: Sequence[str]) -> tuple[set[str], set[str]]:
    bound, read = set[str](), set[str]()
    for source in sources:
        more_bound, more_read = names_of(source)
        read |= more_read - bound
        bound |= more_bound
    return bound, read


class _Writer:
    """Writes the cells: runs of old ones, and between them what is new."""

    def __init__(
        self, cells: Sequence[JupyterCell], before: _Before, match: Match, chosen: Sequence[Group]
    ) -> None:
        self._cells = cells
        self._before = before
        self._match = match
        self._group_of = {new: group for group in chosen for new in group[1]}
        self._result = Restored([], [[] for _ in cells])
        self._written: dict[int, int] = {}

    def write(self, metadata: dict[str, Any]) -> Restored:
        """All cells.

        Args:
            metadata: of the old notebook.
        """
        self._result.metadata = metadata
        needless = self._needless()
        run: list[int] = []
        for place in range(len(self._cells)):
            if place in needless:
                self._result.notes[place] = (_not_needed(),)
            elif self._made(place) in self._group_of:
                run.append(place)
            else:
                self._write_run(run)
                run = []
                self._write_new(place)
        self._write_run(run)
        return self._result

    def _made(self, place: int) -> int | None:
        """Which cell of the conversion a cell is, unchanged."""
        origin = self._cells[place].origin
        return self._match.made.get(origin) if origin is not None else None

    def _place_in_file(self, place: int) -> int:
        origin = self._cells[place].origin
        return -1 if origin is None else origin

    def _needless(self) -> set[int]:
        """Cells that the conversion added, and that nothing needs that stays new."""
        added, needed = [], set[str]()
        for place, cell in enumerate(self._cells):
            made = self._made(place)
            if cell.origin is None or made in self._before.added:
                added.append(place)
            elif made not in self._group_of:
                needed |= names_of(cell.source)[1]
        needless = set()
        for place in reversed(added):
            bound, read = names_of(self._cells[place].source)
            if bound & needed:
                needed |= read
            else:
                needless.add(place)
        return needless

    def _write_run(self, run: Sequence[int]) -> None:
        made = [self._made(place) for place in run]
        olds = [old for new in made if new is not None for old in self._group_of[new][0]]
        # Jupyter ran them in the old order, whichever marimo's is; unless somebody moved them.
        in_file = [self._made(place) for place in sorted(run, key=self._place_in_file)]
        if in_file == sorted(in_file, key=lambda new: new or 0):
            olds.sort()
        before_all = self._before.followers.get(-1, []) if not self._written else []
        for old in (*before_all, *olds):
            self._write_old(old)
            for follower in self._before.followers.get(old, ()):
                self._write_old(follower)
        for place, new in zip(run, made, strict=True):
            if new is not None:
                olds = self._group_of[new][0]
                self._result.places[place] = [self._written[old] for old in olds]

    def _write_old(self, old: int) -> None:
        if old not in self._written:
            self._written[old] = len(self._result.cells)
            self._result.cells.append(dict(self._before.stored[old]))

    def _write_new(self, place: int) -> None:
        cell = self._cells[place]
        metadata: Mapping[str, Any] = cell.metadata
        made = self._made(place)
        if made is None and cell.origin is not None:
            made = self._match.edited.get(cell.origin)
        identity = None
        for olds, news in self._before.groups:
            old = self._before.stored[olds[0]]
            # What may not be deleted is there once, also where it has become several cells.
            is_this = made == news[0] if news[0] in self._before.lasting else made in news
            if is_this and old["cell_type"] == cell.kind:
                metadata, identity = _with_old(cell.metadata, old), old.get("id")
        written = new_cell(cell.kind, cell.source, metadata)
        if identity is not None:
            written["id"] = identity
        self._result.places[place] = [len(self._result.cells)]
        self._result.cells.append(written)


def _with_old(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    before = old.get("metadata") or {}
    tags = list(dict.fromkeys([*before.get("tags", ()), *new.get("tags", ())]))
    return {**before, **new, **({"tags": tags} if tags else {})}


def _not_needed() -> Note:
    return Note(
        Verdict.CHANGED,
        "not-needed",
        _("The conversion to marimo had added the cell; Jupyter does not need it."),
    )
