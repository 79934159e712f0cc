"""Private names: marimo keeps them in their cell, and Jupyter's cells share all names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ....translation import _
from ..model import Note, Verdict
from ..names.edits import Edits
from ..names.usage import Usage
from ..write import is_private

# IPython sets these before or after each cell.
_OF_IPYTHON = re.compile(r"_{1,3}|_i{1,3}|_i?\d+|_[dio]h|_exit_code")


def separated(
    sources: Sequence[str], usages: Sequence[Usage | None]
) -> Mapping[int, tuple[str, Note]]:
    """New sources for the cells whose functions would meet another cell's private name.

    A function looks a name up when it is called. By then another cell may have bound the same
    private name, or IPython its own.

    Args:
        sources: of all cells.
        usages: of these; None for a cell that does not parse.
    """
    words = {word for usage in usages if usage is not None for word in usage.words}
    binding: dict[str, list[int]] = {}
    for index, usage in enumerate(usages):
        for name in usage.bound if usage is not None else ():
            if is_private(name):
                binding.setdefault(name, []).append(index)
    found: dict[int, tuple[str, Note]] = {}
    for index, usage in enumerate(usages):
        if usage is None:
            continue
        names = [
            name
            for name in sorted(usage.later & usage.bound)
            if is_private(name) and (len(binding[name]) > 1 or _OF_IPYTHON.fullmatch(name))
        ]
        if not names:
            continue
        edits = Edits(sources[index])
        for name in names:
            new = _free(name, words)
            words.add(new)
            for occurrence in usage.of(name):
                if occurrence.place is not None:
                    edits.replace(occurrence.place, len(name), new)
        message = _(
            "The private names {names} of this cell have numbers: cells of Jupyter share them."
        )
        note = Note(Verdict.CHANGED, "private-names", message.format(names=", ".join(names)))
        found[index] = (edits.applied(), note)
    return found


def _free(name: str, words: set[str]) -> str:
    number = 2
    while (new := f"{name.rstrip('_') or '_private'}_{number}") in words:
        number += 1
    return new
