"""Edits of Python source by place, so that all around them keeps its layout and comments."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable
from typing import NamedTuple


class Edit(NamedTuple):
    """Text that takes the place of a stretch of the source, in characters."""

    start: int
    end: int
    text: str


class Source:
    """Python source with its tree, and where in the text each node stands.

    Args:
        text: of a cell, or of a part of one.

    Raises:
        SyntaxError: the text is no Python.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def offset(self, line: int, column: int) -> int:
        """The place in characters of a line, from 1, and a column in UTF-8 bytes, as ast counts."""
        return self._starts[line - 1] + len(
            self._lines[line - 1].encode()[:column].decode(errors="replace")
        )

    def column(self, node: ast.expr) -> int:
        """The column of the node in characters, as `names.places` counts."""
        return self.start(node) - self._starts[node.lineno - 1]

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Where the node's text begins, its decorators too."""
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        if decorators:
            # The @ stands before the decorator's own place.
            return self.text.rindex("@", 0, self.start(decorators[0]))
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Behind the last character of the node's text."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.end_lineno, node.end_col_offset)

    def of(self, node: ast.expr | ast.stmt) -> str:
        """The node's text."""
        return self.text[self.start(node) : self.end(node)]

    def margin(self, node: ast.expr | ast.stmt) -> str | None:
        """The white space that the node's line begins with; None where something else does."""
        line = self.text[self._starts[node.lineno - 1] : self.start(node)]
        return None if line.strip() else line


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; none may overlap another."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def is_silenced(text: str) -> bool:
    """Whether code ends in a semicolon, by which its last value is not shown."""
    if ";" not in text:
        return False
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    passed = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.DEDENT}
    return [token.string for token in tokens if token.type not in passed][-1:] == [";"]


def as_argument(text: str) -> str:
    """An expression as it may stand alone in a call's brackets."""
    match ast.parse(f"_({text}\n)").body:
        case [ast.Expr(value=ast.Call(args=[argument], keywords=[]))] if not isinstance(
            argument, ast.Starred
        ):
            return text
    return f"({text})"


def quoted(text: str) -> str:
    """A Python literal of one line for the text, in double quotes where that is the plainest."""
    return repr(text) if set(text) & set('"\\') or not text.isprintable() else f'"{text}"'


def long_quoted(text: str) -> str:
    """A Python literal that shows the text's lines as they are, where Python can say it."""
    odd = any(not c.isprintable() and c not in "\n\t" for c in text)
    if "\n" not in text or odd or '"""' in text or text.endswith(('"', "\\")):
        return quoted(text)
    return f'{"r" if chr(92) in text else ""}"""{text}"""'
