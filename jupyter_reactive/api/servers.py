"""The marimo servers: state, log, start, restart, stop."""

from __future__ import annotations

import json

from ..free_memory import FreeMemory
from ..servers.manager import ServerManager
from ..servers.prestart import Prestart
from ..web import permitted
from .base import ReactiveAPIHandler


class _ServersHandler(ReactiveAPIHandler):
    def initialize(self, servers: ServerManager) -> None:
        self.servers = servers


class ServersHandler(_ServersHandler):
    """``reactive/api/servers``."""

    @permitted("read")
    async def get(self) -> None:
        """Every server, running or not."""
        self.finish(json.dumps([server.to_json() for server in self.servers.models()]))


class ServerHandler(_ServersHandler):
    """``reactive/api/servers/<name>``."""

    @permitted("read")
    async def get(self, name: str) -> None:
        """One server."""
        self.finish(self.servers.get(name).to_json())

    @permitted("write")
    async def delete(self, name: str) -> None:
        """Stop the server and every notebook in it."""
        await self.servers.stop(name)
        self.set_status(204)
        self.finish()


class ServerLogHandler(_ServersHandler):
    """``reactive/api/servers/<name>/log``."""

    @permitted("read")
    async def get(self, name: str) -> None:
        """The last lines of the server's log, secrets masked."""
        self.finish({"lines": self.servers.log_lines(name)})


class ServerStartHandler(_ServersHandler):
    """``reactive/api/servers/<name>/start``."""

    @permitted("execute")
    async def post(self, name: str) -> None:
        """Start the server if it does not run; answers when it does."""
        await self.servers.ensure(name)
        self.finish(self.servers.get(name).to_json())


class ServerPrestartHandler(ReactiveAPIHandler):
    """``reactive/api/servers/<name>/prestart``."""

    # A front end asks by itself.
    counts_as_use = False

    def initialize(self, prestart: Prestart, memory: FreeMemory) -> None:
        """Take what the routes hand over."""
        self.prestart = prestart
        self.memory = memory

    @permitted("execute")
    async def post(self, name: str) -> None:
        """Start the server ahead if the operator wants it; answers at once."""
        servers = self.prestart.servers
        servers.get(name)
        self.prestart.lab_opened()
        # Jupyter has just served all of JupyterLab.
        self.memory.soon()
        self.finish(servers.get(name).to_json())


class ServerRestartHandler(_ServersHandler):
    """``reactive/api/servers/<name>/restart``."""

    @permitted("execute")
    async def post(self, name: str) -> None:
        """End the server and start a new one; answers when it runs."""
        await self.servers.restart(name)
        self.finish(self.servers.get(name).to_json())
