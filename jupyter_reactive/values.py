"""What a user moves in a notebook, sent by its page through the websocket that is open anyway.

A request to marimo of its own takes a step of a slider through all of Jupyter's and the browser's
handling of requests. The page falls back to it whenever this way comes to nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from .notebooks import marimo
from .pages import STATIC

SCRIPT = Path(STATIC, "values.js").read_text("utf-8")
# How each message begins, to marimo's program and to us; marimo's own begin otherwise.
MARK = '{"reactive":'
# In characters; more goes by a request, which may be of any size.
LARGEST = 64 * 1024


@dataclass(frozen=True)
class Values:
    """Values that a page wants to be set.

    Attributes:
        number: by which the page knows the answer.
        route: of marimo.
        token: of marimo's guard, as the page was given it.
        body: for the route.
    """

    number: int
    route: str
    token: str
    body: str

    def answer(self, text: str | None) -> str:
        """The message to the page: what marimo said, or None for a page that is to ask itself."""
        reactive = {"number": self.number, "text": text}
        return json.dumps({"reactive": reactive}, separators=(",", ":"))


def values_in(message: str | bytes) -> Values | None:
    """What a page's message asks for; None if it is one for marimo, or none of our script's."""
    if isinstance(message, bytes) or not message.startswith(MARK):
        return None
    try:
        values = Values(**json.loads(message)["reactive"])
    except (ValueError, TypeError):
        return None
    words = (values.route, values.token, values.body)
    if type(values.number) is not int or not all(isinstance(word, str) for word in words):
        return None
    return values if values.route in marimo.VALUE_ROUTES else None


def with_values_by_socket(page: str) -> str:
    """Marimo's page, which sends values through its session's websocket.

    Args:
        page: the HTML of a page of a notebook.
    """
    data = {
        "route": marimo.SOCKET_ROUTE.removeprefix("/"),
        "session": marimo.SESSION_QUERY,
        "header": marimo.SESSION_HEADER,
        "token": marimo.SERVER_TOKEN_HEADER,
        "routes": " ".join(sorted(marimo.VALUE_ROUTES)),
        "mark": MARK,
        "largest": str(LARGEST),
    }
    return marimo.with_script(page, SCRIPT, data)
