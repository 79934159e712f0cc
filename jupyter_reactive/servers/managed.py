"""One marimo server that is kept running: start once for all who ask, watch, replace, stop, tell.

Knows nothing of which servers there are: that is the manager's.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from ..errors import ReactiveError, ServerUnavailable
from ..models.servers import EndCause, ServerModel, ServerState
from ..start_errors import StartFailed
from ..translation import _
from .failures import reason
from .liveness import LivenessProbe
from .restarts import RestartPolicy
from .running import EarlierServers, RunningServer
from .status import ServerStatus
from .tasks import retrieve

if TYPE_CHECKING:
    from .process import ChildProcess

# How much of a dead server's log stays above that of the next one.
LAST_WORDS = 100


class Starter(Protocol):
    """Starts one server; returns when it answers, or leaves nothing behind."""

    def __call__(
        self,
        *,
        on_child: Callable[[ChildProcess], None],
        on_end: Callable[[ChildProcess], None],
    ) -> Awaitable[RunningServer]:
        """Start it, and tell of its child."""


class ManagedServer:
    """A server by its name, running or not.

    Invariant: at most one child is alive, and whoever wants it waits for the same start.

    Args:
        name: what it is called in the API, the events and the log.
        start: starts it.
        log: where its life is told.
        on_change: called with a `ServerModel` each time that its state changes.
        on_crash: called with its name when it died or hangs, before the next one is thought of.
        liveness: asks it whether it is there.
        restarts: says when it is started again; its own, since it counts.
    """

    def __init__(
        self,
        name: str,
        start: Starter,
        log: logging.Logger,
        *,
        on_change: Callable[[ServerModel], None],
        on_crash: Callable[[str], None],
        liveness: LivenessProbe,
        restarts: RestartPolicy,
    ) -> None:
        self.name = name
        self.restarts = restarts
        self._start_server = start
        self._log = log
        self._on_crash = on_crash
        self._liveness = liveness
        self._lock = asyncio.Lock()
        self._status = ServerStatus(name, on_change)
        self._running: RunningServer | None = None
        self._child: ChildProcess | None = None
        self._last_log: list[str] = []
        self._earlier = EarlierServers()
        self._closed = False
        self._starting: asyncio.Task[RunningServer] | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def model(self) -> ServerModel:
        """What is told of it."""
        return self._status.model

    def log_lines(self) -> list[str]:
        """The last lines that it wrote, also after its end, secrets masked."""
        lines = self._child.log_lines() if self._child else []
        return self._last_log + lines

    @property
    def running(self) -> RunningServer | None:
        """The server if it answers requests now."""
        return self._running

    async def ensure(self) -> RunningServer:
        """The running server; started on first need, once for all who ask meanwhile.

        Raises:
            StartFailed: it cannot be started; each cause has its own class and words.
        """
        if self._running is not None:
            return self._running
        if not self._is_starting:
            self._begin()
        starting = self._starting
        assert starting is not None
        try:
            # Shielded: a browser that goes away must not end the start that others wait for.
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            if not starting.cancelled():
                raise
            raise ServerUnavailable(
                _("The server of the reactive notebooks was stopped while it was starting."),
                _("Load the page again to start it."),
            ) from None

    async def prestart(self) -> RunningServer:
        """Start it before it is needed; that it fails is told to the caller alone.

        Raises:
            StartFailed: it cannot be started.
        """
        if self._running is None and not self._is_starting:
            self._begin(is_quiet=True)
        return await self.ensure()

    def begin_start(self) -> None:
        """Start the server without waiting for it; a failure is told by its state."""
        if self._running is None and not self._is_starting:
            self._begin()

    def refuse_failed(self) -> None:
        """Tell again, in its own words, why the last start failed.

        Raises:
            StartFailed: it did, and nobody has tried again.
        """
        if self.model.state is ServerState.FAILED:
            raise StartFailed(self.model.message or "", self.model.remedy or "")

    async def reach(self, page_id: str | None = None) -> RunningServer:
        """The running server for a page that is open already. Starts none.

        A page outlives its server and goes on asking. Were it to start a new one, nobody could
        stop a server whose page is open.

        Args:
            page_id: marimo's session id, which each page makes for itself, if the request has one.

        Raises:
            ServerUnavailable: none runs, or the page is one of another version of marimo.
            StartFailed: it was being started, and that failed.
        """
        if self._running is None and not self._is_starting:
            self.refuse_failed()
            raise ServerUnavailable(
                _("The server of the reactive notebooks does not run."),
                _("Load the page again to start it."),
            )
        server = await self.ensure()
        server.is_used = True
        if page_id is not None:
            if self._earlier.version_of(page_id) not in {None, server.version}:
                raise ServerUnavailable(
                    _("This page belongs to another version of marimo than the one that runs."),
                    _("Load the page again to go on with the new one."),
                )
            server.pages.add(page_id)
        return server

    def take_over(self, page_id: str) -> bool:
        """Give a page of an earlier server to the running one; whether it was such a page."""
        return self._earlier.forget(page_id)

    def current_token(self, token: str) -> str:
        """The token of marimo's guard that the running server expects from a page.

        Args:
            token: the one that the page carries. That of an earlier server with the same marimo
                is replaced; any other is for marimo to judge.
        """
        server = self._running
        return server.token if server and self._earlier.knows(token, server.version) else token

    async def restart(self) -> RunningServer:
        """End the server, however it is, and start a new one.

        Raises:
            StartFailed: the new one cannot be started.
        """
        await self.stop(EndCause.RESTART)
        return await self.ensure()

    async def stop(self, cause: EndCause = EndCause.STOP) -> None:
        """End the server and everything that it started. Nothing happens when none runs.

        Args:
            cause: why, for those who are told.
        """
        self.restarts.reset()
        if self._starting is not None and self._is_starting:
            self._starting.cancel()
            await asyncio.wait([self._starting])
        async with self._lock:
            if self._child is not None:
                self._status.tell(ServerState.STOPPING, cause=cause)
            self._last_log = await self._discard()
            if self._status.model.state is not ServerState.STOPPED:
                self._status.tell(ServerState.STOPPED, cause=cause)

    def retire(self) -> None:
        """Start none any more."""
        self._closed = True

    async def close(self) -> None:
        """End it and start none any more."""
        self.retire()
        await self.stop()

    def kill_now(self) -> None:
        """End the child without an event loop, for `atexit`."""
        if self._child is not None:
            self._child.kill_now()

    @property
    def _is_starting(self) -> bool:
        return self._starting is not None and not self._starting.done()

    def _begin(self, delay: float = 0, *, is_quiet: bool = False) -> None:
        if self._status.model.state is ServerState.FAILED:
            self.restarts.reset()
        if self._status.model.cause not in {EndCause.DIED, EndCause.FROZEN}:
            self._last_log = []
        self._starting = asyncio.create_task(self._start(delay, is_quiet=is_quiet))
        self._starting.add_done_callback(retrieve)

    async def _start(self, delay: float, *, is_quiet: bool) -> RunningServer:
        await asyncio.sleep(delay)
        async with self._lock:
            if self._running is not None:
                return self._running
            if self._closed:
                raise ServerUnavailable(
                    _("The Jupyter server is shutting down."), _("Start Jupyter again.")
                )
            began = time.monotonic()
            self._status.tell(ServerState.STARTING)
            try:
                server = await self._start_server(on_child=self._adopt, on_end=self._child_ended)
            except ReactiveError as e:
                self._last_log = await self._discard()
                self._log.error("the %s server cannot be started: %s", self.name, e)
                if is_quiet:
                    self._status.tell(ServerState.STOPPED)
                else:
                    self._status.tell(ServerState.FAILED, error=e)
                raise
            except BaseException:
                self._last_log = await self._discard()
                self._status.tell(ServerState.STOPPED)
                raise
            seconds = time.monotonic() - began
            self._log.info("the %s server runs after %.1f s", self.name, seconds)
            self._running = server
            self._watching = asyncio.create_task(self._watch(server))
            self._watching.add_done_callback(retrieve)
            self._status.tell(ServerState.RUNNING)
            return server

    def _adopt(self, child: ChildProcess) -> None:
        self._child = child

    async def _discard(self, *, at_once: bool = False) -> list[str]:
        """End the child, if any, and forget it; returns its log."""
        if self._watching is not None and self._watching is not asyncio.current_task():
            self._watching.cancel()
        self._watching = None
        running, self._running = self._running, None
        child, self._child = self._child, None
        if running is not None:
            self._earlier.remember(running)
            await running.client.close()
        if child is None:
            return self._last_log
        await child.stop(at_once=at_once)
        return child.log_lines()

    def _child_ended(self, child: ChildProcess) -> None:
        """A child ended; who stopped it has forgotten it before."""
        if self._running is None or self._running.process is not child:
            return
        code = child.exit_code or 0
        error = None
        if code:
            error = ServerUnavailable(
                _("The marimo server ended unexpectedly ({reason}).").format(reason=reason(code)),
                _("The log holds its last words."),
            )
        asyncio.create_task(self._replace(self._running, EndCause.DIED, error)).add_done_callback(
            retrieve
        )

    async def _watch(self, server: RunningServer) -> None:
        """Replace the server when it hangs."""
        await self._liveness.watch(server, self._note_silence)
        error = ServerUnavailable(
            _("The marimo server did not answer any more and was ended."),
            _("The log holds its last words."),
        )
        await self._replace(server, EndCause.FROZEN, error)

    def _note_silence(self, seconds: float) -> None:
        """Tell that the running server does not answer at the moment, or does again."""
        if self._running is None:
            return
        if seconds:
            self._log.warning("the %s server has not answered for %.0f s", self.name, seconds)
        self._status.tell_silence(is_silent=bool(seconds))

    async def _replace(
        self, server: RunningServer, cause: EndCause, error: ReactiveError | None
    ) -> None:
        """Start the next server after one that ended, unless nobody needs it."""
        async with self._lock:
            if self._running is not server:
                return
            self._last_log = (await self._discard(at_once=True))[-LAST_WORDS:]
        if error is None:
            self._log.info("the %s server ended", self.name)
            self._status.tell(ServerState.STOPPED, cause=EndCause.STOP)
            return
        self._log.error("%s", error)
        self._on_crash(self.name)
        if not server.pages or not self.restarts.max_restarts:
            # The next page starts a new one.
            self._status.tell(ServerState.STOPPED, error=error, cause=cause)
            return
        delay = self.restarts.next_delay()
        if delay is None:
            error.remedy = _(
                "It is left alone now (restarts: {count}). Read its log, then try again."
            ).format(count=self.restarts.max_restarts)
            self._log.error("%s", error)
            self._status.tell(ServerState.FAILED, error=error, cause=cause)
            return
        self._status.tell(ServerState.STARTING, error=error, cause=cause)
        self._begin(delay)
