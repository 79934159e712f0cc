"""`from __future__ import …` taken out: it stands at the beginning of a file or nowhere."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from ...translation import _
from .model import Draft, Note, Verdict
from .names.analysis import analyse
from .names.edits import Edits


def without_futures(drafts: Sequence[Draft]) -> list[Draft]:
    """Take out what asks for a future Python.

    All but `annotations` has long come true
    (https://docs.python.org/3/library/__future__.html#module-contents).

    Args:
        drafts: Python.
    """
    return [_without(draft) if "__future__" in draft.source else draft for draft in drafts]


def _without(draft: Draft) -> Draft:
    edits = Edits(draft.source)
    names: list[str] = []
    for node in analyse(draft.source).tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            edits.drop_or_replace(node, "")
            names += [alias.name for alias in node.names]
    if not names:
        return draft
    if "annotations" in names:
        note = Note(
            Verdict.NEEDS_YOU,
            "future-annotations",
            _("“from __future__ import annotations” is left out: annotations are evaluated."),
            _("Put those that name something later in quotation marks."),
        )
    else:
        note = Note(
            Verdict.CHANGED,
            "future",
            _("Left out, as Python 3 does it anyway: {names}.").format(names=", ".join(names)),
        )
    return replace(draft, source=edits.applied(), notes=(*draft.notes, note))
