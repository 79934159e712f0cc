"""Several cells made one, where nothing less keeps their meaning."""

from __future__ import annotations

from collections.abc import Sequence

from ....translation import _
from ..model import Draft, Note, Verdict
from ..outputs import shown_by_call


def merged(drafts: Sequence[Draft], first: int, last: int, reason: str) -> list[Draft]:
    """Make one cell of all Python cells from one to another; texts between them go before it.

    Args:
        drafts: all cells.
        first: index of the first to be merged.
        last: index of the last one.
        reason: why, as a sentence.
    """
    texts = [draft for draft in drafts[first : last + 1] if draft.markdown]
    cells = [draft for draft in drafts[first : last + 1] if not draft.markdown]
    origins = tuple(origin for draft in cells for origin in draft.origins)
    notes = [note for draft in cells for note in draft.notes]
    together = Note(
        Verdict.CHANGED,
        "merged",
        _("Cells {numbers} are one cell now: {reason}").format(
            numbers=", ".join(str(origin + 1) for origin in sorted(set(origins))), reason=reason
        ),
        _("Give the names that they share different names to have separate cells again."),
    )
    *before, end = (draft.source.rstrip() for draft in cells)
    shown = [shown_by_call(source) for source in before]
    if shown != before or any("mo.output" in source for source in before):
        # A value at the end would take the place of all that was shown before.
        end = shown_by_call(end)
    cell = Draft(
        source="\n\n".join([*shown, end]),
        origins=tuple(dict.fromkeys(origins)),
        notes=(*notes, together),
        hide_code=all(draft.hide_code for draft in cells),
    )
    return [*drafts[:first], *texts, cell, *drafts[last + 1 :]]
