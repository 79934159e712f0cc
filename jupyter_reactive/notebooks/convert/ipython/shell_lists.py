"""Lists of a command's lines: what IPython's have and plain ones have not."""

from __future__ import annotations

import ast

# Of IPython.utils.text.SList. `sort` stays Python's: who calls it without arguments means that.
OF_LISTS = frozenset(("s", "n", "p", "l", "nlstr", "spstr", "paths", "grep", "fields"))


def names_of_lists(tree: ast.AST) -> set[str]:
    """The names that a cell gives to lists of a command's lines."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ".getoutput(" in ast.unparse(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
