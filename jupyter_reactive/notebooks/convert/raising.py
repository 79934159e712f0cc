"""Cells that fail on purpose: they show their error, and the rest of the notebook runs on."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import NamedTuple

from ...translation import _
from .indent import indented
from .ipython.markdown import markdown_call
from .model import Draft, Note, SourceCell, Verdict
from .names.analysis import analyse
from .names.usage import Usage
from .names.versions import BUILTINS
from .outputs import shown_by_call
from .text import long_quoted

IMPORT = "import traceback"
_SHOW = "traceback.print_exc()"
CODE = "error-on-purpose"
MISSING = "undefined-name"
SYNTAX = "syntax-error"
# Of cells that need `IMPORT`.
CODES = frozenset({CODE, MISSING, SYNTAX})
_MEND = _("Mend it in a new code cell, or leave it as an example.")
# What brings names, and is a comment now.
_LEFT_OUT = frozenset({"magic-run", "no-python"})
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
# No `except Exception` holds them, and they were no part of the lesson.
_FROM_OUTSIDE = frozenset({"KeyboardInterrupt", "SystemExit", "GeneratorExit"})


class _Error(NamedTuple):
    """Where a cell surely fails.

    Attributes:
        statement: its index.
        name: that is not defined; empty for a `raise`.
    """

    statement: int
    name: str = ""


def python_only(drafts: Sequence[Draft], cells: Sequence[SourceCell]) -> list[Draft]:
    """Show the error of what is no Python: marimo runs no notebook that has a cell of that kind.

    What ran once, in an older Python, is kept as a text to read.

    Args:
        drafts: cells, some of which do not parse.
        cells: of the old notebook: their stored errors and tags tell which fail on purpose.
    """
    by_index = {cell.index: cell for cell in cells}
    return [_parsable(draft, by_index) for draft in drafts]


def _parsable(draft: Draft, cells: Mapping[int, SourceCell]) -> Draft:
    try:
        analyse(draft.source)
        _compile(draft.source)
    except (SyntaxError, ValueError) as e:
        if reason := _reason(draft, cells):
            return _that_shows(draft, Note(Verdict.CHANGED, CODE, _shows_error(reason)))
        if any(cells[origin].outputs for origin in draft.origins):
            # It ran, in an older Python perhaps.
            return _as_text(draft, e)
        reason = _("it is no valid Python: {error}").format(error=getattr(e, "msg", e))
        note = Note(
            Verdict.NEEDS_YOU, SYNTAX, _shows_error(reason), _MEND, getattr(e, "lineno", None)
        )
        return _that_shows(draft, note)
    return draft


def _compile(source: str) -> None:
    """Find what only the compiler finds: a `return` outside of a function, for one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


def _that_shows(draft: Draft, note: Note) -> Draft:
    """A cell that shows the syntax error of its text."""
    text = long_quoted(draft.source.strip("\n"))
    # Not by the name alone: that would look as if the text were run, with the notebook's names.
    call = f'builtins.compile({text}, "<cell>", "exec")'
    source = f"import builtins\n\ntry:\n    {call}\nexcept SyntaxError:\n    {_SHOW}"
    return replace(draft, source=source, notes=(*draft.notes, note))


def _as_text(draft: Draft, error: Exception) -> Draft:
    note = Note(
        Verdict.NEEDS_YOU,
        "no-python",
        _("The cell is no valid Python and is kept as a text: {error}.").format(
            error=getattr(error, "msg", error)
        ),
        _MEND,
        getattr(error, "lineno", None),
    )
    return replace(
        draft,
        source=markdown_call(f"```python\n{draft.source.strip(chr(10))}\n```"),
        notes=(*draft.notes, note),
        markdown=True,
        hide_code=True,
    )


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
        is_guarded = any(note.code in CODES for note in draft.notes)
        if draft.markdown or is_guarded or not analyse(draft.source).tree.body:
            result.append(draft)
        elif reason := _reason(draft, by_index):
            note = Note(Verdict.CHANGED, CODE, _shows_error(reason))
            result.append(_guard(draft, note))
        elif index in certain:
            result.append(_guard(draft, _certain_note(certain[index], drafts[:index])))
        else:
            result.append(draft)
    return result


def _certain_errors(usages: Sequence[Usage], known: AbstractSet[str]) -> dict[int, _Error]:
    """By cell, why it fails, whatever runs before it."""
    found: dict[int, _Error] = {}
    while True:
        bound = known | {
            one.name
            for index, usage in enumerate(usages)
            for one in usage.occurrences
            if one.kind != "load" and one.statement < _end(found.get(index), usage)
        }
        more = False
        for index, usage in enumerate(usages):
            error = _certain_error(usage, bound)
            if error is not None and error.statement < _end(found.get(index), usage):
                found[index] = error
                more = True
        if not more:
            return found


def _end(error: _Error | None, usage: Usage) -> int:
    """The statement at which a cell ends."""
    return len(usage.tree.body) if error is None else error.statement


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


def _certain_error(usage: Usage, bound: AbstractSet[str]) -> _Error | None:
    """Where a cell surely fails first."""
    for one in usage.occurrences:
        if one.name not in bound and one.sure and not one.deferred and one.kind == "load":
            return _Error(one.statement, one.name)
    for index, statement in enumerate(usage.tree.body):
        if isinstance(statement, ast.Raise):
            return _Error(index)
    return None


def _certain_note(error: _Error, before: Sequence[Draft]) -> Note:
    """What is said of a cell that surely fails.

    Args:
        error: where and why.
        before: the cells above it.
    """
    if not error.name:
        what = _("it raises an error")
        return Note(Verdict.NEEDS_YOU, CODE, _shows_error(what), _("Take the cell out."))
    reason = _("“{name}” is not defined").format(name=error.name)
    numbers = sorted(
        {
            origin + 1
            for draft in before
            if any(n.code in _LEFT_OUT and n.verdict is Verdict.NEEDS_YOU for n in draft.notes)
            for origin in draft.origins
        }
    )
    suggestion = _("Define what is missing, or take the cell out.")
    if numbers:
        suggestion = _("It may come from what was left out of cell {numbers}: mend that.").format(
            numbers=", ".join(map(str, numbers))
        )
    return Note(Verdict.NEEDS_YOU, MISSING, _shows_error(reason), suggestion)


def _shows_error(reason: str) -> str:
    return _("The cell shows its error and the rest runs on: {reason}.").format(reason=reason)


def _guard(draft: Draft, note: Note) -> Draft:
    block = indented(shown_by_call(draft.source))
    source = f"try:\n{block}\nexcept Exception:\n    {_SHOW}"
    return replace(draft, source=source, notes=(*draft.notes, note))
