"""`{expression}` and `$name` in magics' arguments and shell commands, as IPython expands them."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Set as AbstractSet

from IPython.utils.text import DollarFormatter

from ..text import quoted


def expansion(text: str, bound: AbstractSet[str]) -> str:
    """A Python expression for the text with its values filled in.

    One field that cannot be evaluated leaves the whole text as it stands
    (InteractiveShell.var_expand), so that ``awk '{print $1}'`` and ``$HOME`` reach the shell.

    Args:
        text: what stands behind the magic's name or the exclamation mark.
        bound: names that the notebook gives a value.
    """
    try:
        pieces = [
            (literal, ":".join(filter(None, (field, spec))) if field is not None else None, how)
            for literal, field, spec, how in DollarFormatter().parse(text)
        ]
    except ValueError:
        return quoted(text)
    fields = [field for _, field, _ in pieces if field is not None]
    if not all(_is_known(field, bound) for field in fields):
        return quoted(text)
    if not fields:
        return quoted("".join(literal for literal, _, _ in pieces))
    if any(set(field) & set("'\"\\\n{}") for field in fields):
        # Before Python 3.12 an f-string cannot hold these in a field.
        return " + ".join(_sum(pieces))
    body = "".join(
        _escaped(literal) + ("" if field is None else f"{{{field}{'!' + how if how else ''}}}")
        for literal, field, how in pieces
    )
    return f'f"{body}"'


def _is_known(field: str, bound: AbstractSet[str]) -> bool:
    try:
        tree = ast.parse(field.strip(), mode="eval")
    except SyntaxError:
        return False
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return all(name in bound or hasattr(builtins, name) for name in names)


def _sum(pieces: list[tuple[str, str | None, str | None]]) -> list[str]:
    terms = []
    for literal, field, how in pieces:
        if literal:
            terms.append(quoted(literal))
        if field is not None:
            terms.append(f"{'repr' if how == 'r' else 'str'}({field.strip()})")
    return terms


def _escaped(literal: str) -> str:
    return (
        literal.replace("\\", "\\\\")
        .replace('"', '\\"')
        .replace("\n", "\\n")
        .replace("{", "{{")
        .replace("}", "}}")
    )
