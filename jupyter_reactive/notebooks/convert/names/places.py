"""Where the names of a program stand in its text, to the character."""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from bisect import bisect_left
from collections.abc import Iterator

# A line counted from 1 and a column in characters counted from 0.
Place = tuple[int, int]

# From here on the parser tells where the expressions within an f-string stand (PEP 701).
F_STRINGS_ARE_PARSED = sys.version_info >= (3, 12)
_SHOWN = re.compile(r"[\s)]*=\s*[}!:]")
_PREFIX = re.compile(r"(?i)([a-z]*)('''|\"\"\"|'|\")")


class Places:
    """Finds names in one source text.

    Args:
        source: Python that parses.
        tree: of that source; its positions within f-strings are mended where they are wrong.
    """

    def __init__(self, source: str, tree: ast.Module) -> None:
        self._lines = source.split("\n")
        self._tokens = [
            token
            for token in tokenize.generate_tokens(io.StringIO(source).readline)
            if token.type in {tokenize.NAME, tokenize.STRING}
        ]
        self._starts = [token.start for token in self._tokens]
        if not F_STRINGS_ARE_PARSED:
            for node in ast.walk(tree):
                if isinstance(node, ast.JoinedStr):
                    self._mend(node)

    @property
    def words(self) -> frozenset[str]:
        """All names and keywords."""
        return frozenset(token.string for token in self._tokens if token.type == tokenize.NAME)

    def of(self, line: int, offset: int) -> Place:
        """A place from a line and an offset in bytes, as the parser counts."""
        text = self._lines[line - 1]
        if text.isascii():
            return line, offset
        return line, len(text.encode()[:offset].decode(errors="ignore"))

    def of_word(self, node: ast.stmt, keyword: str) -> Place:
        """The place of the first name behind a keyword of a statement."""
        words = self._words(self.of(node.lineno, node.col_offset))
        for word in words:
            if word.string == keyword:
                return next(words).start
        raise LookupError(keyword)

    def of_name(self, node: ast.AST, name: str, *, last: bool = False) -> Place:
        """The place of the first (or the last) such word within a node."""
        # Whatever has a name has a place; that of every node has no type of its own.
        begin = self.of(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        end = self.of(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
        found = [
            word.start for word in self._words(begin) if word.start < end and word.string == name
        ]
        return found[-1 if last else 0]

    def shows_itself(self, expression: ast.expr) -> bool:
        """Whether an expression of an f-string is followed by `=`, which prints its text too."""
        assert expression.end_lineno is not None
        assert expression.end_col_offset is not None
        line, column = self.of(expression.end_lineno, expression.end_col_offset)
        return _SHOWN.match("\n".join(self._lines[line - 1 : line + 1]), column) is not None

    def _words(self, begin: Place) -> Iterator[tokenize.TokenInfo]:
        for index in range(bisect_left(self._starts, begin), len(self._tokens)):
            if self._tokens[index].type == tokenize.NAME:
                yield self._tokens[index]

    def _mend(self, node: ast.JoinedStr) -> None:
        """Give the expressions of an f-string their true places."""
        if node.end_lineno is None or node.end_col_offset is None:
            return
        # Whatever has a name has a place; that of every node has no type of its own.
        begin = self.of(node.lineno, node.col_offset)
        end = self.of(node.end_lineno, node.end_col_offset)
        expressions = [
            found
            for index in range(bisect_left(self._starts, begin), len(self._tokens))
            if (token := self._tokens[index]).type == tokenize.STRING and token.start < end
            for found in _expressions(token)
        ]
        values = list(_values(node))
        if len(values) != len(expressions):
            return
        for value, (line, column, text) in zip(values, expressions, strict=True):
            try:
                true = ast.parse(f"({text})", mode="eval").body
            except SyntaxError:
                continue
            for old, new in zip(ast.walk(value), ast.walk(true), strict=False):
                if hasattr(old, "lineno"):
                    self._move(old, new, line, column)

    def _move(self, old: ast.AST, new: ast.AST, line: int, column: int) -> None:
        for row_name, offset_name in (("lineno", "col_offset"), ("end_lineno", "end_col_offset")):
            row: int = getattr(new, row_name)
            offset: int = getattr(new, offset_name)
            if row == 1:
                # Behind the parenthesis that was put before it.
                offset += len(self._lines[line - 1][:column].encode()) - 1
            setattr(old, row_name, line + row - 1)
            setattr(old, offset_name, offset)


def _values(node: ast.JoinedStr) -> Iterator[ast.expr]:
    """The expressions of an f-string in the order of the text, those of its formats too."""
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            yield part.value
            if isinstance(part.format_spec, ast.JoinedStr):
                yield from _values(part.format_spec)


def _expressions(token: tokenize.TokenInfo) -> Iterator[tuple[int, int, str]]:
    """Line, column and text of each expression within a string token, if it is an f-string."""
    match = _PREFIX.match(token.string)
    if match is None or "f" not in match[1].lower():
        return
    text = token.string
    index, end = match.end(), len(text) - len(match[2])
    depth = 0
    while index < end:
        if text.startswith(("{{", "}}"), index) and depth == 0:
            index += 2
        elif text[index] == "{":
            stop = _expression_end(text, index + 1, end)
            before = text[: index + 1]
            line = token.start[0] + before.count("\n")
            column = len(before.rpartition("\n")[2])
            if "\n" not in before:
                column += token.start[1]
            expression = re.sub(r"=\s*$", "", text[index + 1 : stop])
            yield line, column, expression
            index = stop
            # What follows is a conversion, a format (with expressions of its own) or the end.
            depth += 1
        elif text[index] == "}" and depth:
            depth -= 1
            index += 1
        else:
            index += 1


def _expression_end(text: str, index: int, end: int) -> int:
    """Where an expression within an f-string ends: at `!`, `:` or `}` outside of all brackets."""
    brackets = 0
    quote = ""
    while index < end:
        character = text[index]
        if quote:
            if text.startswith(quote, index):
                index += len(quote) - 1
                quote = ""
        elif character in "'\"":
            quote = (
                text[index : index + 3] if text[index : index + 3] in {"'''", '"""'} else character
            )
            index += len(quote) - 1
        elif character in "([{":
            brackets += 1
        elif character in ")]}" and brackets:
            brackets -= 1
        elif brackets == 0 and (
            character in ":}" or (character == "!" and text[index + 1 : index + 2] != "=")
        ):
            return index
        index += 1
    return end
