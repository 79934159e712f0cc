"""Changes to a text at places that are told by its parser, all made at once."""

from __future__ import annotations

import ast

from .places import Place


class Edits:
    """Collects changes to one source text.

    Args:
        source: the text that the places are of.
    """

    def __init__(self, source: str) -> None:
        self._lines = source.split("\n")
        # Begin, end, and what stands between them in the end.
        self._changes: dict[tuple[Place, Place], str] = {}
        self._behind: dict[int, list[str]] = {}

    def replace(self, place: Place, length: int, text: str) -> None:
        """Put a text where a word stands."""
        line, column = place
        self._changes[place, (line, column + length)] = text

    def replace_node(self, node: ast.stmt, text: str) -> None:
        """Put a text where a statement stands."""
        self._changes[self._begin(node), self._end(node)] = text

    def drop_or_replace(self, node: ast.stmt, text: str) -> None:
        """Put a text where a statement stands, or take its lines away with it."""
        begin, end = self._begin(node), self._end(node)
        before = self._lines[begin[0] - 1][: begin[1]]
        behind = self._lines[end[0] - 1][end[1] :]
        if text or before or behind.strip():
            self.replace_node(node, text or "pass")
        else:
            last = len(self._lines[end[0] - 1])
            whole = (end[0] + 1, 0) if end[0] < len(self._lines) else (end[0], last)
            self._changes[begin, whole] = ""

    def insert_before(self, node: ast.stmt, text: str) -> None:
        """Put a text before a statement, on its line."""
        begin = self._begin(node)
        self._changes[begin, begin] = text

    def insert_after_line(self, line: int, text: str) -> None:
        """Put a line behind another one."""
        self._behind.setdefault(line, []).append(text)

    def applied(self, head: str = "") -> str:
        """The text with all changes.

        Args:
            head: what to put before it.
        """
        lines = list(self._lines)
        for line, texts in self._behind.items():
            # Below all that is replaced in it.
            lines[line - 1] += "".join(f"\n{text}" for text in texts)
        for (begin, end), text in sorted(self._changes.items(), reverse=True):
            # What is replaced as a whole has the changes within it in its new text.
            if not any(
                one <= begin and end <= other and (one, other) != (begin, end)
                for one, other in self._changes
            ):
                self._change(lines, begin, end, text)
        return head + "\n".join(lines)

    @staticmethod
    def _change(lines: list[str], begin: Place, end: Place, text: str) -> None:
        (first, start), (last, stop) = begin, end
        before = lines[first - 1][:start]
        behind = lines[last - 1][stop:] if last <= len(lines) else ""
        lines[first - 1 : last] = [before + text + behind]

    def _begin(self, node: ast.stmt) -> Place:
        return node.lineno, self._column(node.lineno, node.col_offset)

    def _end(self, node: ast.stmt) -> Place:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return node.end_lineno, self._column(node.end_lineno, node.end_col_offset)

    def _column(self, line: int, offset: int) -> int:
        return len(self._lines[line - 1].encode()[:offset].decode(errors="ignore"))
