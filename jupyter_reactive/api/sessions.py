"""The open notebooks: list them, shut them down."""

from __future__ import annotations

import json

from ..servers.sessions import SessionMonitor
from ..web import permitted
from .base import ReactiveAPIHandler


class _SessionsHandler(ReactiveAPIHandler):
    def initialize(self, sessions: SessionMonitor) -> None:
        self.sessions = sessions


class SessionsHandler(_SessionsHandler):
    """``reactive/api/sessions``."""

    @permitted("read")
    async def get(self) -> None:
        """Every open notebook. Starts no server."""
        self.finish(json.dumps([session.to_json() for session in await self.sessions.refresh()]))

    @permitted("write")
    async def delete(self) -> None:
        """Shut all of them down; the server stays."""
        await self.sessions.shutdown_all()
        self.set_status(204)
        self.finish()


class SessionHandler(_SessionsHandler):
    """``reactive/api/sessions/<id>``."""

    @permitted("write")
    async def delete(self, session_id: str) -> None:
        """Shut one down with its kernel."""
        await self.sessions.shutdown(session_id)
        self.set_status(204)
        self.finish()
