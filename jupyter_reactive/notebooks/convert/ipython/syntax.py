"""What of a cell is IPython's and not Python's: told by IPython's own transformer."""

from __future__ import annotations

import ast
import re
from collections.abc import Set as AbstractSet

from IPython.core.inputtransformer2 import TransformerManager

from .shells import is_shell

# With the number of their arguments, what the transformer writes for each kind of escape; old
# notebooks that were exported hold some of them in so many words.
CALLS = {
    "run_line_magic": 2,
    "run_cell_magic": 3,
    "system": 1,
    "getoutput": 1,
    "magic": 1,
    "line_magic": 1,
}

_FIRST_WORD = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)(?P<rest>(?:\s.*)?)$")
_ASSIGNMENT = re.compile(r"\s*(?:[-+*/%&|^@]|//|\*\*|<<|>>)?=(?!=)")


def to_python(source: str, automagic: AbstractSet[str]) -> str:
    """Write a cell's escapes as calls of `get_ipython()`, as IPython does before it runs the cell.

    Args:
        source: of the cell.
        automagic: line magics that IPython takes without a % too: those that no name hides.
    """
    word = _FIRST_WORD.match(source.strip())
    if word and word["name"] in automagic and not _ASSIGNMENT.match(word["rest"]):
        # Only for a cell of one line (InteractiveShell.transform_cell).
        source = "%" + source.strip()
    try:
        manager = TransformerManager()  # type: ignore[no-untyped-call]  # untyped
        return manager.transform_cell(source).rstrip("\n")
    except SyntaxError:
        return source


def call_of_ipython(
    node: ast.AST, shells: AbstractSet[str] = frozenset()
) -> tuple[str, list[str]] | None:
    """The method and the arguments where the node is one of `CALLS`, else None.

    Args:
        node: any.
        shells: names that mean `get_ipython()`.
    """
    match node:
        case ast.Call(
            func=ast.Attribute(value=shell, attr=method), args=arguments, keywords=[]
        ) if CALLS.get(method) == len(arguments) and is_shell(shell, shells):
            texts = [
                argument.value
                for argument in arguments
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
            return (method, texts) if len(texts) == len(arguments) else None
    return None
