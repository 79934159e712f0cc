"""Starts the edit server before anybody opens a notebook, and ends it again when nobody does.

Knows nothing of who asks: the web edge says when JupyterLab opens.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from traitlets import Enum, Float, Instance
from traitlets.config import LoggingConfigurable

from ..errors import ReactiveError
from ..models.servers import EndCause, ServerState
from .manager import ServerManager
from .tasks import retrieve

if TYPE_CHECKING:
    from .running import RunningServer


class Prestart(LoggingConfigurable):
    """Has the edit server ready when it is needed.

    Invariant: it never starts what somebody stopped or what could not be started, and never ends
    what anybody has used. Nobody is told of a failure: whoever opens a notebook tries again.
    """

    when = Enum(
        ["seen", "lab", "server", "use"],
        "seen",
        config=True,
        help="""
        When the edit server starts. `seen`: when JupyterLab or Notebook is open and idle, for users
        who may execute, and its file browser has listed a reactive notebook. `lab`: so, whatever is
        listed. `server`: together with Jupyter. `use`: with the first notebook, which then takes a
        second or two longer. A server takes about 65 MB. Default: seen.
        """,
    )

    unused_timeout = Float(
        1800,
        min=0,
        config=True,
        help="""
        Seconds after which an edit server that was started ahead is ended if nobody has opened
        anything of it. Default: 1800. 0: never.
        """,
    )

    servers = Instance(ServerManager)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._is_in_vain = False
        self._lab_is_open = False
        self._has_seen = False
        self._ended_unused = False
        self._task: asyncio.Task[None] | None = None

    @property
    def is_done(self) -> bool:
        """Whether nothing is on its way: no start, and no end of what nobody uses."""
        return self._task is None or self._task.done()

    def jupyter_started(self) -> None:
        """Jupyter runs."""
        if self.when == "server":
            self._begin()

    def lab_opened(self) -> None:
        """A front end of Jupyter is open, and idle."""
        self._lab_is_open = True
        if self.when in {"lab", "server"} or (self.when == "seen" and self._has_seen):
            self._begin()

    def notebook_seen(self) -> None:
        """A front end lists a reactive notebook."""
        self._has_seen = True
        if self.when == "seen" and self._lab_is_open:
            self._begin()

    def stop(self) -> None:
        """The Jupyter server ends."""
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        server = self.servers.get()
        was_stopped = server.cause is EndCause.STOP and not self._ended_unused
        if server.state is not ServerState.STOPPED or was_stopped or self._is_in_vain:
            return
        if self.is_done:
            self._ended_unused = False
            self._task = asyncio.create_task(self._start())
            self._task.add_done_callback(retrieve)

    async def _start(self) -> None:
        try:
            running = await self.servers.edit.prestart()
        except ReactiveError:
            # The manager has written down why.
            self._is_in_vain = True
            return
        if self.unused_timeout:
            await asyncio.sleep(self.unused_timeout)
            await self._end_unused(running)

    async def _end_unused(self, running: RunningServer) -> None:
        if running.is_used or self.servers.running() is not running:
            return
        self.log.info("nobody has used the edit server that was started ahead; it is ended")
        self._ended_unused = True
        await self.servers.stop()
