"""Which servers run: get or start under a lock, restart, stop, list, tell.

Knows asyncio and traitlets, not tornado: the web edge calls it and maps its errors.
"""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from traitlets import Callable as CallableTrait
from traitlets import Instance, Type, Unicode
from traitlets.config import LoggingConfigurable

from ..errors import ReactiveError, ServerNotFound, ServerUnavailable, StartFailed, StartTimeout
from ..models import ServerModel, ServerState
from ..translation import _
from .client import MarimoClient
from .launcher import EditServerLauncher, LaunchSpec
from .process import ChildProcess, retrieve

EDIT_SERVER = "edit"
PROBE_INTERVAL = 0.05
# A port can be taken between our look and the child's bind.
START_ATTEMPTS = 2


class RunningServer:
    """A server that answered its readiness probe: where it is and how to speak to it."""

    def __init__(self, spec: LaunchSpec, process: ChildProcess, client: MarimoClient) -> None:
        self.spec = spec
        self.process = process
        self.client = client
        # The ids of the pages that spoke to it. Another server does not know them.
        self.pages: set[str] = set()


class ServerManager(LoggingConfigurable):
    """Owns every marimo server of this Jupyter server.

    Invariant: for each name at most one child is alive, and whoever wants it waits for the same
    start.
    """

    launcher_class = Type(
        EditServerLauncher,
        klass=EditServerLauncher,
        config=True,
        help="""
        The class that says how the edit server is started. Default: `EditServerLauncher`.
        """,
    )

    folder = Unicode(help="The contents root, in which the edit server runs.")

    on_change = CallableTrait(
        help="Called with a `ServerModel` each time that the state of a server changes."
    )

    launcher = Instance(EditServerLauncher)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.launcher = self.launcher_class(parent=self)
        self._lock = asyncio.Lock()
        self._model = ServerModel(EDIT_SERVER, ServerState.STOPPED)
        self._running: RunningServer | None = None
        self._child: ChildProcess | None = None
        self._last_log: list[str] = []
        self._stale_pages: set[str] = set()
        self._closed = False
        self._starting: asyncio.Task[RunningServer] | None = None

    def models(self) -> list[ServerModel]:
        """Every server, running or not."""
        return [self._model]

    def get(self, name: str) -> ServerModel:
        """One server.

        Raises:
            ServerNotFound: there is none of that name.
        """
        if name != EDIT_SERVER:
            raise ServerNotFound(
                _("There is no server “{name}”.").format(name=name),
                _("Servers: {names}.").format(names=EDIT_SERVER),
            )
        return self._model

    def log_lines(self, name: str) -> list[str]:
        """The last lines that a server wrote, also after its end, secrets masked.

        Raises:
            ServerNotFound: there is none of that name.
        """
        self.get(name)
        return self._child.log_lines() if self._child else self._last_log

    def running(self, name: str = EDIT_SERVER) -> RunningServer | None:
        """The server if it answers requests now, without starting it."""
        self.get(name)
        return self._running

    async def ensure(self, name: str = EDIT_SERVER) -> RunningServer:
        """The running server; started on first need, once for all who ask meanwhile.

        Raises:
            ServerNotFound: there is none of that name.
            StartFailed: it cannot be started; each cause has its own class and words.
        """
        self.get(name)
        if self._running is not None:
            return self._running
        if not self._is_starting:
            self._starting = asyncio.create_task(self._start())
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

    def begin_start(self, name: str = EDIT_SERVER) -> None:
        """Start the server without waiting for it; a failure is told by its state."""
        self.get(name)
        if self._running is None and not self._is_starting:
            self._starting = asyncio.create_task(self._start())
            self._starting.add_done_callback(retrieve)

    def refuse_failed(self, name: str = EDIT_SERVER) -> None:
        """Tell again, in its own words, why the last start failed.

        Raises:
            StartFailed: it did, and nobody has tried again.
        """
        server = self.get(name)
        if server.state is ServerState.FAILED:
            raise StartFailed(server.message or "", server.remedy or "")

    async def reach(self, page_id: str | None = None, name: str = EDIT_SERVER) -> RunningServer:
        """The running server for a page that is open already. Starts none.

        A page outlives its server and goes on asking. Were it to start a new one, nobody could
        stop a server whose page is open; were it let in, marimo would make it an empty session
        and refuse everything else that it sends.

        Args:
            page_id: marimo's session id, which each page makes for itself, if the request has one.
            name: which server.

        Raises:
            ServerNotFound: there is none of that name.
            ServerUnavailable: none runs, or the page belongs to an earlier one.
            StartFailed: it was being started, and that failed.
        """
        if self.running(name) is None and not self._is_starting:
            self.refuse_failed(name)
            raise ServerUnavailable(
                _("The server of the reactive notebooks does not run."),
                _("Load the page again to start it."),
            )
        server = await self.ensure(name)
        if page_id is not None:
            if page_id in self._stale_pages:
                raise ServerUnavailable(
                    _("The server that this page came from has ended."),
                    _("Load the page again to go on with the new one."),
                )
            server.pages.add(page_id)
        return server

    async def restart(self, name: str = EDIT_SERVER) -> RunningServer:
        """End the server, however it is, and start a new one.

        Raises:
            ServerNotFound: there is none of that name.
            StartFailed: the new one cannot be started.
        """
        await self.stop(name)
        return await self.ensure(name)

    async def stop(self, name: str = EDIT_SERVER) -> None:
        """End the server and everything that it started. Nothing happens when none runs.

        Raises:
            ServerNotFound: there is none of that name.
        """
        self.get(name)
        if self._starting is not None and self._is_starting:
            self._starting.cancel()
            await asyncio.wait([self._starting])
        async with self._lock:
            if self._child is not None:
                self._set(ServerState.STOPPING)
            await self._discard()
            if self._model.state is not ServerState.STOPPED:
                self._set(ServerState.STOPPED)

    async def close(self) -> None:
        """End every server and start none any more."""
        self._closed = True
        await self.stop()

    def kill_now(self) -> None:
        """End every child without an event loop, for `atexit`."""
        if self._child is not None:
            self._child.kill_now()

    @property
    def _is_starting(self) -> bool:
        return self._starting is not None and not self._starting.done()

    async def _start(self) -> RunningServer:
        async with self._lock:
            if self._running is not None:
                return self._running
            if self._closed:
                raise ServerUnavailable(
                    _("The Jupyter server is shutting down."), _("Start Jupyter again.")
                )
            began = time.monotonic()
            self._set(ServerState.STARTING)
            try:
                self._running = await self._start_with_retries()
            except ReactiveError as e:
                await self._discard()
                self.log.error("the edit server cannot be started: %s", e)
                self._set(ServerState.FAILED, error=e)
                raise
            except BaseException:
                await self._discard()
                self._set(ServerState.STOPPED)
                raise
            self.log.info("the edit server runs after %.1f s", time.monotonic() - began)
            self._set(ServerState.RUNNING)
            return self._running

    async def _start_with_retries(self) -> RunningServer:
        for attempt in range(START_ATTEMPTS):
            spec = self.launcher.spec(Path(self.folder))
            client = MarimoClient(spec.url, spec.secret)
            child = self._child = ChildProcess(spec, self.log, self._child_ended)
            try:
                await child.start()
                await self._until_ready(child, client)
            except BaseException as e:
                await client.close()
                await self._discard()
                if isinstance(e, StartTimeout) or not isinstance(e, StartFailed):
                    raise
                if attempt + 1 == START_ATTEMPTS or not _port_was_taken(self._last_log):
                    raise
            else:
                return RunningServer(spec, child, client)
        raise AssertionError("the loop returns or raises")

    async def _until_ready(self, child: ChildProcess, client: MarimoClient) -> None:
        deadline = time.monotonic() + child.spec.start_timeout
        while time.monotonic() < deadline:
            if child.ended.is_set():
                raise StartFailed(
                    _("marimo ended while it was starting (exit code {code}).").format(
                        code=child.exit_code
                    ),
                    _("Its own words are in the log below."),
                )
            if await client.is_listening():
                try:
                    await client.version()
                except ServerUnavailable as e:
                    raise StartFailed(
                        _("Something else answers on port {port}.").format(port=child.spec.port),
                        _("Try again; another port will be chosen."),
                    ) from e
                return
            await asyncio.sleep(PROBE_INTERVAL)
        raise StartTimeout(child.spec.start_timeout)

    async def _discard(self) -> None:
        """End the child, if any, and forget it; keep its log."""
        running, self._running = self._running, None
        child, self._child = self._child, None
        if running is not None:
            self._retire(running)
            await running.client.close()
        if child is not None:
            await child.stop()
            self._last_log = child.log_lines()

    def _child_ended(self, code: int) -> None:
        """The child ended by itself; who stopped it has forgotten it before."""
        running = self._running
        if running is None or running.process.exit_code is None or self._child is None:
            return
        if self._child is not running.process:
            return
        self._last_log = running.process.log_lines()
        self._running = self._child = None
        self._retire(running)
        asyncio.create_task(running.client.close()).add_done_callback(retrieve)
        if code == 0:
            self.log.info("the edit server ended")
            self._set(ServerState.STOPPED)
            return
        error = ServerUnavailable(
            _("The marimo server ended unexpectedly ({reason}).").format(reason=_reason(code)),
            _("Open the notebook again to start a new one; the log holds its last words."),
        )
        self.log.error("%s", error)
        # Not failed: the next request starts a new one, as it would after any other end.
        self._set(ServerState.STOPPED, error=error)

    def _retire(self, server: RunningServer) -> None:
        """Remember the pages of a server that ended; those of the one before are forgotten."""
        self._stale_pages = set(server.pages)

    def _set(self, state: ServerState, error: ReactiveError | None = None) -> None:
        started = self._model.started if state is ServerState.STOPPING else None
        if state is ServerState.RUNNING:
            started = datetime.now(timezone.utc).isoformat()
        self._model = ServerModel(
            name=EDIT_SERVER,
            state=state,
            started=started,
            message=error.message if error else None,
            remedy=error.remedy if error else None,
        )
        self.on_change(self._model)


def _reason(code: int) -> str:
    if code < 0:
        return _("signal {number}").format(number=-code)
    return _("exit code {code}").format(code=code)


def _port_was_taken(lines: list[str]) -> bool:
    return any("address already in use" in line.lower() for line in lines)
