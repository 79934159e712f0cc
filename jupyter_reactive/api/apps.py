"""The apps that are in use, and what their servers hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..web import permitted
from .base import ReactiveAPIHandler

if TYPE_CHECKING:
    from ..servers.apps import AppServers


class AppsHandler(ReactiveAPIHandler):
    """``reactive/api/apps``."""

    def initialize(self, apps: AppServers | None) -> None:
        """Take what the routes hand over: no apps before one has been opened."""
        self.apps = apps

    @permitted("read")
    async def get(self) -> None:
        """Every running server of apps: its memory, its apps, their visitors. Starts none."""
        servers = await self.apps.models() if self.apps else []
        self.finish(json.dumps([server.to_json() for server in servers]))
