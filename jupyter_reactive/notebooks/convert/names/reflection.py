"""Names that a program looks up by their text: no other name would be found there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from .usage import Usage

_WORD = re.compile(r"[^\W\d]\w*")
# Run text as a program.
_RUNNING = frozenset({"eval", "exec", "compile"})
# Run text as a program in some packages: timeit's and numexpr's.
_RUNNING_METHODS = frozenset({"timeit", "repeat", "Timer", "evaluate", "run_cell", "ex"})
# Stands for the words of all texts in the notebook.
_ANY_TEXT = ""
_NAMESPACES = frozenset({"globals", "locals", "vars", "dir"})


def looked_up(usages: Sequence[Usage]) -> frozenset[str] | None:
    """The names that may be looked up by their text.

    Args:
        usages: of all cells.

    Returns:
        The names, or None where it may be any of them.
    """
    words: set[str] = set()
    for usage in usages:
        for node, parent, in_function in _nodes(usage.tree):
            if isinstance(node, ast.Call):
                found = _of_call(node, parent, in_function=in_function)
                if found is None:
                    return None
                words |= found
    if _ANY_TEXT in words:
        words |= {word for usage in usages for word in _texts(usage.tree)}
    return frozenset(words)


def _of_call(call: ast.Call, parent: ast.AST, *, in_function: bool) -> set[str] | None:
    """The names that a call may look up; None for any."""
    name, is_method = _called(call), isinstance(call.func, ast.Attribute)
    if name in _RUNNING or (is_method and name in _RUNNING_METHODS):
        return _texts(call) or {_ANY_TEXT}
    if _is_formula(call):
        return _texts(call)
    if is_method or name not in _NAMESPACES or call.args:
        return set()
    if in_function and name != "globals":
        # The function's own names.
        return set()
    key = _key(parent)
    if key is not None:
        return {key}
    listed = isinstance(parent, ast.For | ast.comprehension | ast.Expr)
    return None if listed else {_ANY_TEXT}


def _nodes(node: ast.AST, *, in_function: bool = False) -> Iterator[tuple[ast.AST, ast.AST, bool]]:
    """All nodes below one, with what each stands in."""
    inner = in_function or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in ast.iter_child_nodes(node):
        yield child, node, inner
        yield from _nodes(child, in_function=inner)


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _key(parent: ast.AST) -> str | None:
    """The name that is looked up in a namespace, where it is written down."""
    match parent:
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case ast.Compare(left=ast.Constant(value=str(key))):
            return key
    return None


def _is_formula(call: ast.Call) -> bool:
    """Whether a model is told as text, `y ~ log(x)`: functions in it are looked up."""
    return any(
        isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and "~" in argument.value
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
    )


def _texts(node: ast.AST) -> set[str]:
    """All words in the strings below a node."""
    return {
        word
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
        for word in _WORD.findall(part.value)
    }
