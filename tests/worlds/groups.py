"""Which cells of a converted notebook are to be compared with which of the old one."""

from __future__ import annotations

from collections.abc import Sequence

Group = tuple[list[int], list[int]]


def groups(places: Sequence[Sequence[int]]) -> list[Group]:
    """The old cells that share new ones, with these.

    Args:
        places: for each old cell the new ones that it is in, all counted from 0.
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
