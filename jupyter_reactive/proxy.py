"""Says what of ``reactive/edit/…`` may pass to the edit server, and what comes back.

`forwarding` moves bodies and `sockets` messages. Both build on `ProxyHandler` of
jupyter-server-proxy, not on its supervised handler, which takes over the signal handlers of the
whole process.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
from jupyter_server_proxy.handlers import ProxyHandler
from tornado import web

from .contents import NotebookFiles
from .errors import NotebookMissing, NotebookMoving, NotFound, ReactiveError
from .forwarding import StreamingHandler
from .messages import limited, limited_events
from .notebooks import marimo
from .pages.base import PageHandler
from .pages.open import SECRET_QUERIES
from .servers.manager import EDIT_SERVER, RunningServer, ServerManager
from .servers.sessions import SessionMonitor
from .sockets import SocketHandler
from .translation import _
from .transport import COOKIE, fitted
from .web import permitted

# Jupyter's credentials stay in Jupyter.
# A page's address may hold the token that it was opened with.
PRIVATE_HEADERS = ("Cookie", "Authorization", "X-Xsrftoken", "Referer")
# How Jupyter's own clients hand the token to a websocket.
TOKEN_SUBPROTOCOL = "v1.token.websocket.jupyter.org"  # noqa: S105  # a name, no secret
# By which a browser asks for what has changed only.
CONDITIONS = ("If-None-Match", "If-Modified-Since")
SUBPROTOCOL_HEADER = "Sec-Websocket-Protocol"


def is_use(handler: EditProxyHandler) -> bool:
    """Whether a request counts as activity: what a user does is posted, polling is fetched."""
    return handler.request.method == "POST"


class EditProxyHandler(PageHandler, StreamingHandler, SocketHandler):  # type: ignore[misc]  # untyped package
    """``reactive/edit/…``: the edit server behind Jupyter's authentication."""

    files: NotebookFiles
    servers: ServerManager
    sessions: SessionMonitor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args,
            **kwargs,
            host_allowlist=self._is_our_server,
            update_last_activity=is_use,
        )
        self.proxy_base = "reactive/edit"
        self._server: RunningServer | None = None
        self._heard = False
        self._file_key = ""
        self._brought_secret = False
        self._query: list[tuple[str, str]] = []
        self._saved: bytes | None = None
        self._transport: str | None = None

    @property
    def notebook_path(self) -> str:
        """The contents path behind ``?file=``."""
        key = self._file_key
        return (self.files.api_path(key) or "") if key.startswith("/") else key

    async def prepare(self) -> None:  # type: ignore[override]  # ProxyHandler's takes nothing
        """Authenticate, refuse other origins, drop secrets of Jupyter's from the request.

        What is streamed goes on from here, before its verb is called.
        """
        await super().prepare(_redirect_to_login=not self._is_upgrade)
        if self._finished:
            return
        if self.request.method not in {"GET", "HEAD", "OPTIONS"} and not self.check_origin():
            raise web.HTTPError(403, _("This page may not act on the notebooks of this server."))
        self._transport = self.get_cookie(COOKIE)
        for name in PRIVATE_HEADERS:
            self.request.headers.pop(name, None)
        protocols = self.request.headers.pop(SUBPROTOCOL_HEADER, "").split(",")
        kept = [word.strip() for word in protocols if TOKEN_SUBPROTOCOL not in word]
        if any(kept):
            self.request.headers[SUBPROTOCOL_HEADER] = ", ".join(filter(None, kept))
        brought = parse_qsl(self.request.query, keep_blank_values=True)
        query = self._query = [(key, value) for key, value in brought if key not in SECRET_QUERIES]
        self._brought_secret = len(query) != len(brought)
        # One file, read once and raw: what we check is what marimo opens.
        files = [value for key, value in query if key == marimo.FILE_QUERY]
        self._file_key = files[-1] if files else ""
        self.request.query = urlencode(
            [(key, value) for key, value in query if key != marimo.FILE_QUERY]
            + [(marimo.FILE_QUERY, self._file_key)] * bool(files)
        )
        path = self.path_args[0]
        if f"/{path}" == marimo.PAGE_ROUTE:
            # What a browser has kept was made for the transport that it had then.
            for name in CONDITIONS:
                self.request.headers.pop(name, None)
        self.admit_body()
        if self.is_large and not self._is_save:
            await self._send_on(path)

    @permitted("execute")
    async def _send_on(self, path: str) -> None:
        """Begin to forward a large body."""
        self.begin_upload(await self._target(path), path)

    @permitted("execute")
    async def get(self, path: str) -> None:
        """Forward a GET, or open a websocket."""
        if self._is_upgrade:
            # Before the handshake, so that a refusal is an answer and not a broken connection.
            await self._check_place()
            self._server = await self._reach()
        await ProxyHandler.get(self, path)

    @permitted("execute")
    async def head(self, path: str) -> None:
        """Forward a HEAD."""
        await self._forward(path)

    @permitted("execute")
    async def post(self, path: str) -> None:
        """Forward a POST, and notice what it changed."""
        await self._forward(path)
        if f"/{path}" in marimo.SESSION_CHANGING_ROUTES:
            self.sessions.refresh_soon()

    @permitted("execute")
    async def put(self, path: str) -> None:
        """Forward a PUT."""
        await self._forward(path)

    @permitted("execute")
    async def patch(self, path: str) -> None:
        """Forward a PATCH."""
        await self._forward(path)

    @permitted("execute")
    async def delete(self, path: str) -> None:
        """Forward a DELETE."""
        await self._forward(path)

    @permitted("execute")
    async def options(self, path: str) -> None:
        """Forward an OPTIONS."""
        await self._forward(path)

    async def http_get(self, path: str) -> None:
        """Forward a GET; a page is checked first, and waits for the server on a page of ours."""
        if not self.is_navigation:
            await self._check_place()
            await self._forward(path)
            return
        if self._brought_secret:
            # Or every request of the page would carry the token in its Referer.
            path = self.request.path
            self.redirect(f"{path}?{self.request.query}" if self.request.query else path)
            return
        await self._check_notebook()
        if self.servers.running() is None:
            self.servers.refuse_failed()
            self.servers.begin_start()
            self.set_status(202)
            self.finish(
                self.page(
                    _("Starting the reactive notebooks"),
                    _("marimo is starting. This page goes on by itself, usually within seconds."),
                    waiting=True,
                )
            )
            return
        await self._forward(path)

    async def open(self, path: str) -> None:
        """Connect the browser's websocket with the edit server's."""
        assert self._server is not None
        await self.connect(self._server, path)

    def shaped(self, message: str) -> str:
        """Hold a message against the limit; the first one tells that the session is there."""
        self._hear()
        return limited(message, self.forwarding.max_message_size)

    def on_close(self) -> None:
        """The browser left; the session may end with it."""
        super().on_close()
        self.sessions.refresh_soon()

    def get_request_headers_override(self) -> dict[str, str]:
        """The secret that opens the edit server's routes."""
        assert self._server is not None
        return {"Authorization": f"Bearer {self._server.spec.secret}"}

    def server_log(self) -> list[str]:
        """The edit server's last lines."""
        return self.servers.log_lines(EDIT_SERVER)

    def _hear(self) -> None:
        if not self._heard:
            self._heard = True
            self.sessions.refresh_soon()

    @property
    def _session_id(self) -> str:
        return str(self.request.headers.get(marimo.SESSION_HEADER, ""))

    @property
    def _is_save(self) -> bool:
        return self.request.method == "POST" and f"/{self.path_args[0]}" == marimo.SAVE_ROUTE

    @property
    def _is_upgrade(self) -> bool:
        return self.request.headers.get("Upgrade", "").lower() == "websocket"

    async def _reach(self) -> RunningServer:
        """The server, for a page or program that is there already."""
        query = dict(self._query).get(marimo.SESSION_QUERY)
        return await self.servers.reach(self._session_id or query)

    async def _target(self, path: str) -> RunningServer:
        """The server for a request, unless there is a reason to refuse it."""
        if f"/{path}".startswith(marimo.AUTH_ROUTE):
            raise NotFound(
                _("There is nothing at {path}.").format(path=self.request.path),
                _("Jupyter's own authentication opens the notebooks."),
            )
        if self._is_save and self.sessions.is_moving(self._session_id):
            raise NotebookMoving(
                _("The notebook is just being moved."),
                _("The page loads again under the new name, with everything that was typed."),
            )
        self._server = await self._reach()
        return self._server

    async def _forward(self, path: str) -> None:
        await self.forward(self._server or await self._target(path), path)
        if self._is_save:
            await self._restore_deleted()

    def _is_our_server(self, _handler: Any, host: str) -> bool:
        return self._server is not None and host == self._server.spec.host

    def adapt_headers(self) -> None:
        """Keep marimo's session to ourselves, allow framing by our own pages."""
        self.clear_header("Set-Cookie")
        self.set_header("Content-Security-Policy", self.content_security_policy)
        if f"/{self.path_args[0]}" == marimo.PAGE_ROUTE:
            self.clear_header("Etag")
            self.clear_header("Last-Modified")
            self.set_header("Cache-Control", "no-cache")

    async def pieces(self, reply: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
        """Stream an answer; the first and the last event tell of the page's session."""
        pieces = super().pieces(reply)
        is_session = f"/{self.path_args[0]}" == marimo.EVENTS_ROUTE
        limit = self.forwarding.max_message_size
        if is_session and limit:
            pieces = limited_events(pieces, limit)
        try:
            async for piece in pieces:
                if is_session:
                    self._hear()
                yield piece
        finally:
            if is_session:
                self.sessions.refresh_soon()

    def keeps_whole(self, reply: aiohttp.ClientResponse) -> bool:
        """Keep what a person would read, and what a save has written."""
        return (reply.status >= 400 and self.is_navigation) or self._is_save or self._is_page(reply)

    def rewritten(self, reply: aiohttp.ClientResponse, body: bytes) -> bytes:
        """Explain an error on a page of ours; fit marimo's page to the browser."""
        if self._is_page(reply):
            return fitted(
                body.decode(),
                self.forwarding.transport,
                self._transport,
                base_url=self.base_url,
                script_url=self.static_url("transport.js"),
            ).encode()
        if self._is_save:
            self._saved = body if reply.status == 200 else None
            return body
        error = ReactiveError(_detail(body), _("Go back to the file browser."))
        page = self.error_page(error, path=self.notebook_path).encode()
        self.clear_header("Content-Encoding")
        return page

    def _is_page(self, reply: aiohttp.ClientResponse) -> bool:
        return (
            reply.status == 200
            and self.request.method == "GET"
            and f"/{self.path_args[0]}" == marimo.PAGE_ROUTE
            and reply.content_type == "text/html"
            and "Content-Encoding" not in reply.headers
        )

    async def _check_notebook(self) -> None:
        """Raise for a link to something that marimo cannot open."""
        path = self.notebook_path
        # Without a contents path it is a new notebook, or one of marimo's own tutorials.
        if path and not self._file_key.startswith(marimo.NEW_FILE_KEY):
            await self.files.notebook(path)

    async def _check_place(self) -> None:
        """Raise when a request for a session names a file that nobody may open by a link.

        A file that is gone is none of these: its session may still be there.
        """
        path = self.notebook_path
        if path and not self._file_key.startswith(marimo.NEW_FILE_KEY):
            with contextlib.suppress(NotebookMissing):
                await self.files.locate(path)

    async def _restore_deleted(self) -> None:
        """Write the notebook again when its file was deleted under a running session.

        marimo skips the write of a source that equals its last save, so that a deleted notebook
        would never come back although the user was told that it is saved.
        """
        session_id = self._session_id
        path = self.sessions.path_of(session_id)
        saved = self._saved
        if not path or saved is None or not self.sessions.is_deleted(session_id):
            return
        if not path.exists():
            api_path = self.files.api_path(path)
            if not api_path or not json.loads(self.request.body).get("persist", True):
                return
            await self.files.restore(api_path, saved.decode())
        self.sessions.note_restored(session_id)


def _detail(body: bytes) -> str:
    """Marimo's own words for an error."""
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return _("The marimo server answered with an error.")
