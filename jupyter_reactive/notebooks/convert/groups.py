"""Which cells of two notebooks belong together, where several of one became one of the other."""

from __future__ import annotations

from collections.abc import Sequence

Group = tuple[list[int], list[int]]


def groups(places: Sequence[Sequence[int]]) -> list[Group]:
    """The old cells that share new ones, with these; both sorted.

    Args:
        places: for each old cell the new ones that it went into.
    """
    found: list[Group] = []
    for old, new in enumerate(places):
        shared = [group for group in found if set(group[1]) & set(new)]
        for group in shared:
            found.remove(group)
        olds = sorted([old, *(number for group in shared for number in group[0])])
        news = sorted({*new, *(number for group in shared for number in group[1])})
        found.append((olds, news))
    return sorted(found)
