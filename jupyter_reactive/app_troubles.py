"""Says in the page of an app what is wrong with it: marimo shows visitors an empty place.

A script of ours in the page reads it from what marimo sends. Knows nothing of servers.
"""

from __future__ import annotations

from .notebooks import marimo_messages
from .page_notes import script, with_notes
from .translation import _

SCRIPT = script("app_troubles.js")


def with_troubles(page: str, notebook: str = "") -> str:
    """Marimo's page, which says that the app goes on computing, or that a part of it has failed.

    Args:
        page: the HTML of the page of an app.
        notebook: the address of its notebook, for who may mend it; empty for all others.
    """
    if notebook:
        long = _(
            "This app has been computing since {time}. If that never ends, mend the notebook and "
            "save it: the pages of the app are loaded anew then."
        )
        failed = _("A cell of this app has failed, so that something is missing here.")
        missing = _("This app needs what is not installed where the notebooks run: {packages}.")
    else:
        long = _(
            "This app has been computing since {time}. If that never ends, close the page, and "
            "tell whoever made the app."
        )
        failed = _(
            "A part of this app does not work, so that something is missing here. Load the page "
            "again later, or tell whoever made the app."
        )
        missing = _(
            "This app needs what is not installed here: {packages}. Tell whoever made the app."
        )
    data = {
        "lacks": marimo_messages.message_start(marimo_messages.MISSING_PACKAGES),
        "harmless": " ".join(sorted(marimo_messages.ON_PURPOSE)),
        "computing": _("Computing since {time}…"),
        "long": long,
        "failed": failed,
        "missing": missing,
        "label": _("Open the notebook"),
        "notebook": notebook,
    }
    return with_notes(page, SCRIPT, data)
