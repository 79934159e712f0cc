"""Names that a program looks up by their text: no other name would be found there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from .usage import Origin, Usage

_WORD = re.compile(r"[^\W\d]\w*")
# Run text as a program.
_RUNNING = frozenset({"eval", "exec", "compile"})
# IPython's.
_RUNNING_METHODS = frozenset({"run_cell", "ex"})
# Of modules: whether the text may be in a variable. timeit's variables are functions, as a rule.
_RUNNING_FUNCTIONS = {
    ("numexpr", "evaluate"): True,
    ("timeit", "timeit"): False,
    ("timeit", "repeat"): False,
    ("timeit", "Timer"): False,
}
# Stands for the words of all texts in the notebook.
_ANY_TEXT = ""
_OWN_NAMES = frozenset({"__name__", "__qualname__"})
_NAMESPACES = frozenset({"globals", "locals", "vars", "dir"})


def looked_up(usages: Sequence[Usage]) -> frozenset[str] | None:
    """The names that may be looked up by their text.

    Args:
        usages: of all cells.

    Returns:
        The names, or None where it may be any of them.
    """
    words: set[str] = set()
    origins = {name: origin for usage in usages for name, origin in usage.imported.items()}
    for usage in usages:
        for node, parent, in_function in _nodes(usage.tree):
            if isinstance(node, ast.Call):
                found = _of_call(node, parent, origins, in_function=in_function)
                if found is None:
                    return None
                words |= found
    if _ANY_TEXT in words:
        words |= {word for usage in usages for word in _texts(usage.tree)}
    return frozenset(words)


def asked_for_names(usages: Sequence[Usage]) -> frozenset[str]:
    """The names of functions that may be asked what they are called.

    That is each that is more than called: shown, handed over, or decorated where any code asks.

    Args:
        usages: of all cells.
    """
    handed: set[str] = set()
    asks = False
    for usage in usages:
        for node, parent, _in_function in _nodes(usage.tree):
            if isinstance(node, ast.Attribute):
                asks = asks or node.attr in _OWN_NAMES
            elif isinstance(node, ast.Name) and not (
                (isinstance(parent, ast.Call) and parent.func is node)
                or (isinstance(parent, ast.Attribute) and parent.attr not in _OWN_NAMES)
            ):
                handed.add(node.id)
    decorated = {
        node.name
        for usage in usages
        for node in usage.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.decorator_list
    }
    return frozenset(handed | decorated if asks else handed - decorated)


def _of_call(
    call: ast.Call, parent: ast.AST, origins: Mapping[str, Origin], *, in_function: bool
) -> set[str] | None:
    """The names that a call may look up; None for any."""
    name, is_method = _called(call), isinstance(call.func, ast.Attribute)
    if name in _RUNNING and len(call.args) > 1 and _is_empty(call.args[1]):
        return set()
    if name in _RUNNING or (is_method and name in _RUNNING_METHODS):
        return _texts(call) or {_ANY_TEXT}
    in_variables = _RUNNING_FUNCTIONS.get(_origin(call.func, origins))
    if in_variables is not None:
        return _texts(call) or ({_ANY_TEXT} if in_variables else set())
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


def _origin(function: ast.expr, origins: Mapping[str, Origin]) -> Origin:
    """Where a function is imported from, alone or with its module; twice empty if it is not."""
    match function:
        case ast.Name(id=name):
            return origins.get(name, ("", ""))
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            module, member = origins.get(name, ("", ""))
            return ("", "") if member else (module, attribute)
    return ("", "")


def _is_empty(namespace: ast.expr) -> bool:
    """Whether a program that is given this namespace sees no name of the notebook."""
    return isinstance(namespace, ast.Dict) and not namespace.keys


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
