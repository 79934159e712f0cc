"""Cells that fail on purpose: they show their error, and the rest of the notebook runs on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
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
CODE = "error-on-purpose"
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


def guarded(
    drafts: Sequence[Draft], cells: Sequence[SourceCell], imports: Iterable[str]
) -> list[Draft]:
    """Let cells that fail show their error, without an end to what depends on them.

    Args:
        drafts: Python.
        cells: of the old notebook: their stored errors and tags tell which fail.
        imports: statements that will stand before them.
    """
    known = BUILTINS | analyse("\n".join(imports)).bound
    by_index = {cell.index: cell for cell in cells}
    certain = _certain_errors([analyse(draft.source) for draft in drafts], known)
    result = []
    for index, draft in enumerate(drafts):
        if draft.markdown or not analyse(draft.source).tree.body:
            result.append(draft)
        elif reason := _reason(draft, by_index):
            result.append(_guard(draft, reason, on_purpose=True))
        elif index in certain:
            result.append(_guard(draft, certain[index], on_purpose=False))
        else:
            result.append(draft)
    return result


def _certain_errors(usages: Sequence[Usage], known: AbstractSet[str]) -> dict[int, str]:
    """By cell, why it fails, whatever runs before it."""
    found: dict[int, str] = {}
    # The statement at which a cell ends.
    ends: dict[int, int] = {}
    while True:
        bound = known | {
            one.name
            for index, usage in enumerate(usages)
            for one in usage.occurrences
            if one.kind != "load" and one.statement < ends.get(index, len(usage.tree.body))
        }
        more = False
        for index, usage in enumerate(usages):
            error = _certain_error(usage, bound)
            if error is not None and error[0] < ends.get(index, len(usage.tree.body)):
                ends[index], found[index] = error
                more = True
        if not more:
            return found


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


def _certain_error(usage: Usage, bound: AbstractSet[str]) -> tuple[int, str] | None:
    """The first statement of a cell that surely fails, and why."""
    for one in usage.occurrences:
        if one.name not in bound and one.sure and not one.deferred and one.kind == "load":
            return one.statement, _("“{name}” is not defined").format(name=one.name)
    for index, statement in enumerate(usage.tree.body):
        if isinstance(statement, ast.Raise):
            return index, _("it raises an error")
    return None


def _guard(draft: Draft, reason: str, *, on_purpose: bool) -> Draft:
    note = Note(
        Verdict.CHANGED if on_purpose else Verdict.NEEDS_YOU,
        CODE,
        _("The cell shows its error and the rest runs on: {reason}.").format(reason=reason),
        "" if on_purpose else _("Define what is missing, or take the cell out."),
    )
    block = indented(shown_by_call(draft.source))
    source = f"try:\n{block}\nexcept Exception:\n    traceback.print_exc()"
    return replace(draft, source=source, notes=(*draft.notes, note))
