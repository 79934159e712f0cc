"""Which names the cells of a notebook give a value, and which they only read."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet


def bound_names(tree: ast.AST) -> set[str]:
    """Names that get a value in whichever scope."""
    bound: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                bound.add(name)
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                bound.add(name)
            case ast.arg(arg=name):
                bound.add(name)
            case ast.alias(name=name, asname=other):
                bound.add(other or name.split(".")[0])
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                bound.add(name)
    return bound - {"*"}


def read_names(tree: ast.AST) -> set[str]:
    """Names that are read or deleted in whichever scope."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
    }


def names_asked_for(tree: ast.AST, attributes: AbstractSet[str]) -> set[str]:
    """Names that are asked for one of these attributes."""
    return {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in attributes
        and isinstance(node.value, ast.Name)
    }


def missing_names(read: AbstractSet[str], bound: AbstractSet[str]) -> set[str]:
    """Names that are read and that nobody gives a value; builtins and IPython's own are not."""
    own = {"get_ipython", "display", "In", "Out", "exit", "quit", "__name__", "__file__", "__doc__"}
    return {
        name
        for name in read - bound - own
        if not hasattr(builtins, name) and name.strip("_0123456789i")
    }


def missing_imports(statements: Iterable[str], cells: Sequence[str]) -> list[str]:
    """Those import statements that no cell has before another one needs them.

    Args:
        statements: each of one name.
        cells: their sources, in order.
    """
    trees = [_parsed(cell) for cell in cells]
    return [statement for statement in statements if _is_missing(statement, trees)]


def _is_missing(statement: str, trees: Sequence[ast.Module]) -> bool:
    tree = ast.parse(statement)
    (name,) = bound_names(tree)
    (wanted,) = tree.body
    for cell in trees:
        if any(_includes(found, wanted) for found in cell.body):
            return False
        if name in read_names(cell):
            return True
    return False


def _includes(found: ast.stmt, wanted: ast.stmt) -> bool:
    """Whether an import binds what another one does, from the same place."""
    match found, wanted:
        case (ast.Import(names=names), ast.Import(names=[alias])):
            return ast.dump(alias) in map(ast.dump, names)
        case (ast.ImportFrom(names=names), ast.ImportFrom(names=[alias])):
            return found.module == wanted.module and ast.dump(alias) in map(ast.dump, names)
    return False


def _parsed(cell: str) -> ast.Module:
    try:
        return ast.parse(cell)
    except SyntaxError:
        return ast.Module([], [])
