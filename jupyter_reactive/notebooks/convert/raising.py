"""Cells that fail on purpose: they show their error, and the rest of the notebook runs on."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...translation import _
from .indent import indented
from .ipython.markdown import markdown_call
from .model import Draft, Note, SourceCell, Verdict
from .names.analysis import analyse
from .names.usage import Usage
from .names.versions import BUILTINS
from .outputs import shown_by_call

IMPORT = "import traceback"
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
# No `except Exception` holds them, and they were no part of the lesson.
_FROM_OUTSIDE = frozenset({"KeyboardInterrupt", "SystemExit", "GeneratorExit"})


def python_only(drafts: Sequence[Draft]) -> list[Draft]:
    """Keep as a text what is no Python: marimo runs no notebook that has a cell of that kind.

    Args:
        drafts: cells, some of which do not parse.
    """
    return [_as_text(draft) for draft in drafts]


def _as_text(draft: Draft) -> Draft:
    try:
        analyse(draft.source)
    except (SyntaxError, ValueError) as e:
        note = Note(
            Verdict.NEEDS_YOU,
            "no-python",
            _("The cell is no valid Python and is kept as a text: {error}.").format(
                error=getattr(e, "msg", e)
            ),
            _("Mend it in a new code cell, or leave it as an example."),
            getattr(e, "lineno", None),
        )
        return replace(
            draft,
            source=markdown_call(f"```python\n{draft.source.strip(chr(10))}\n```"),
            notes=(*draft.notes, note),
            markdown=True,
            hide_code=True,
        )
    return draft


def undefined_names(cells: Sequence[SourceCell]) -> dict[int, frozenset[str]]:
    """By cell, the names that its stored output misses."""
    found: dict[int, frozenset[str]] = {}
    for cell in cells:
        error = _stored_error(cell)
        if error is not None and error.get("ename") == "NameError":
            found[cell.index] = frozenset(_UNDEFINED.findall(str(error.get("evalue", ""))))
    return found


def guarded(drafts: Sequence[Draft], cells: Sequence[SourceCell]) -> list[Draft]:
    """Let cells that fail show their error, without an end to what depends on them.

    Args:
        drafts: Python.
        cells: of the old notebook: their stored errors and tags tell which fail.
    """
    by_index = {cell.index: cell for cell in cells}
    usages = [analyse(draft.source) for draft in drafts]
    bound = set(BUILTINS).union(*(usage.bound for usage in usages))
    stars = any(usage.stars for usage in usages)
    result = []
    for draft, usage in zip(drafts, usages, strict=True):
        reason = "" if draft.markdown else _reason(draft, by_index)
        if not reason and not draft.markdown and not stars:
            reason = _certain_error(usage, bound)
        result.append(_guard(draft, reason) if reason and usage.tree.body else draft)
    return result


def _reason(draft: Draft, cells: Mapping[int, SourceCell]) -> str:
    for origin in draft.origins:
        cell = cells[origin]
        error = _stored_error(cell)
        if error is not None and error.get("ename") not in _FROM_OUTSIDE:
            return _("it ended with {error} before").format(error=error.get("ename", "an error"))
        if "raises-exception" in cell.tags:
            return _("it has the tag raises-exception")
    return ""


def _stored_error(cell: SourceCell) -> Mapping[str, object] | None:
    errors = [output for output in cell.outputs if output.get("output_type") == "error"]
    return errors[-1] if errors else None


def _certain_error(usage: Usage, bound: set[str]) -> str:
    """Why a cell fails, whatever runs before it."""
    for one in usage.occurrences:
        if one.name not in bound and one.sure and not one.deferred and one.kind == "load":
            return _("“{name}” is not defined").format(name=one.name)
    if any(isinstance(statement, ast.Raise) for statement in usage.tree.body):
        return _("it raises an error")
    return ""


def _guard(draft: Draft, reason: str) -> Draft:
    note = Note(
        Verdict.CHANGED,
        "error-on-purpose",
        _("The cell shows its error and the rest runs on: {reason}.").format(reason=reason),
    )
    block = indented(shown_by_call(draft.source))
    source = f"try:\n{block}\nexcept Exception:\n    traceback.print_exc()"
    return replace(draft, source=source, notes=(*draft.notes, note))
