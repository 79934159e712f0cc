"""What counts as use: a user's action, and a cell that runs, whether anybody looks or not.

Jupyter's ``last_activity``, and with it the Hub's culler, hears of nothing else: not of pings, of
health checks, of an idle tab.
"""

from __future__ import annotations

import asyncio
import math
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from traitlets import Callable as CallableTrait
from traitlets import Float, Instance
from traitlets.config import LoggingConfigurable

from ..errors import InvalidRequest, ServerUnavailable
from ..models.sessions import ActivityModel
from ..translation import _
from .limits import SessionLimits
from .manager import ServerManager
from .sessions import SessionMonitor
from .tasks import retrieve

if TYPE_CHECKING:
    from .running import RunningServer


class ActivityMonitor(LoggingConfigurable):
    """Looks which sessions compute, and tells of every use."""

    interval = Float(
        20,
        min=0,
        config=True,
        help="""
        Seconds between two looks at whether a cell runs, which counts as use of the Jupyter
        server. Keep it well below the time limit of whatever culls idle servers. Default: 20.
        0: never look; a running cell does not count, and no notebook is shut down as idle.
        """,
    )

    max_keep_alive_hours = Float(
        0,
        min=0,
        config=True,
        help="""
        For how many hours at most a user may keep the Jupyter server from counting as idle.
        Default: 0 (not at all).
        """,
    )

    servers = Instance(ServerManager)

    sessions = Instance(SessionMonitor)

    limits = Instance(SessionLimits)

    on_use = CallableTrait(help="Called each time that something counts as use.")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._busy: frozenset[str] = frozenset()
        self._last_use = -math.inf
        self._keep_alive_until: datetime | None = None
        self._looking: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None

    def model(self) -> ActivityModel:
        """What is known of the use, as of the last look."""
        until = self._keep_alive_until
        return ActivityModel(
            busy=bool(self._busy),
            keep_alive_until=until.isoformat() if until else None,
            max_keep_alive_hours=self.max_keep_alive_hours,
        )

    def idle_seconds(self) -> float:
        """How long ago the last use was; infinite when there was none."""
        return time.monotonic() - self._last_use

    def note_use(self, session_id: str | None = None) -> None:
        """A user did something.

        Args:
            session_id: in which notebook, if in one.
        """
        if session_id:
            self.limits.note_use(session_id)
        self._last_use = time.monotonic()
        self.on_use()

    def start(self) -> None:
        """Look from now on: a server runs."""
        if self.interval and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._look_for_ever())
            self._looking.add_done_callback(retrieve)

    def pause(self) -> None:
        """Look no more: no server runs."""
        self._busy = frozenset()
        if self._looking is not None and self._looking is not asyncio.current_task():
            self._looking.cancel()
            self._looking = None

    def stop(self) -> None:
        """The Jupyter server ends."""
        self.pause()
        if self._keeping is not None:
            self._keeping.cancel()

    def keep_alive(self, hours: float) -> None:
        """Let the Jupyter server count as used for some hours from now.

        Args:
            hours: how many; 0 ends it.

        Raises:
            InvalidRequest: more than the operator allows, or no time at all.
        """
        if not 0 <= hours <= self.max_keep_alive_hours:
            raise InvalidRequest(
                _("This server cannot be kept running for {hours:g} hours.").format(hours=hours),
                _("The administrator allows {hours:g} hours at most.").format(
                    hours=self.max_keep_alive_hours
                )
                if self.max_keep_alive_hours
                else _("The administrator does not allow it (c.ActivityMonitor)."),
            )
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = self._keep_alive_until = None
        if hours:
            self._keep_alive_until = datetime.now(timezone.utc) + timedelta(hours=hours)
            self._keeping = asyncio.create_task(self._keep(hours * 3600))
            self._keeping.add_done_callback(retrieve)

    async def _keep(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.note_use()
            await asyncio.sleep(min(left, self.interval or left))
        self._keep_alive_until = None

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self.interval)
            await self._look()

    async def _look(self) -> None:
        running = self.servers.running()
        if running is None:
            return
        sessions = await self.sessions.refresh()
        self._busy = frozenset(
            [session.id for session in sessions if await self._is_busy(running, session.id)]
        )
        for session_id in self._busy:
            self.note_use(session_id)
        await self.limits.enforce(sessions, self._busy)

    async def _is_busy(self, server: RunningServer, session_id: str) -> bool:
        try:
            return await server.client.is_busy(session_id)
        except ServerUnavailable as e:
            # It ended meanwhile, or the server hangs, of which its owner knows.
            self.log.debug("nothing is known of the session %s: %s", session_id, e)
            return False
