"""The apps that are in use, and what their servers hold."""

from __future__ import annotations

import json

from ..servers.apps import AppServers
from ..web import permitted
from .base import ReactiveAPIHandler


class AppsHandler(ReactiveAPIHandler):
    """``reactive/api/apps``."""

    def initialize(self, apps: AppServers) -> None:
        """Take what the routes hand over."""
        self.apps = apps

    @permitted("read")
    async def get(self) -> None:
        """Every running server of apps: its memory, its apps, their visitors. Starts none."""
        self.finish(json.dumps([server.to_json() for server in await self.apps.models()]))
