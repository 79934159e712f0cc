"""Displays that another cell may change (https://ipython.readthedocs.io/en/stable/api/generated/IPython.display.html)."""

from __future__ import annotations

import ast
from collections.abc import Set as AbstractSet


def handles(tree: ast.Module) -> set[str]:
    """The names that a cell gives to what updates a display."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _has_identifier(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _has_identifier(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(word.arg == "display_id" for word in node.keywords)


def updates(tree: ast.Module, names: AbstractSet[str]) -> bool:
    """Whether a cell shows what another one may change, or changes it.

    Args:
        tree: of the cell.
        names: those that `handles` found in all cells.
    """
    for node in ast.walk(tree):
        if _has_identifier(node):
            return True
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            owner, _dot, method = called.rpartition(".")
            if method == "update_display" or (owner in names and method in {"update", "display"}):
                return True
    return False
