"""Cells of IPython's in Python, and what is said of them."""

from __future__ import annotations

from jupyter_reactive.notebooks.convert.ipython import translate
from jupyter_reactive.notebooks.convert.model import Draft, SourceCell, Translation, Verdict


def translated(*cells: str | SourceCell) -> Translation:
    """The cells in Python; a text stands for a code cell."""
    return translate(
        [
            SourceCell(index, "code", cell) if isinstance(cell, str) else cell
            for index, cell in enumerate(cells)
        ]
    )


def the_draft(translation: Translation, index: int = 0) -> Draft:
    """The last draft of an old cell."""
    return [draft for draft in translation.drafts if index in draft.origins][-1]


def codes(draft: Draft) -> list[tuple[str, Verdict]]:
    return [(note.code, note.verdict) for note in draft.notes]
