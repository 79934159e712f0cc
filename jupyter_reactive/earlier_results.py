"""Says in a notebook's page of which time its results are, until it has been run.

A script of ours in the page reads it from what marimo sends. Knows nothing of where the results
are kept, which is `servers.launcher`'s.
"""

from __future__ import annotations

from .notebooks import marimo, marimo_messages
from .page_notes import script, with_notes
from .translation import _

SCRIPT = script("earlier.js")


def with_time_of_results(page: str) -> str:
    """Marimo's page, which says when the results are from that it shows before a run.

    Where a notebook runs as soon as it is open marimo keeps none.

    Args:
        page: the HTML of a page of a notebook.
    """
    if marimo.runs_on_opening(page):
        return page
    data = {
        "done": marimo_messages.message_start(marimo_messages.RUN_COMPLETED),
        "note": _("Results of {time}. Run the notebook for new ones."),
    }
    return with_notes(page, SCRIPT, data)
