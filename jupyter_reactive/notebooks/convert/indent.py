"""Indenting Python without a change to the strings in it that go over several lines."""

from __future__ import annotations

import ast
import io
import tokenize

INDENT = "    "
# Of Python 3.12 and newer; elsewhere an f-string is one token.
_F_STRING_START = getattr(tokenize, "FSTRING_START", None)
_F_STRING_END = getattr(tokenize, "FSTRING_END", None)


def inside_strings(source: str) -> set[int]:
    """The lines, counted from 1, that begin within a string."""
    lines: set[int] = set()
    open_strings: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.STRING:
            lines.update(range(token.start[0] + 1, token.end[0] + 1))
        elif _F_STRING_START is not None and token.type == _F_STRING_START:
            open_strings.append(token.start[0])
        elif _F_STRING_END is not None and token.type == _F_STRING_END:
            lines.update(range(open_strings.pop() + 1, token.end[0] + 1))
    return lines


def indented(source: str, margin: str = INDENT) -> str:
    """A block as it stands below a `try:`, with its strings as they are."""
    strings = inside_strings(source)
    return "\n".join(
        line if number in strings or not line.strip() else margin + line
        for number, line in enumerate(source.split("\n"), 1)
    )


def block(source: str) -> str:
    """Source as it stands below a `with:` or a `def:`, where comments alone are not enough."""
    source = source.strip("\n")
    return indented(source if ast.parse(source).body else f"{source}\npass".lstrip("\n"))


def indented_for_marimo(source: str) -> str:
    """A cell as it stands in a notebook's file.

    marimo takes the indent off again when it reads the file, within strings too, also from lines
    of nothing but spaces.
    """
    strings = inside_strings(source)
    return "\n".join(
        INDENT + line if line.strip() or (line and number in strings) else line
        for number, line in enumerate(source.split("\n"), 1)
    )
