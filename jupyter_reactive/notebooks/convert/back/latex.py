"""Formulas of marimo's Markdown in the delimiters that Jupyter knows."""

from __future__ import annotations

import re

# Code comes first, so that what it holds is not found.
_PARTS = re.compile(
    r"(?P<code>^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)|`[^`]*`)"
    r"|\\\[(?P<block>.+?)\\\]|\\\((?P<inline>.+?)\\\)",
    re.DOTALL | re.MULTILINE,
)


def with_dollars(text: str) -> str:
    r"""A text with ``$`` for ``\(`` and ``$$`` for ``\[``, which JupyterLab takes for escapes."""

    def replaced(match: re.Match[str]) -> str:
        if match["block"] is not None:
            return f"$${match['block']}$$"
        if match["inline"] is not None:
            return f"${match['inline'].strip()}$"
        return match[0]

    return _PARTS.sub(replaced, text)
