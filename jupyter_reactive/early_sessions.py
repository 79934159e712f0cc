"""Starts a notebook's kernel while its page is still on its way.

marimo starts it when a websocket asks for the session, which its page does last of all. A script of
ours in the page asks first and hands the websocket over. Knows nothing of what goes through it.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from pathlib import Path

from .notebooks import marimo, marimo_messages
from .notebooks.marimo_routes import INSTANTIATE_ROUTE
from .pages import STATIC

SCRIPT = Path(STATIC, "early_socket.js").read_text("utf-8")
# With what our script asks, before marimo's program is there; `X-Reactive-` is for us to say alone.
EARLY_HEADER = "Reactive-Early"
# A page that has not opened its session by then has no script, or nobody to look at it.
PATIENCE = 60.0
REMEMBERED = 1000


class EarlySessions:
    """The sessions that our script asks for, until marimo's own program has taken them.

    Invariant: for each notebook there is at most one page at a time whose program is still to
    come. marimo lets a second page look on only.
    """

    def __init__(self) -> None:
        self._given: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._awaited: dict[str, str] = {}
        self._greeted: OrderedDict[str, None] = OrderedDict()

    def give(self, path: str) -> str | None:
        """A session id for a page, or None: another page of this notebook is still to come.

        Args:
            path: the notebook's contents path.
        """
        now = time.monotonic()
        _id, given = self._given.get(self._awaited.get(path, ""), ("", now - PATIENCE))
        if now - given < PATIENCE:
            return None
        session_id = marimo.new_session_id()
        self._given[session_id] = path, now
        self._awaited[path] = session_id
        while len(self._given) > REMEMBERED:
            self.settle(next(iter(self._given)))
            self._given.popitem(last=False)
        return session_id

    def gave(self, session_id: str) -> bool:
        """Whether a session id is one of ours."""
        return session_id in self._given

    def note_greeting(self, session_id: str) -> None:
        """The page has been sent the greeting of its new session, and answers if it hears it."""
        self._greeted[session_id] = None
        if len(self._greeted) > REMEMBERED:
            self._greeted.popitem(last=False)

    def note_answer(self, session_id: str) -> None:
        """The page has said something."""
        self._greeted.pop(session_id, None)
        self.settle(session_id)

    def is_unanswered(self, session_id: str) -> bool:
        """Whether a page has said nothing since it was greeted in its new session."""
        return session_id in self._greeted

    def settle(self, session_id: str) -> bool:
        """The page has come, or has gone; whether it was still to come."""
        path, _given = self._given.get(session_id, ("", 0.0))
        if self._awaited.get(path) != session_id:
            return False
        del self._awaited[path]
        return True


def with_early_session(page: str, session_id: str) -> str:
    """Marimo's page, which opens its session at once.

    Args:
        page: the HTML of a page of a notebook.
        session_id: for its session.
    """
    data = {
        "session": marimo.SESSION_QUERY,
        "file": marimo.FILE_QUERY,
        "route": marimo.SOCKET_ROUTE.removeprefix("/"),
        "id": session_id,
    }
    if marimo.runs_on_opening(page):
        data |= {
            "run": INSTANTIATE_ROUTE.removeprefix("/"),
            "ready": marimo_messages.KERNEL_READY,
            "header": marimo.SESSION_HEADER,
            "token": marimo.SERVER_TOKEN_HEADER,
            "value": marimo.server_token(page) or "",
            "mark": EARLY_HEADER,
        }
    return marimo.with_script(page, SCRIPT, data)
