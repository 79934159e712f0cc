"""Who uses which app: sessions of visitors, how many there may be, and when an app is unused.

marimo ends a session of its own accord, its time to live after its page has left; this goes by
the same time. Knows nothing of processes and of HTTP.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from traitlets import Integer
from traitlets.config import LoggingConfigurable

from ..errors import AppFull, ForeignPage
from ..translation import _


@dataclass
class AppSession:
    """One visitor's tab.

    Attributes:
        path: the app's contents path.
        user: who came.
        server: the name of the server that it lives on.
        connections: how many connections of its page are open; 0 or 1 but for a moment.
        entered: when the page connected last, by the monotonic clock.
        used: when its visitor did something last.
        left: when the page left.
    """

    path: str
    user: str
    server: str
    connections: int = 0
    entered: float = field(default_factory=time.monotonic)
    used: float = field(default_factory=time.monotonic)
    left: float = 0.0


class AppSessions(LoggingConfigurable):
    """The sessions of all apps.

    Invariant: a session belongs to the user who opened it, and nobody else gets in.
    """

    max_sessions = Integer(
        0,
        min=0,
        config=True,
        help="""
        How many sessions of apps there may be at the same time, those included whose page has just
        left. Who comes then waits on a page that goes on by itself. Default: 0 (any number).
        """,
    )

    max_sessions_per_app = Integer(
        0,
        min=0,
        config=True,
        help="""
        How many sessions one app may have at the same time, as with `max_sessions`. Default: 0
        (any number).
        """,
    )

    ttl = Integer(help="Seconds that a session stays after its page has left.")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._sessions: dict[tuple[str, str], AppSession] = {}
        self._served: dict[tuple[str, str], float] = {}
        # The ids that pages gave themselves which go on with an earlier session.
        self._resumed: dict[tuple[str, str], str] = {}

    def current(self) -> list[AppSession]:
        """The sessions that are there now."""
        now = time.monotonic()
        self._sessions = {
            key: session
            for key, session in self._sessions.items()
            if session.connections or now - session.left < self.ttl
        }
        self._resumed = {
            (path, page_id): earlier
            for (path, page_id), earlier in self._resumed.items()
            if (path, earlier) in self._sessions
        }
        return list(self._sessions.values())

    def admit(self, path: str, page_id: str = "") -> None:
        """Check that one more page of an app may come.

        Args:
            path: the app's contents path.
            page_id: of the page's session, if it has one already.

        Raises:
            AppFull: there are as many as there may be, and this is none of them.
        """
        sessions = self.current()
        if (path, page_id) in self._sessions:
            return
        here = sum(session.path == path for session in sessions)
        for limit, count in ((self.max_sessions, len(sessions)), (self.max_sessions_per_app, here)):
            if limit and count >= limit:
                raise AppFull(limit)

    def is_known(self, path: str, page_id: str) -> bool:
        """Whether an app has a session of that id."""
        return (path, page_id) in self._sessions

    def resume(self, path: str, page_id: str, earlier: str, user: str) -> None:
        """A page that was loaded again wants to go on with the session that it had.

        Args:
            path: the app's contents path.
            page_id: the id that the page gives itself now.
            earlier: that of its session.
            user: whose page it is; one who is not the session's gets a new one.
        """
        session = self._sessions.get((path, earlier))
        if session is not None and session.user == user:
            self._resumed[path, page_id] = earlier

    def id_of(self, path: str, page_id: str) -> str:
        """The id of the session that a page means by the id that it gives itself."""
        return self._resumed.get((path, page_id), page_id)

    def note_page(self, path: str, user: str) -> None:
        """A page of an app has been served."""
        self._served[path, user] = time.monotonic()

    def check(self, path: str, page_id: str, user: str) -> None:
        """Check that a session is nobody else's.

        Raises:
            ForeignPage: it is.
        """
        session = self._sessions.get((path, page_id))
        if session is not None and session.user != user:
            raise ForeignPage(
                _("This session of the app belongs to another visitor."),
                _("Load the page again to get one of your own."),
            )

    def enter(self, path: str, page_id: str, user: str, server: str) -> bool:
        """A page has connected.

        Args:
            path: the app's contents path.
            page_id: of its session.
            user: whose page it is.
            server: the name of the server that answers.

        Returns:
            Whether the session was there, and a page that was loaded anew wants to see it.
        """
        key = path, page_id
        before = self._sessions.get(key)
        is_known = before is not None and before.server == server
        session = before if before is not None and is_known else AppSession(path, user, server)
        is_fresh = is_known and self._served.get((path, user), 0.0) > session.entered
        session.connections += 1
        session.entered = session.used = time.monotonic()
        self._sessions[key] = session
        return is_fresh

    def leave(self, path: str, page_id: str) -> str:
        """A connection of a page has ended; gives the name of its server, "" if that has too."""
        session = self._sessions.get((path, page_id))
        if session is None:
            return ""
        if session.connections:
            session.connections -= 1
            session.left = time.monotonic()
        return session.server

    def note_use(self, path: str, page_id: str) -> None:
        """A visitor did something."""
        session = self._sessions.get((path, page_id))
        if session is not None:
            session.used = time.monotonic()

    def forget_server(self, name: str) -> list[AppSession]:
        """Take out the sessions of a server that is gone; returns them."""
        gone = [session for session in self.current() if session.server == name]
        self._sessions = {
            key: session for key, session in self._sessions.items() if session.server != name
        }
        return gone
