"""`get_ipython()`: IPython's shell, where Python asks for it and not a magic."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from ....translation import _
from ..text import Edit, Source, edited
from .work import Work

NAME = "get_ipython"


def names_of_shells(trees: Iterable[ast.AST]) -> frozenset[str]:
    """The names that a notebook gives to the shell and to nothing else.

    Args:
        trees: of its cells.
    """
    shells: Counter[str] = Counter()
    values: Counter[str] = Counter()
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_shell(value):
                shells[name] += 1
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                values[name] += 1
    return frozenset(name for name, count in shells.items() if count == values[name])


def is_shell(node: ast.expr, names: AbstractSet[str] = frozenset()) -> bool:
    """Whether an expression is IPython's shell.

    Args:
        node: the expression.
        names: that mean it too.
    """
    match node:
        case ast.Call(func=ast.Name(id="get_ipython"), args=[], keywords=[]):
            return True
        case ast.Name(id=name):
            return name in names
    return False


def with_shell(text: str, work: Work) -> str:
    """The cell with a shell of IPython's where it asks for one.

    Args:
        text: of the cell, without magics.
        work: takes the function and the notes.

    Raises:
        SyntaxError: the text is no Python.
    """
    source = Source(text)
    names = [*_names(source.tree)]
    if _is_used(source.tree, work.notebook.shells):
        work.needs_you(
            "get-ipython",
            _("What the cell tells IPython's shell does not reach this notebook."),
            _("Leave out what concerns IPython itself, or do it in Python."),
        )
    elif names:
        work.changed(
            "get-ipython", _("get_ipython() answers a shell of IPython's that is not Jupyter's.")
        )
    if not names:
        return text
    free = work.notebook.inline(NAME)
    return edited(text, [Edit(source.start(name), source.end(name), free) for name in names])


def _names(tree: ast.AST) -> Iterator[ast.Name]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == NAME and isinstance(node.ctx, ast.Load):
            yield node


def _is_used(tree: ast.AST, shells: AbstractSet[str]) -> bool:
    """Whether a cell does more with the shell than to look whether it is Jupyter's."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr != "__class__"
        and is_shell(node.value, shells)
        for node in ast.walk(tree)
    )
