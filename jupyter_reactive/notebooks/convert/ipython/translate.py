"""All cells of a notebook in pure Python."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from ..model import Draft, SourceCell, Translation
from .magics import without_magics
from .markdown import markdown_cell, raw_cell
from .names import bound_names, missing_names
from .syntax import to_python
from .tags import with_tags
from .work import Notebook, Work


def translate(cells: Sequence[SourceCell]) -> Translation:
    """Take from a notebook's cells what only IPython understands.

    A cell whose Python does not parse stays as it is.

    Args:
        cells: all of them, in order: what one means can depend on the others.
    """
    notebook = _notebook(cells)
    drafts = [_draft(cell, Work(notebook)) for cell in cells]
    if source := notebook.inlined_source():
        drafts.insert(0, Draft(source, (), hide_code=True))
    return Translation(tuple(drafts), tuple(notebook.imports), tuple(notebook.dependencies))


def _notebook(cells: Sequence[SourceCell]) -> Notebook:
    trees = []
    for cell in cells:
        if cell.kind == "code":
            try:
                trees.append(ast.parse(to_python(cell.source, frozenset())))
            except (SyntaxError, ValueError):
                continue
    bound = frozenset().union(*map(bound_names, trees))
    return Notebook(bound, frozenset(missing_names(trees)))


def _draft(cell: SourceCell, work: Work) -> Draft:
    if cell.kind == "markdown":
        return markdown_cell(cell, work)
    if cell.kind == "raw":
        return raw_cell(cell, work)
    try:
        source = without_magics(cell.source, work)
    except (SyntaxError, ValueError):
        return Draft(cell.source, (cell.index,))
    draft = with_tags(cell, Draft(source, (cell.index,)), work)
    return replace(draft, notes=tuple(work.notes))
