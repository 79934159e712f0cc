"""How many notebooks may be open, and how long an idle one stays: an operator's limits."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Sequence

from traitlets import Callable as CallableTrait
from traitlets import Float, Instance, Integer
from traitlets.config import LoggingConfigurable

from ..errors import ServerError, SessionNotFound, TooManySessions
from ..models.notices import NoticeEvent, NoticeLevel
from ..models.sessions import SessionModel
from ..translation import _
from .sessions import SessionMonitor


class SessionLimits(LoggingConfigurable):
    """Shuts idle notebooks down, and lets no more in than there may be.

    Invariant: a notebook whose cell runs is never shut down, and none is without a word before.
    """

    idle_timeout = Float(
        0,
        min=0,
        config=True,
        help="""
        Seconds after which a notebook that nobody uses and in which no cell runs is shut down
        with its kernel; its file stays. Default: 0 (never).
        """,
    )

    warning_time = Float(
        120,
        min=0,
        config=True,
        help="""
        Seconds before an idle notebook is shut down at which its user is told. Default: 120.
        0: only when it happens.
        """,
    )

    max_sessions = Integer(
        0,
        min=0,
        config=True,
        help="""
        How many notebooks may be open at the same time. Default: 0 (any number).
        """,
    )

    sessions = Instance(SessionMonitor)

    on_notice = CallableTrait(help="Called with a `NoticeEvent` for each word to the users.")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._used: dict[str, float] = {}
        self._warned: set[str] = set()

    def note_use(self, session_id: str) -> None:
        """Something happened in a notebook."""
        self._used[session_id] = time.monotonic()
        self._warned.discard(session_id)

    async def admit(self, path: str, session_id: str | None = None) -> None:
        """Check that one more notebook may be opened.

        Args:
            path: its contents path; empty for a notebook without a file.
            session_id: of the page that asks, if it has one already.

        Raises:
            TooManySessions: there are as many as there may be, and this is none of them.
        """
        if not self.max_sessions:
            return
        open_ = await self.sessions.refresh()
        if any(session.id == session_id or (path and session.path == path) for session in open_):
            return
        if len(open_) >= self.max_sessions:
            raise TooManySessions(self.max_sessions, [session.name for session in open_])
        if len(open_) == self.max_sessions - 1 and session_id is not None:
            self.on_notice(
                NoticeEvent(
                    id=session_id,
                    path=path or None,
                    level=NoticeLevel.INFO,
                    message=_(
                        "No more than {count} notebooks may be open; this is the last."
                    ).format(count=self.max_sessions),
                    remedy=_("Shut one down in the Running panel before you open another one."),
                )
            )

    async def enforce(self, sessions: Sequence[SessionModel], busy: Collection[str]) -> None:
        """Warn of idle notebooks, and shut down those whose time is over.

        Args:
            sessions: all that are open.
            busy: the ids of those in which a cell runs.
        """
        now = time.monotonic()
        self._used = {session.id: self._used.get(session.id, now) for session in sessions}
        self._warned &= self._used.keys()
        if not self.idle_timeout:
            return
        for session in sessions:
            left = self.idle_timeout - (now - self._used[session.id])
            if session.id in busy:
                continue
            if left <= 0 and (session.id in self._warned or not self.warning_time):
                await self._shut_down(session)
            elif left <= self.warning_time and session.id not in self._warned:
                self._warn(session, max(left, self.warning_time and 1))

    def _warn(self, session: SessionModel, left: float) -> None:
        self._warned.add(session.id)
        self.on_notice(
            NoticeEvent(
                id=session.id,
                path=session.path,
                level=NoticeLevel.WARNING,
                message=_("“{name}” is idle and will be shut down in about {time}.").format(
                    name=session.name, time=_duration(left)
                ),
                remedy=_("Do something in it to keep its variables; the file stays in any case."),
            )
        )

    async def _shut_down(self, session: SessionModel) -> None:
        with contextlib.suppress(SessionNotFound, ServerError):
            await self.sessions.shutdown(session.id)
            self.log.info("“%s” was idle and has been shut down", session.path or session.name)
            self.on_notice(
                NoticeEvent(
                    id=session.id,
                    path=session.path,
                    level=NoticeLevel.WARNING,
                    message=_("“{name}” was idle for {time} and has been shut down.").format(
                        name=session.name, time=_duration(self.idle_timeout)
                    ),
                    remedy=_("Open it again to go on; its variables have to be computed anew."),
                )
            )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return _("{count} seconds").format(count=round(seconds))
    if seconds < 5400:
        return _("{count} minutes").format(count=round(seconds / 60))
    return _("{count} hours").format(count=round(seconds / 3600))
