"""IPython's images, which marimo fails to show."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...translation import _
from .model import Draft, Note, Verdict
from .names.analysis import analyse
from .names.edits import Edits

# marimo 0.25 asks an image for a table of its kinds, which IPython 9 has no more.
_TABLE = "_MIMETYPES"
_MODULES = frozenset({"IPython.display", "IPython.core.display"})


def with_images(drafts: Sequence[Draft]) -> list[Draft]:
    """Give IPython's images what marimo asks them for, where they are imported.

    Args:
        drafts: Python.
    """
    asked = any("Image" in analyse(draft.source).words for draft in drafts if not draft.markdown)
    return [_with_table(draft) for draft in drafts] if asked else list(drafts)


def _with_table(draft: Draft) -> Draft:
    edits = Edits(draft.source)
    found = False
    for node in analyse(draft.source).tree.body:
        for image in _images(node):
            found = True
            edits.insert_after_line(
                node.end_lineno or node.lineno,
                f'{image}.{_TABLE} = getattr({image}, "{_TABLE}", {{}})',
            )
    if not found:
        return draft
    note = Note(
        Verdict.CHANGED,
        "image",
        _("IPython's images get a table that marimo asks them for: it could not show them."),
    )
    return replace(draft, source=edits.applied(), notes=(*draft.notes, note))


def _images(node: ast.stmt) -> Iterator[str]:
    """How code gets at the class after an import."""
    match node:
        case ast.Import(names=names):
            for alias in names:
                if alias.name in _MODULES:
                    yield f"{alias.asname or alias.name}.Image"
        case ast.ImportFrom(module=str(module), names=names, level=0):
            for alias in names:
                if module in _MODULES and alias.name == "Image":
                    yield alias.asname or alias.name
                elif f"{module}.{alias.name}" in _MODULES:
                    yield f"{alias.asname or alias.name}.Image"
