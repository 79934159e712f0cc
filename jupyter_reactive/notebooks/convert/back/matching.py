"""Which cells of a notebook are as a conversion made them, and which were edited since."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import SequenceMatcher

from ...reactive_file import ReactiveCell
from .cell_names import names_of

# Of the characters of an edited cell, so many are as they were.
_ALIKE = 0.5


@dataclass(frozen=True)
class Match:
    """The cells that a conversion made, in the notebook as it is now.

    Attributes:
        made: for a cell of now the one that it still is.
        edited: for a cell of now the one that it once was.
    """

    made: dict[int, int]
    edited: dict[int, int]

    @property
    def same(self) -> set[int]:
        """The cells that are still there as they were made."""
        return set(self.made.values())


def matched(
    made: Sequence[ReactiveCell],
    now: Sequence[ReactiveCell],
    lasting: AbstractSet[int] = frozenset(),
) -> Match:
    """Find the cells of a conversion in a notebook.

    Args:
        made: by the conversion.
        now: in the notebook as it is.
        lasting: those of `made` that nobody can have deleted: whatever stands in such a cell's
            place is that cell, edited.
    """
    keys = [[_key(cell) for cell in cells] for cells in (made, now)]
    same: dict[int, int] = {}
    edited: dict[int, int] = {}
    matcher = SequenceMatcher(None, keys[0], keys[1], autojunk=False)
    for kind, first, last, new_first, new_last in matcher.get_opcodes():
        if kind == "equal":
            same |= dict(zip(range(new_first, new_last), range(first, last), strict=True))
        elif kind == "replace":
            olds, news = range(first, last), range(new_first, new_last)
            likest = _likest(made, now, olds, news)
            staying = [old for old in olds if old in lasting and old not in likest.values()]
            free = [new for new in news if new not in likest]
            edited |= likest | _in_their_place(made, now, staying, free)
    # What was moved.
    left = [index for index in range(len(made)) if index not in set(same.values())]
    for index in range(len(now)):
        found = next((one for one in left if keys[0][one] == keys[1][index]), None)
        if index not in same and found is not None:
            same[index] = found
            left.remove(found)
            edited.pop(index, None)
    return Match(same, {new: old for new, old in edited.items() if old in left})


def _key(cell: ReactiveCell) -> tuple[str, tuple[tuple[str, object], ...]]:
    return cell.source, tuple(sorted(cell.settings.items()))


def _likest(
    made: Sequence[ReactiveCell], now: Sequence[ReactiveCell], olds: range, news: range
) -> dict[int, int]:
    found: dict[int, int] = {}
    for new in news:
        likeness = {
            old: _likeness(made[old], now[new]) for old in olds if old not in found.values()
        }
        best = max(likeness, key=lambda old: likeness[old], default=None)
        if best is not None and likeness[best] >= _ALIKE:
            found[new] = best
    return found


def _in_their_place(
    made: Sequence[ReactiveCell],
    now: Sequence[ReactiveCell],
    olds: Sequence[int],
    news: Sequence[int],
) -> dict[int, int]:
    """What has become of cells that are still there, but not found by their likeness."""
    found: dict[int, int] = {}
    for old in olds:
        bound = names_of(made[old].source)[0]
        # A name that it gives the others says more than its text.
        likeness = {
            new: (len(bound & names_of(now[new].source)[0]), _likeness(made[old], now[new]))
            for new in news
            if new not in found
        }
        if likeness:
            found[max(likeness, key=lambda new: likeness[new])] = old
    return found


def _likeness(one: ReactiveCell, other: ReactiveCell) -> float:
    return SequenceMatcher(None, one.source, other.source).ratio()
