"""Says what a browser gets of what marimo answers: pages that fit it, errors in plain words.

Knows nothing of who may ask, which is `proxy`'s.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp

from .contents import NotebookFiles
from .earlier_results import with_time_of_results
from .early_sessions import EarlySessions, with_early_session
from .fronting import FrontingHandler
from .messages import limited, limited_events
from .named_files import NamedFiles
from .notebooks import marimo, marimo_messages
from .open_pages import OpenPages, with_words
from .servers.sessions import SessionMonitor
from .values import with_values_by_socket

# What JupyterLab's tab adds to a page's address.
FRAME_MARK = "theme=system"
USAGE_ETAG = '"idle"'


class AnsweringHandler(FrontingHandler):
    """Base of the handler of ``reactive/edit/…``: what comes back."""

    files: NotebookFiles
    sessions: SessionMonitor
    open_pages: OpenPages
    named_files: NamedFiles
    early_sessions: EarlySessions

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The session that the page is to open at once.
        self.early_id: str | None = None
        self._heard = False
        self._saved: bytes | None = None

    @property
    def is_framed(self) -> bool:
        """Whether the page stands in a tab of ours, which has a place of its own for words."""
        return FRAME_MARK in self.request.query.split("&")

    def opening_note(self) -> str | None:
        """What a page is told when it opens its session."""
        return None

    async def greet(self) -> None:
        """Take in a page whose websocket is open."""
        if not self.is_framed:
            self.open_pages.add(self.page_id, self)
        if note := self.opening_note():
            await self.write_message(note)

    @property
    def route(self) -> str:
        """Marimo's route."""
        return f"/{self.path_args[0]}"

    @property
    def collects_whole(self) -> bool:
        """Whether it has to be known what a body says before it goes on."""
        return self.names_files or self.policy.looks_into(self.route)

    @property
    def names_files(self) -> bool:
        """Whether the request's body may name files."""
        return self.request.method == "POST" and self.route in marimo.BODY_PATHS

    @property
    def is_save(self) -> bool:
        """Whether the request saves a notebook."""
        return self.request.method == "POST" and self.route == marimo.SAVE_ROUTE

    def shaped(self, message: str) -> str:
        """Hold a message against the limit; the first one tells that the session is there."""
        self._hear(message)
        return limited(self.policy.shown(message), self.forwarding.max_message_size)

    def on_close(self) -> None:
        """The browser left; the session may end with it."""
        super().on_close()
        if self.route == marimo.SOCKET_ROUTE:
            self._leave()

    def adapt_headers(self) -> None:
        """Let the page's question for the machine's load be answered by us."""
        super().adapt_headers()
        if self.route == marimo.USAGE_ROUTE:
            self.set_header("Etag", USAGE_ETAG)
            self.set_header("Cache-Control", "private, no-cache")

    async def pieces(self, reply: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
        """Stream an answer; that of a page's session is a stream of events."""
        if self.route != marimo.EVENTS_ROUTE:
            async for piece in super().pieces(reply):
                yield piece
            return
        self._words = asyncio.Queue()
        events = limited_events(super().pieces(reply), self.forwarding.max_message_size)
        if not self.is_framed:
            self.open_pages.add(self.page_id, self)
        try:
            if note := self.opening_note():
                self.tell(note)
            async for event in with_words(events, self._words):
                self._hear(marimo_messages.greeting_in(event))
                yield event
        finally:
            self._leave()

    def keeps_whole(self, reply: aiohttp.ClientResponse) -> bool:
        """Keep what a person would read, and what a save has written."""
        return (
            (reply.status >= 400 and self.is_navigation)
            or self.is_save
            or self.is_served_page(reply)
            or self._is_tutorial(reply)
            or self.is_worker(reply)
        )

    def rewritten(self, reply: aiohttp.ClientResponse, body: bytes) -> bytes:
        """Explain an error on a page of ours; fit marimo's page to the browser."""
        if self.is_served_page(reply):
            html = with_time_of_results(self.fitted_page(body))
            if self.early_id and marimo.hears_by_socket(html):
                html = with_early_session(html, self.early_id)
                # A page that is shown again from a cache would ask for the same session again.
                self.set_header("Cache-Control", "no-store")
            if self.forwarding.values_by_socket:
                html = with_values_by_socket(html)
            return self.delivered(html)
        if self.is_worker(reply):
            return self.with_worker(body)
        if self.is_save:
            self._saved = body if reply.status == 200 else None
            return body
        if self._is_tutorial(reply):
            self.named_files.note_tutorial(body)
            return body
        return self.explained(body, self.notebook_path)

    def _is_tutorial(self, reply: aiohttp.ClientResponse) -> bool:
        return reply.status == 200 and self.route == marimo.TUTORIAL_ROUTE

    async def restore_deleted(self) -> None:
        """Write the notebook again when its file was deleted under a running session.

        marimo skips the write of a source that equals its last save, so that a deleted notebook
        would never come back although the user was told that it is saved.
        """
        session_id = self.session_id
        path = self.sessions.path_of(session_id)
        saved = self._saved
        if not path or saved is None or not self.sessions.is_deleted(session_id):
            return
        if not path.exists():
            api_path = self.files.api_path(path)
            if not api_path or not json.loads(self.collected).get("persist", True):
                return
            await self.files.restore(api_path, saved.decode())
        self.sessions.note_restored(session_id)

    def _hear(self, message: str) -> None:
        if not self._heard:
            self._heard = True
            self.sessions.refresh_soon()
        if marimo_messages.begins_session(message):
            self.early_sessions.note_greeting(self.page_id)

    def _leave(self) -> None:
        """Let a page go; one that never came takes its kernel along."""
        self.open_pages.discard(self.page_id, self)
        if self.early_sessions.settle(self.page_id):
            self.sessions.shutdown_soon(self.page_id)
        else:
            self.sessions.refresh_soon()
