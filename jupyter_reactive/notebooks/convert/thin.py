"""Stands in for the translation of IPython's cells until it is there."""

from __future__ import annotations

from collections.abc import Sequence

from ...translation import _
from .model import Draft, Note, SourceCell, Translation, Verdict
from .names.usage import parse


def translate(cells: Sequence[SourceCell]) -> Translation:
    """Take Python as it is, Markdown as a call, and the rest as comments."""
    return Translation(
        tuple(_draft(cell) for cell in cells if cell.source.strip()), ("import marimo as mo",)
    )


def _draft(cell: SourceCell) -> Draft:
    if cell.kind != "code":
        text = cell.source.replace('"""', '\\"""')
        return Draft(f'mo.md(r"""\n{text}\n""")', (cell.index,), markdown=True, hide_code=True)
    try:
        parse(cell.source)
    except SyntaxError as e:
        comment = "\n".join(f"# {line}".rstrip() for line in cell.source.split("\n"))
        note = Note(
            Verdict.NEEDS_YOU,
            "no-python",
            _("The cell is no Python: {error}. It is kept as a comment.").format(error=e.msg),
        )
        return Draft(comment, (cell.index,), (note,))
    return Draft(cell.source, (cell.index,))
