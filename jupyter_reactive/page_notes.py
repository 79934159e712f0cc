"""Scripts of ours in marimo's page, which hear what a kernel says and say something above the page.

Knows nothing of what they say.
"""

from __future__ import annotations

from pathlib import Path

from .notebooks import marimo, marimo_messages
from .pages import STATIC
from .translation import _


def script(name: str) -> str:
    """A script, behind what all of them have in common.

    Args:
        name: of its file.
    """
    return "\n".join(Path(STATIC, file).read_text("utf-8") for file in ("page_notes.js", name))


def with_notes(page: str, source: str, data: dict[str, str]) -> str:
    """Marimo's page with such a script in it.

    Args:
        page: the HTML.
        source: as `script` gives it.
        data: what it finds in its `dataset` besides what all of them find there.
    """
    shared = {
        "route": marimo.SOCKET_ROUTE.removeprefix("/"),
        "events": marimo.EVENTS_ROUTE.removeprefix("/"),
        "ready": marimo_messages.KERNEL_READY,
        "cell": marimo_messages.message_start(marimo_messages.CELL_OPERATION),
        "dismiss": _("Close"),
    }
    return marimo.with_script(page, source, {**shared, **data})
