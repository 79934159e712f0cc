"""`display` and `clear_output`: what Jupyter puts into a cell by calls."""

from __future__ import annotations

import ast
from collections.abc import Set as AbstractSet

from ....translation import _
from ..drawing import dotted
from ..outputs import Displays, all_explicit, explicit
from ..text import Edit, Source, edited
from .work import Work

_CLEAR = "mo.output.clear(), mo.output.clear_console()"


def with_displays(text: str, displays: Displays, procedures: AbstractSet[str], work: Work) -> str:
    """The cell with what it shows by calls shown by marimo too.

    Args:
        text: of the cell.
        displays: which code of the notebook displays something.
        procedures: functions of the notebook that answer nothing.
        work: takes the imports and the notes.

    Raises:
        SyntaxError: the text is no Python.
    """
    text = _with_handles(_without_clear_output(text, work), work)
    tree = ast.parse(text)
    if "display" not in work.bound and _reads(tree, "display"):
        work.notebook.need("from IPython.display import display")
        work.changed("display", _("display is imported: only in Jupyter it is there by itself."))
    if work.shows_all:
        shown = all_explicit(text)
        if shown != text:
            work.notebook.need("import marimo as mo")
            work.changed(
                "all-values", _("The values are shown by calls, as Jupyter was told to do.")
            )
            return shown
    if displays.within(tree) and not _ends_in_call_of(tree, procedures):
        shown = explicit(text)
        if shown != text:
            work.notebook.need("import marimo as mo")
            work.changed(
                "display-value",
                _("The last value is shown by a call, or it would replace what is displayed."),
            )
        text = shown
    return text


def _ends_in_call_of(tree: ast.Module, procedures: AbstractSet[str]) -> bool:
    last = tree.body[-1]
    if not isinstance(last, ast.Expr) or not isinstance(last.value, ast.Call):
        return False
    root, attributes = dotted(last.value.func)
    return (attributes[-1] if attributes else root) in procedures


def _with_handles(text: str, work: Work) -> str:
    """Calls of `display` that answer a handle, by a function that does it in a program too."""
    if "display_id" not in text:
        return text
    source = Source(text)
    functions = [
        node.func
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and any(keyword.arg == "display_id" for keyword in node.keywords)
        and _is_display(node.func)
    ]
    if not functions:
        return text
    name = work.notebook.inline("display_with_handle")
    return edited(text, [Edit(source.start(one), source.end(one), name) for one in functions])


def _is_display(function: ast.expr) -> bool:
    root, attributes = dotted(function)
    return [root, *attributes][-2:] in (["display"], ["display", "display"])


def _without_clear_output(text: str, work: Work) -> str:
    if "clear_output" not in text:
        return text
    source = Source(text)
    edits = []
    for node in ast.walk(source.tree):
        match node:
            case ast.Expr(value=ast.Call(func=function)) if _is_clear(function):
                calls = _CLEAR.replace(", ", "; ")
                edits.append(Edit(source.start(node), source.end(node), calls))
            case ast.ImportFrom(module="IPython.display" | "IPython.core.display", names=names) if (
                any(alias.name == "clear_output" for alias in names)
            ):
                rest = [ast.unparse(alias) for alias in names if alias.name != "clear_output"]
                kept = f"from {node.module} import {', '.join(rest)}" if rest else "pass"
                edits.append(Edit(source.start(node), source.end(node), kept))
    if edits:
        work.notebook.need("import marimo as mo")
        work.changed(
            "clear-output",
            _("clear_output became mo.output.clear and mo.output.clear_console."),
        )
    return edited(text, edits)


def _is_clear(function: ast.expr) -> bool:
    match function:
        case (
            ast.Name(id="clear_output")
            | ast.Attribute(value=ast.Name(id="display" | "ipd" | "IPython"), attr="clear_output")
        ):
            return True
        case ast.Attribute(value=ast.Attribute(attr="display"), attr="clear_output"):
            return True
    return False


def _reads(tree: ast.AST, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))
