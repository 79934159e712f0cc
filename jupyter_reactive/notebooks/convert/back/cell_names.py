"""The names of a cell that other cells may know."""

from __future__ import annotations

from ..names.analysis import analyse
from ..write import is_private


def names_of(source: str) -> tuple[set[str], set[str]]:
    """The names that a cell binds, and those that it reads of others; none if it does not parse."""
    try:
        usage = analyse(source)
    except (SyntaxError, ValueError):
        return set(), set()
    return (
        {name for name in usage.bound if not is_private(name)},
        {name for name in usage.read if not is_private(name)},
    )
