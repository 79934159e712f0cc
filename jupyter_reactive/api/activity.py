"""What counts as use, and keeping the server alive."""

from __future__ import annotations

from ..servers.activity import ActivityMonitor
from ..web import permitted
from .base import ReactiveAPIHandler


class _ActivityHandler(ReactiveAPIHandler):
    def initialize(self, activity: ActivityMonitor) -> None:
        self.activity = activity


class ActivityHandler(_ActivityHandler):
    """``reactive/api/activity``."""

    @permitted("read")
    async def get(self) -> None:
        """When the Jupyter server was used last, and whether a cell runs."""
        self._answer()

    @permitted("write")
    async def put(self) -> None:
        """Let the server count as used for some hours."""
        hours = self.body(keep_alive_hours=(int, float))["keep_alive_hours"]
        self.activity.keep_alive(hours)
        self._answer()

    def _answer(self) -> None:
        # A method of Jupyter's application, which tornado's annotation does not know.
        last = self.application.last_activity().isoformat()  # type: ignore[attr-defined]
        self.finish({"last_activity": last, **self.activity.model().to_json()})
