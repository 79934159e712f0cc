"""The doctor: what may keep the notebooks from working here, and a stream to try the way with."""

from __future__ import annotations

import asyncio

from tornado.iostream import StreamClosedError

from ..contents import NotebookFiles
from ..diagnosis import Finding, to_json
from ..servers.checkup import check_up
from ..servers.manager import ServerManager
from ..web import permitted
from .base import ReactiveAPIHandler

# Long enough for a buffering proxy to be told from a slow one.
STREAM_PAUSE = 1.0


class DoctorHandler(ReactiveAPIHandler):
    """``reactive/api/doctor``."""

    def initialize(self, servers: ServerManager, files: NotebookFiles) -> None:
        """Take what the routes hand over."""
        self.servers = servers
        self.files = files

    @permitted("read")
    async def get(self) -> None:
        """Every finding, and how bad the worst is."""
        findings: list[Finding] = await check_up(self.servers, self.files.root, self.base_url)
        self.finish(to_json(findings))


class DoctorStreamHandler(ReactiveAPIHandler):
    """``reactive/api/doctor/stream``: two events with a pause between them."""

    @permitted("read")
    async def get(self) -> None:
        """Send the events; whoever gets both at once sits behind something that buffers."""
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-store")
        try:
            for number in range(2):
                self.write(f"data: {number}\n\n")
                await self.flush()
                await asyncio.sleep(STREAM_PAUSE * (1 - number))
        except StreamClosedError:
            return
        self.finish()
