"""All cells of a notebook in pure Python."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from ....translation import _
from ..drawing import Drawing
from ..figures import Show, figures_of, with_figures
from ..model import Draft, SourceCell, Translation
from ..outputs import Displays
from .displays import with_displays
from .magics import without_magics
from .markdown import markdown_cell, raw_cell
from .names import bound_names, missing_names
from .syntax import to_python
from .tags import with_tags
from .work import Notebook, Work


def translate(cells: Sequence[SourceCell]) -> Translation:
    """Take from a notebook's cells what only IPython understands.

    A cell whose Python does not parse stays as it is; empty cells go.

    Args:
        cells: all of them, in order: what one means can depend on the others.
    """
    notebook = _notebook(cells)
    parts = [_Part(cell, notebook) for cell in cells if cell.source.strip()]
    trees = [part.tree for part in parts if part.tree is not None]
    drawing, displays = Drawing(trees), Displays(trees)
    recorded = any(cell.outputs for cell in cells)
    drafts = [part.draft(drawing, displays, recorded=recorded) for part in parts]
    if source := notebook.inlined_source():
        drafts.insert(0, Draft(source, (), hide_code=True))
    return Translation(tuple(drafts), tuple(notebook.imports), tuple(notebook.dependencies))


def _notebook(cells: Sequence[SourceCell]) -> Notebook:
    """What the cells share, as far as it can be told before their magics are known."""
    trees = []
    for cell in cells:
        if cell.kind == "code":
            try:
                trees.append(ast.parse(to_python(cell.source, frozenset())))
            except (SyntaxError, ValueError):
                continue
    bound = frozenset[str]().union(*map(bound_names, trees))
    return Notebook(bound, frozenset(missing_names(trees)))


class _Part:
    """A cell on its way: first without magics, then, when all are, with what it shows."""

    def __init__(self, cell: SourceCell, notebook: Notebook) -> None:
        self._cell = cell
        self._work = Work(notebook)
        self._text = cell.source
        self.tree: ast.Module | None = None
        if cell.kind == "code":
            try:
                self._text = without_magics(cell.source, self._work)
                self.tree = ast.parse(self._text)
            except (SyntaxError, ValueError):
                self._work.notes.clear()

    def draft(self, drawing: Drawing, displays: Displays, *, recorded: bool) -> Draft:
        """The cell, now that it is known what the others do."""
        cell, work = self._cell, self._work
        if cell.kind == "markdown":
            return markdown_cell(cell, work)
        if cell.kind == "raw":
            return raw_cell(cell, work)
        if self.tree is None:
            return Draft(cell.source, (cell.index,))
        if not work.captured:
            self._text = self._with_figures(drawing, recorded=recorded)
            self._text = with_displays(self._text, displays, work)
        draft = with_tags(cell, Draft(self._text, (cell.index,)), work)
        return replace(draft, notes=tuple(work.notes))

    def _with_figures(self, drawing: Drawing, *, recorded: bool) -> str:
        show = figures_of(self._text, drawing, self._cell.outputs, recorded=recorded)
        if show is Show.NOTHING:
            return self._text
        notebook = self._work.notebook
        if show is Show.AROUND_VALUE:
            self._work.changed(
                "figures", _("A function shows the figures that Jupyter shows at the cell's end.")
            )
            return with_figures(self._text, show, drawing.pyplot, notebook.inline("show_figures"))
        notebook.need(f"import matplotlib.pyplot as {drawing.pyplot}")
        self._work.changed(
            "figures", _("The figures are shown by a call: Jupyter does it by itself.")
        )
        return with_figures(self._text, show, drawing.pyplot)
