"""The value of a cell's last expression, shown by a call: where it must stand in the middle.

In marimo (0.25) a cell shows what it displays by calls, or the value of its last expression: one
that is not None takes the place of all that was displayed before.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from itertools import pairwise

from .drawing import dotted
from .scopes import executed
from .text import Edit, Source, as_argument, edited, is_silenced

_DISPLAYS = re.compile(r"display(?:_\w+)?|update_display")
# Their value is None, or nothing but None can come of them.
_SILENT = frozenset(("print", "update_display", "clear_output", "setattr", "exec"))


class Displays:
    """Which code of a notebook displays something by a call.

    Args:
        trees: of its cells.
    """

    def __init__(self, trees: Sequence[ast.AST]) -> None:
        functions = [
            node
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        self._functions = {
            alias.asname
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module in {"IPython.display", "IPython"}
            for alias in node.names
            if alias.asname and _DISPLAYS.fullmatch(alias.name)
        }
        while True:
            more = {
                function.name
                for function in functions
                if function.name not in self._functions
                and any(self.within(statement) for statement in function.body)
            }
            if not more:
                return
            self._functions |= more

    def within(self, node: ast.AST) -> bool:
        """Whether a call in the code displays something."""
        return any(isinstance(call, ast.Call) and self._displays(call) for call in executed(node))

    def _displays(self, call: ast.Call) -> bool:
        root, attributes = dotted(call.func)
        name = attributes[-1] if attributes else root or ""
        if [root, *attributes][:2] == ["mo", "output"]:
            return name != "clear"
        return name in self._functions or _DISPLAYS.fullmatch(name) is not None


def explicit(source: str) -> str:
    """Show the value of the last expression by a call, so that more can follow.

    Args:
        source: of a cell; one that ends otherwise, or with a semicolon, stays as it is.

    Raises:
        SyntaxError: the source is no Python.
    """
    python = Source(source)
    body = python.tree.body
    if not body or not isinstance(body[-1], ast.Expr) or is_silenced(source):
        return source
    edits = _as_call(body[-1], python)
    return edited(source, [*edits, *_apart(body[-2:], python)]) if edits else source


def silenced(source: str) -> str:
    """The code of a cell that shows no value.

    Raises:
        SyntaxError: the source is no Python.
    """
    python = Source(source)
    last = python.tree.body[-1] if python.tree.body else None
    if not isinstance(last, ast.Expr) or is_silent(last.value) or is_silenced(source):
        return source
    return edited(source, [Edit(python.end(last), python.end(last), ";")])


def all_explicit(source: str) -> str:
    """Show the values of all expressions that are statements of the cell, as `explicit` does.

    Raises:
        SyntaxError: the source is no Python.
    """
    python = Source(source)
    shown = [statement for statement in python.tree.body if isinstance(statement, ast.Expr)]
    if len(shown) < 2:
        return source
    edits = [edit for statement in shown for edit in _as_call(statement, python)]
    return edited(source, [*edits, *_apart(python.tree.body, python)])


def _apart(statements: Sequence[ast.stmt], python: Source) -> list[Edit]:
    """Lines of their own for statements that a semicolon parts: what follows may be a block."""
    return [
        Edit(python.end(one), python.start(other), "\n")
        for one, other in pairwise(statements)
        if python.margin(other) is None
    ]


def _as_call(statement: ast.Expr, python: Source) -> list[Edit]:
    if is_silent(statement.value):
        return []
    text = as_argument(python.of(statement))
    if _is_something(statement.value):
        shown = f"mo.output.append({text})"
    else:
        shown = f"if (_value := {text}) is not None:\n    mo.output.append(_value)"
    return [Edit(python.start(statement), python.end(statement), shown)]


def shown_by_call(source: str) -> str:
    """A cell that shows its value by a call, so that it can stand within another one."""
    try:
        return explicit(source)
    except SyntaxError:
        # It awaits something outside of a function.
        return source


def is_silent(value: ast.expr) -> bool:
    """Whether an expression surely has no value to show."""
    match value:
        case ast.Constant(value=None):
            return True
        case ast.Call(func=function):
            root, attributes = dotted(function)
            if attributes:
                return root is not None and attributes[-1] in {"show", "seed"}
            # With an identifier it answers a handle.
            return root in _SILENT or (root == "display" and not value.keywords)
    return False


def _is_something(value: ast.expr) -> bool:
    """Whether the value is surely not None."""
    match value:
        case ast.Constant():
            return value.value is not None
        case ast.BinOp() | ast.Compare() | ast.JoinedStr() | ast.List() | ast.Tuple():
            return True
        case ast.Dict() | ast.Set() | ast.ListComp() | ast.DictComp() | ast.SetComp():
            return True
        case ast.Call(func=ast.Attribute(attr="head" | "tail" | "describe" | "copy")):
            return True
        case ast.Call(func=ast.Name(id="len" | "sum" | "sorted" | "type" | "str" | "list" | "set")):
            return True
    return False
