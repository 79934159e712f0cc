"""Cells into a valid graph: each name bound by one cell, and no cell before what it reads."""

from __future__ import annotations

from collections.abc import Sequence

from ....translation import _
from ..model import Draft
from .analysis import analyse
from .merge import merged
from .versions import trace

__all__ = ["reactive"]


def reactive(drafts: Sequence[Draft]) -> list[Draft]:
    """Give each name one cell that binds it.

    Args:
        drafts: Python, in the order of the old notebook.
    """
    cells = list(drafts)
    while True:
        histories = trace([analyse(draft.source) for draft in cells])
        for history in histories.values():
            if len(history.versions) > 1 and not history.name.startswith("_"):
                first, last = history.versions[0].cell, history.versions[-1].cell
                reason = _("“{name}” is bound in several.").format(name=history.name)
                cells = merged(cells, first, last, reason)
                break
        else:
            return cells
