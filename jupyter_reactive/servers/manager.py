"""Which servers there are: the edit server, that of the apps, and apps that have one of their own.

Knows asyncio and traitlets, not tornado: the web edge calls it and maps its errors.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Callable as CallableTrait
from traitlets import Instance, Type, Unicode
from traitlets.config import LoggingConfigurable

from ..errors import ServerNotFound
from ..models.servers import EndCause, ServerModel, ServerState
from ..translation import _
from .app_launcher import AppServerLauncher
from .launcher import EditServerLauncher, Launcher

if TYPE_CHECKING:
    from .liveness import LivenessProbe
    from .managed import ManagedServer
    from .running import RunningServer

EDIT_SERVER = "edit"
# Shared by all apps.
APP_SERVER = "run"
# With the app's path behind it, the name of an app's own server.
OWN_PREFIX = f"{APP_SERVER}/"
# There from the start, running or not.
NAMES = (EDIT_SERVER, APP_SERVER)


class ServerManager(LoggingConfigurable):
    """Owns every marimo server of this Jupyter server.

    Invariant: each name has one `ManagedServer`, from the first who needs it as long as the Jupyter
    server runs, or until it is forgotten. What starts and watches is loaded with the first.
    """

    launcher_class = Type(
        EditServerLauncher,
        klass=EditServerLauncher,
        config=True,
        help="""
        The class that says how the edit server is started. Default: `EditServerLauncher`.
        """,
    )

    app_launcher_class = Type(
        AppServerLauncher,
        klass=AppServerLauncher,
        config=True,
        help="""
        The class that says how a server of apps is started. Default: `AppServerLauncher`.
        """,
    )

    folder = Unicode(help="The contents root, in which the servers run.")

    on_change = CallableTrait(
        help="""
        Called with a `ServerModel` each time that the state of a server changes, or the visitors
        of its apps.
        """
    )

    on_crash = CallableTrait(
        lambda _name: None, help="Called with the name of a server that died or hangs."
    )

    launcher = Instance(EditServerLauncher)

    app_launcher = Instance(AppServerLauncher)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.launcher = self.launcher_class(parent=self)
        self.app_launcher = self.app_launcher_class(parent=self, notebooks=self.launcher)
        self._servers: dict[str, ManagedServer] = {}
        self._is_closed = False

    @functools.cached_property
    def liveness(self) -> LivenessProbe:
        """Asks servers whether they are there."""
        from .liveness import LivenessProbe  # noqa: PLC0415

        return LivenessProbe(parent=self)

    @property
    def edit(self) -> ManagedServer:
        """The edit server, running or not."""
        return self.server(EDIT_SERVER)

    def own(self, path: str) -> ManagedServer:
        """The server of one app alone, running or not.

        Args:
            path: the app's contents path.
        """
        name = f"{OWN_PREFIX}{path}"
        return self._servers.get(name) or self._add(name)

    async def forget(self, name: str) -> None:
        """End an app's own server for good."""
        server = self._servers.pop(name, None)
        if server is not None:
            await server.close()

    def server(self, name: str) -> ManagedServer:
        """One server.

        Raises:
            ServerNotFound: there is none of that name.
        """
        if server := self._servers.get(name):
            return server
        if name not in NAMES:
            raise ServerNotFound(
                _("There is no server “{name}”.").format(name=name),
                _("Servers: {names}.").format(names=", ".join(self._names)),
            )
        return self._add(name)

    def models(self) -> list[ServerModel]:
        """Every server, running or not."""
        return [self.get(name) for name in self._names]

    def get(self, name: str = EDIT_SERVER) -> ServerModel:
        """What is told of one server.

        Raises:
            ServerNotFound: there is none of that name.
        """
        if self._is_unused(name):
            return ServerModel(name, ServerState.STOPPED)
        return self.server(name).model

    def tell(self, name: str) -> None:
        """Tell of a server again, if it is there: who uses it has changed."""
        if server := self._servers.get(name):
            self.on_change(server.model)

    def log_lines(self, name: str) -> list[str]:
        """The last lines that a server wrote, also after its end, secrets masked.

        Raises:
            ServerNotFound: there is none of that name.
        """
        return self.server(name).log_lines()

    def running(self, name: str = EDIT_SERVER) -> RunningServer | None:
        """A server if it answers requests now, without starting it."""
        return None if self._is_unused(name) else self.server(name).running

    async def ensure(self, name: str = EDIT_SERVER) -> RunningServer:
        """A running server; started on first need, once for all who ask meanwhile.

        Raises:
            ServerNotFound: there is none of that name.
            StartFailed: it cannot be started; each cause has its own class and words.
        """
        return await self.server(name).ensure()

    async def restart(self, name: str = EDIT_SERVER) -> RunningServer:
        """End a server, however it is, and start a new one.

        Raises:
            ServerNotFound: there is none of that name.
            StartFailed: the new one cannot be started.
        """
        return await self.server(name).restart()

    async def stop(self, name: str = EDIT_SERVER, cause: EndCause = EndCause.STOP) -> None:
        """End a server and everything that it started. Nothing happens when none runs.

        Args:
            name: which server.
            cause: why, for those who are told.

        Raises:
            ServerNotFound: there is none of that name.
        """
        await self.server(name).stop(cause)

    async def close(self) -> None:
        """End every server and start none any more."""
        self._is_closed = True
        await asyncio.gather(*(server.close() for server in self._servers.values()))

    def kill_now(self) -> None:
        """End every child without an event loop, for `atexit`."""
        for server in self._servers.values():
            server.kill_now()

    def _is_unused(self, name: str) -> bool:
        return name in NAMES and name not in self._servers

    @property
    def _names(self) -> list[str]:
        return list(dict.fromkeys([*NAMES, *self._servers]))

    def _launcher(self, name: str) -> Launcher:
        return self.launcher if name == EDIT_SERVER else self.app_launcher

    def _add(self, name: str) -> ManagedServer:
        from .managed import ManagedServer  # noqa: PLC0415
        from .restarts import RestartPolicy  # noqa: PLC0415

        def start(**options: Any) -> Awaitable[RunningServer]:
            from .start import start_server  # noqa: PLC0415

            return start_server(self._launcher(name), Path(self.folder), self.log, **options)

        server = self._servers[name] = ManagedServer(
            name,
            start,
            self.log,
            on_change=self.on_change,
            on_crash=self.on_crash,
            liveness=self.liveness,
            restarts=RestartPolicy(parent=self),
        )
        if self._is_closed:
            server.retire()
        return server
