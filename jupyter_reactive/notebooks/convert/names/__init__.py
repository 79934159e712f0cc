"""Cells into a valid graph: each name bound by one cell, and no cell before what it reads."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..model import Draft
from .analysis import analyse
from .apply import rewrite
from .arguments import with_argument
from .merge import merged
from .order import reading_order
from .plan import plan
from .reflection import asked_for_names, looked_up

__all__ = ["reactive"]


def reactive(
    drafts: Sequence[Draft], undefined: Mapping[int, frozenset[str]] | None = None
) -> list[Draft]:
    """Give each name one cell that binds it.

    Args:
        drafts: Python, in the order of the old notebook.
        undefined: by `SourceCell.index`, names that the cell fails for, on purpose.
    """
    cells = list(drafts)
    while True:
        usages = [analyse(draft.source) for draft in cells]
        missing = {
            index: frozenset().union(*((undefined or {}).get(one, ()) for one in draft.origins))
            for index, draft in enumerate(cells)
        }
        # What we have added looks nothing up, and texts are no programs.
        own = [
            usage
            for draft, usage in zip(cells, usages, strict=True)
            if draft.origins and not draft.markdown
        ]
        decided = plan(
            usages, [draft.source for draft in cells], frozen=looked_up(own), undefined=missing
        )
        if decided.merge is None:
            break
        merge = decided.merge
        given = with_argument(cells, usages, *merge.reader) if merge.reader else None
        cells = given or merged(cells, merge.first, merge.last, merge.reason)
    shown = asked_for_names(usages)
    rewritten = [
        rewrite(draft.source, usage, index, decided.histories, shown)
        for index, (draft, usage) in enumerate(zip(cells, usages, strict=True))
    ]
    moved: dict[int, list[str]] = {}
    for one in rewritten:
        for cell, imports in one.moved.items():
            moved.setdefault(cell, []).extend(imports)
    result = []
    for index, (draft, one) in enumerate(zip(cells, rewritten, strict=True)):
        source = one.source
        extra = [line for line in dict.fromkeys(moved.get(index, ())) if line not in source]
        if extra:
            source = "\n".join([*extra, source])
        result.append(replace(draft, source=source, notes=(*draft.notes, *one.notes)))
    return _in_reading_order(result)


def _in_reading_order(drafts: Sequence[Draft]) -> list[Draft]:
    """Cells that are one function or class, behind those that they need."""
    usages = [analyse(draft.source) for draft in drafts]
    definitions = {
        index: body[0].name
        for index, usage in enumerate(usages)
        for body in [usage.tree.body]
        if len(body) == 1 and isinstance(body[0], ast.FunctionDef | ast.ClassDef)
    }
    needs = {index: usage.read for index, usage in enumerate(usages)}
    return [drafts[index] for index in reading_order(definitions, needs)]
