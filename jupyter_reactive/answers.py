"""Says what a browser gets of what marimo answers: pages that fit it, errors in plain words.

Knows nothing of who may ask, which is `proxy`'s.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
from jupyter_server.utils import url_path_join

from .assets.catalog import Catalog
from .assets.store import AssetStore
from .contents import NotebookFiles
from .early_sessions import EarlySessions, with_early_session
from .errors import ForeignPage, ReactiveError
from .messages import limited, limited_events
from .named_files import NamedFiles
from .notebooks import marimo, marimo_static
from .open_pages import OpenPages, with_words
from .origin import HEADERS, PAGE_TOKEN_QUERY, SAFE_METHODS, is_page_token, page_token
from .pages import STATIC
from .pages.base import PageHandler
from .policy import Policy
from .servers.sessions import SessionMonitor
from .sockets import SocketHandler
from .streaming import StreamingHandler
from .translation import _
from .transport import fitted
from .values import with_values_by_socket

# What JupyterLab's tab adds to a page's address.
FRAME_MARK = "theme=system"
USAGE_ETAG = '"idle"'
PAGE_TOKEN_SCRIPT = Path(STATIC, "page_token.js").read_text("utf-8")
LATER_SCRIPT = Path(STATIC, "later.js").read_text("utf-8")
WORKER_SCRIPT = Path(STATIC, "worker.js").read_text("utf-8")


class AnsweringHandler(PageHandler, StreamingHandler, SocketHandler):
    """Base of the handler of ``reactive/edit/…``: what comes back."""

    files: NotebookFiles
    sessions: SessionMonitor
    open_pages: OpenPages
    assets: AssetStore
    policy: Policy
    named_files: NamedFiles
    early_sessions: EarlySessions

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the browser found out, from the cookie that goes no further.
        self.found_transport: str | None = None
        # The session that the page is to open at once.
        self.early_id: str | None = None
        self._heard = False
        self._saved: bytes | None = None
        self._words: asyncio.Queue[bytes] | None = None

    @property
    def session_id(self) -> str:
        """The session that the request is about, as marimo's page names it."""
        return str(self.request.headers.get(marimo.SESSION_HEADER, ""))

    @property
    def page_id(self) -> str:
        """The session id that a page gives itself, in the address of its session."""
        return str(self.get_query_argument(marimo.SESSION_QUERY, ""))

    @property
    def is_framed(self) -> bool:
        """Whether the page stands in a tab of ours, which has a place of its own for words."""
        return FRAME_MARK in self.request.query.split("&")

    def refuse_unguarded(self) -> None:
        """Refuse what marimo would do for any page; a page of ours shows that it is one.

        Raises:
            ForeignPage: there is no sign of it.
        """
        if self.token_authenticated:
            return
        if self._is_upgrade:
            shown = self.get_query_argument(PAGE_TOKEN_QUERY, "")
            is_known = is_page_token(shown, self.settings["cookie_secret"], self.base_url)
        else:
            method = self.request.method or ""
            is_known = method in SAFE_METHODS or marimo.is_guarded(method, self.route)
        if not is_known:
            raise ForeignPage(
                _("This does not come from a page of the notebooks."),
                _("Load the page of the notebook again; programs send Jupyter's token."),
            )

    def tell(self, message: str) -> None:
        """Send the page a message of ours, whichever way it hears from marimo."""
        if self._words is None:
            super().tell(message)
        else:
            self._words.put_nowait(marimo.event(message).encode())

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
    def is_page(self) -> bool:  # type: ignore[override]  # only one route has a page
        """Whether the answer is marimo's page, which carries what opens a session."""
        return self.is_page_route

    @property
    def route(self) -> str:
        """Marimo's route."""
        return f"/{self.path_args[0]}"

    @property
    def asking_session(self) -> str:
        """The session that asks, for the limit of each."""
        return self.session_id or self.page_id

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

    @property
    def is_page_route(self) -> bool:
        """Whether the request is for marimo's page."""
        return self.route == marimo.PAGE_ROUTE

    def shaped(self, message: str) -> str:
        """Hold a message against the limit; the first one tells that the session is there."""
        self._hear()
        return limited(self.policy.shown(message), self.forwarding.max_message_size)

    def on_close(self) -> None:
        """The browser left; the session may end with it."""
        super().on_close()
        self.open_pages.discard(self.page_id, self)
        self.sessions.refresh_soon()

    def adapt_headers(self) -> None:
        """Keep marimo's session to ourselves, allow framing by our own pages."""
        self.clear_header("Set-Cookie")
        self.set_header("Content-Security-Policy", self.content_security_policy)
        for name, value in HEADERS.items():
            self.set_header(name, value)
        if "Content-Type" not in self._headers and self.get_status() not in {204, 304}:
            self.set_header("Content-Type", "application/octet-stream")
        if self.is_page_route:
            self.clear_header("Etag")
            self.clear_header("Last-Modified")
            self.set_header("Cache-Control", "no-cache")
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
                self._hear()
                yield event
        finally:
            self.open_pages.discard(self.page_id, self)
            self.sessions.refresh_soon()

    def keeps_whole(self, reply: aiohttp.ClientResponse) -> bool:
        """Keep what a person would read, and what a save has written."""
        return (
            (reply.status >= 400 and self.is_navigation)
            or self.is_save
            or self._is_page(reply)
            or self._is_tutorial(reply)
            or self._is_worker(reply)
        )

    def rewritten(self, reply: aiohttp.ClientResponse, body: bytes) -> bytes:
        """Explain an error on a page of ours; fit marimo's page to the browser."""
        if self._is_page(reply):
            html = self.policy.fitted(self._with_our_assets(body.decode()), self.static_url)
            if self.early_id and marimo.hears_by_socket(html):
                html = with_early_session(html, self.early_id)
                # A page that is shown again from a cache would ask for the same session again.
                self.set_header("Cache-Control", "no-store")
            if self.forwarding.values_by_socket:
                html = with_values_by_socket(html)
            return fitted(
                self._with_token(html),
                self.forwarding.transport,
                self.found_transport,
                base_url=self.base_url,
                script_url=self.static_url("transport.js"),
            ).encode()
        if self._is_worker(reply):
            return body + self._pack_worker().encode()
        if self.is_save:
            self._saved = body if reply.status == 200 else None
            return body
        if self._is_tutorial(reply):
            self.named_files.note_tutorial(body)
            return body
        error = ReactiveError(_detail(body), _("Go back to the file browser."))
        page = self.error_page(error, path=self.notebook_path).encode()
        self.clear_header("Content-Encoding")
        return page

    def _with_our_assets(self, page: str) -> str:
        """Take the page's static files from `reactive/assets/`, if its marimo is the one here."""
        catalog = self.assets.catalog
        if catalog is None or not catalog.fits(page):
            return page
        worker = marimo_static.worker_address(page)
        self.assets.compress_soon()
        page = marimo_static.without_rare_files(page)
        page = marimo_static.with_static_files(page, self._assets_url(catalog))
        if worker is None:
            return page
        data = {
            "mark": marimo_static.DEFERRED,
            "worker": worker,
            "place": marimo_static.ROOT_ELEMENT,
            "label": _("The editor is being loaded…"),
        }
        return marimo.with_script(marimo_static.deferred(page), LATER_SCRIPT, data)

    def _pack_worker(self) -> str:
        """What marimo's service worker does besides."""
        catalog = self.assets.catalog
        if catalog is None:
            return ""
        places = {"pack": self.pack_url(), "folder": f"{self._assets_url(catalog)}/"}
        return f"\nself.reactivePack = {json.dumps(places)};\n{WORKER_SCRIPT}"

    def pack_url(self) -> str:
        """Where the pack of the editor's scripts is; nothing without a marimo of ours."""
        catalog = self.assets.catalog
        return f"{self._assets_url(catalog)}/{catalog.pack_name}" if catalog else ""

    def _assets_url(self, catalog: Catalog) -> str:
        return str(url_path_join(self.base_url, "reactive/assets", catalog.version))

    def _with_token(self, page: str) -> str:
        token = page_token(self.settings["cookie_secret"], self.base_url)
        data = {
            "name": PAGE_TOKEN_QUERY,
            "token": token,
            "path": url_path_join(self.base_url, "reactive/edit/"),
        }
        return marimo.with_script(page, PAGE_TOKEN_SCRIPT, data)

    def _is_tutorial(self, reply: aiohttp.ClientResponse) -> bool:
        return reply.status == 200 and self.route == marimo.TUTORIAL_ROUTE

    def _is_worker(self, reply: aiohttp.ClientResponse) -> bool:
        return reply.status == 200 and self.route == marimo_static.WORKER_ROUTE

    def _is_page(self, reply: aiohttp.ClientResponse) -> bool:
        return (
            reply.status == 200
            and self.request.method == "GET"
            and self.is_page_route
            and reply.content_type == "text/html"
            and "Content-Encoding" not in reply.headers
        )

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

    def _hear(self) -> None:
        if not self._heard:
            self._heard = True
            self.sessions.refresh_soon()


def _detail(body: bytes) -> str:
    """Marimo's own words for an error."""
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return _("The marimo server answered with an error.")
