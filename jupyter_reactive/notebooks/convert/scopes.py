"""Which parts of a tree run when the code around them does."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it that run with it: not the bodies of functions, but of classes."""
    yield node
    children: list[ast.AST]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        children = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
    elif isinstance(node, ast.Lambda):
        children = []
    else:
        children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from executed(child)
