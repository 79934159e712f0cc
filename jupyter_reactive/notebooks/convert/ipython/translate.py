"""All cells of a notebook in pure Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ....translation import _
from ..drawing import Drawing
from ..figures import Show, artists, figures_of, shown_otherwise, with_figures
from ..model import Draft, SourceCell, Translation
from ..outputs import Displays, silenced
from .displays import with_displays
from .formulas import sets_printing, with_formula
from .history import Step, name_values
from .included import Piece, pieces
from .magics import without_magics
from .markdown import markdown_cell, raw_cell
from .names import bound_names, missing_imports, missing_names, names_asked_for, read_names
from .shell_lists import OF_LISTS, names_of_lists
from .shells import names_of_shells, with_shell
from .syntax import to_python
from .tags import with_tags
from .widgets import Widgets, split, tell_of_widgets
from .work import Notebook, Work

_WRITES = re.compile(r"%%(?:writefile|file)\s+(?P<name>[\w.-]+)\n(?P<text>.*)", re.DOTALL)

_GOES_BACK = re.compile(r"^\s*%?cd\s+(?:-q\s+)?-\s*$", re.MULTILINE)
_INTERACTIVITY = re.compile(r"ast_node_interactivity\s*=\s*[\"'](?P<shown>\w+)[\"']")


def translate(cells: Sequence[SourceCell], folder: Path | None = None) -> Translation:
    """Take from a notebook's cells what only IPython understands.

    A cell whose Python does not parse stays as it is; empty cells go.

    Args:
        cells: all of them, in order: what one means can depend on the others.
        folder: where the notebook stands, to look for files that it runs; None for none.
    """
    found = pieces(cells, folder)
    notebook = _notebook([piece.cell for piece in found], folder)
    shows_all = _shows_all([piece.cell for piece in found])
    prepared = [
        _Part(piece, Work(notebook, shows_all=all_values))
        for piece, all_values in zip(found, shows_all, strict=True)
        if piece.cell.source.strip()
    ]
    steps = [part.step for part in prepared if part.step is not None]
    name_values(steps, notebook.bound)
    trees = [ast.parse(step.text) for step in steps]
    drawing, recorded = Drawing(trees), any(cell.outputs for cell in cells)
    parts = artists(trees, drawing)
    known = _Known(drawing, parts, Displays(trees), Widgets(trees), recorded)
    drafts = [draft for part in prepared for draft in part.drafts(known)]
    imports = missing_imports(notebook.imports, [draft.source for draft in drafts])
    if source := notebook.inlined_source():
        drafts.insert(0, Draft(source, (), hide_code=True))
    return Translation(tuple(drafts), tuple(imports), tuple(notebook.dependencies))


def _shows_all(cells: Sequence[SourceCell]) -> list[bool]:
    """By cell, whether IPython was told before to show the value of each expression.

    https://ipython.readthedocs.io/en/stable/config/options/terminal.html
    """
    told, shown = [], False
    for cell in cells:
        told.append(shown)
        if cell.kind == "code" and (match := _INTERACTIVITY.search(cell.source)):
            shown = match["shown"] == "all"
    return told


def _notebook(cells: Sequence[SourceCell], folder: Path | None) -> Notebook:
    """What the cells share, as far as it can be told before their magics are known."""
    bound: set[str] = set()
    read: set[str] = set()
    scripts, runs = {}, 0
    trees: list[ast.Module] = []
    listed: set[str] = set()
    asked: set[str] = set()
    for cell in cells:
        if cell.kind != "code":
            continue
        if match := _WRITES.match(cell.source):
            scripts[match["name"]] = match["text"]
        text = to_python(cell.source, frozenset())
        runs += text.count("run_line_magic('run'")
        try:
            # Once more without magics, where a name may hide: %%time has cells of its own.
            tree = ast.parse(without_magics(cell.source, Work(Notebook())))
        except (SyntaxError, ValueError):
            continue
        trees.append(tree)
        bound |= bound_names(tree)
        read |= read_names(tree)
        listed |= names_of_lists(tree)
        asked |= names_asked_for(tree, OF_LISTS)
    missing = frozenset(missing_names(read, bound))
    return Notebook(
        frozenset(bound),
        frozenset(read),
        missing,
        runs,
        scripts,
        folder,
        names_of_shells(trees),
        asks_lists=bool(listed & asked),
        goes_back=any(cell.kind == "code" and _GOES_BACK.search(cell.source) for cell in cells),
        shows_formulas=any(map(sets_printing, trees)),
    )


class _Known(NamedTuple):
    """What is known of the notebook when all magics are gone."""

    drawing: Drawing
    artists: set[str]
    displays: Displays
    widgets: Widgets
    recorded: bool


class _Part:
    """A cell on its way: first without magics, then, when all are, with what it shows."""

    def __init__(self, piece: Piece, work: Work) -> None:
        self._piece = piece
        self._cell = cell = piece.cell
        self._work = work
        self.step: Step | None = None
        if cell.kind == "code":
            try:
                text = with_shell(without_magics(cell.source, self._work), self._work)
            except (SyntaxError, ValueError):
                self._work.notes.clear()
            else:
                self.step = Step(cell, silenced(text) if piece.silent else text)

    def drafts(self, known: _Known) -> list[Draft]:
        """The cell, now that it is known what the others do; two for one with elements."""
        cell, work = self._cell, self._work
        if cell.kind == "markdown":
            return [markdown_cell(cell, work)]
        if cell.kind == "raw":
            return [raw_cell(cell, work)]
        if self.step is None:
            return [Draft(cell.source, (cell.index,), self._piece.notes)]
        self._tell_of_history(self.step)
        texts = split(self.step.text, known.widgets, work.bound, work) or (self.step.text,)
        drafts = []
        for text in texts:
            shown = text if work.captured else self._shown(text, known)
            tell_of_widgets(ast.parse(shown), known.widgets, work)
            drafts.append(with_tags(cell, Draft(shown, (cell.index,)), work))
        notes = work.notes
        if self._piece.silent:
            # The lines are those of the other notebook.
            notes = [replace(note, line=None) for note in notes]
        return [replace(drafts[0], notes=(*self._piece.notes, *notes)), *drafts[1:]]

    def _shown(self, text: str, known: _Known) -> str:
        text = with_formula(text, self._cell, self._work)
        text = self._with_figures(text, known)
        return with_displays(text, known.displays, known.drawing.procedures, self._work)

    def _tell_of_value(self, how: str) -> None:
        if how == "once":
            self._work.changed(
                "figure-once", _("The figure shows once; in Jupyter it shows twice.")
            )
        elif how == "empty":
            self._work.changed(
                "figure-empty",
                _("The figure shows though nothing is in it; Jupyter shows its size as a text."),
            )
        elif how == "again":
            self._work.changed(
                "figure-again",
                _("The figure shows again, where Jupyter shows a text for its part."),
            )

    def _tell_of_history(self, step: Step) -> None:
        if step.shown_as:
            self._work.changed(
                "history",
                _("The value has the name {name}: another cell asks for it.").format(
                    name=step.shown_as
                ),
            )
        if step.uses:
            self._work.changed("history", _("Values that other cells showed are read by names."))
        if step.lost:
            self._work.needs_you(
                "history",
                _("It cannot be told which value is meant: {names}.").format(
                    names=", ".join(step.lost)
                ),
                _("Give that value a name where it is made."),
            )

    def _with_figures(self, text: str, known: _Known) -> str:
        drawing, recorded = known.drawing, known.recorded
        show = figures_of(text, drawing, self._cell.outputs, recorded=recorded)
        if show is Show.NOTHING:
            self._tell_of_value(shown_otherwise(text, drawing, known.artists))
            return text
        notebook = self._work.notebook
        if show is Show.AROUND_VALUE:
            self._work.changed(
                "figures", _("A function shows the figures that Jupyter shows at the cell's end.")
            )
            return with_figures(text, show, drawing.pyplot, notebook.inline("show_figures"))
        notebook.need(f"import matplotlib.pyplot as {drawing.pyplot}")
        self._work.changed(
            "figures", _("The figures are shown by a call: Jupyter does it by itself.")
        )
        return with_figures(text, show, drawing.pyplot)
