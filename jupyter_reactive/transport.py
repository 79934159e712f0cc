"""Lets a notebook work where a gateway drops websockets: each browser finds it out by itself.

A script of ours in marimo's page tries one websocket. What it found stands in a cookie, which
says how the next page opens its session. Knows nothing of what goes through.
"""

from __future__ import annotations

from html import escape
from typing import Any

from jupyter_server.utils import url_path_join
from tornado.websocket import WebSocketHandler

from .notebooks import marimo
from .translation import _
from .web import ReactiveHandler, permitted

COOKIE = "reactive-transport"


def fitted(page: str, choice: str, found: str | None, *, base_url: str, script_url: str) -> str:
    """Marimo's page for a browser: with the transport that works there, or with the trial.

    Args:
        page: the HTML.
        choice: what the operator wants.
        found: what the browser found out, if it did.
        base_url: Jupyter's.
        script_url: where the trial's script is.
    """
    if choice != "auto":
        return marimo.with_transport(page, choice)
    if found == "websocket":
        return page
    data = {
        "route": url_path_join(base_url, "reactive/api/transport"),
        "cookie": COOKIE,
        "path": url_path_join(base_url, "reactive"),
        "note": _(
            "This network does not let websockets through, so the notebook uses ordinary requests "
            "instead. All works as usual, but the terminal of marimo and language servers."
        ),
        "dismiss": _("Close"),
    }
    words = " ".join(f'data-{name}="{escape(value)}"' for name, value in data.items())
    page = marimo.with_element(page, f'<script async src="{escape(script_url)}" {words}></script>')
    return marimo.with_transport(page, "sse") if found == "sse" else page


class TransportHandler(ReactiveHandler, WebSocketHandler):
    """``reactive/api/transport``: sends back what comes in by a websocket."""

    def initialize(self, choice: str) -> None:
        """Take what the operator wants."""
        self.choice = choice

    async def prepare(self, **_options: Any) -> None:
        """Refuse strangers plainly: a websocket goes to no login page."""
        await super().prepare(_redirect_to_login=False)

    @permitted("read")
    async def get(  # type: ignore[override]  # an awaitable is enough for tornado
        self, *_args: Any, **_kwargs: Any
    ) -> None:
        """Open the websocket, or say by HTTP that somebody is here."""
        if self.request.headers.get("Upgrade", "").lower() == "websocket":
            await super().get()
        else:
            self.set_header("Cache-Control", "no-store")
            self.finish({"transport": self.choice})

    def on_message(self, message: str | bytes) -> None:
        """Send it back."""
        self.write_message(message, binary=isinstance(message, bytes))
