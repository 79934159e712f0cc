"""Forwards HTTP piece by piece, both ways: no body is ever whole in memory.

Knows how bytes get from a browser to a marimo server and back; who may send which is `proxy`'s.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
from jupyter_server_proxy.handlers import ProxyHandler
from tornado import httputil, web
from yarl import URL

from .bodies import BoundedHandler
from .errors import ReactiveError, ServerUnavailable
from .forwarding import Forwarding
from .metrics import TO_BROWSER, TO_SERVER
from .servers.running import RunningServer
from .servers.tasks import retrieve
from .translation import _

# They speak of one connection only.
HOP_HEADERS = frozenset(
    {
        "Connection",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "Te",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
    }
)
# tornado has asked for the body by then; Content-Length is set again for the body that is sent.
REQUEST_HOP_HEADERS = HOP_HEADERS | {"Content-Length", "Expect"}
# Up to here a body goes in one piece, which costs less than a stream.
SMALL = 1024 * 1024
PIECE = 64 * 1024
# A body of theirs means nothing, and nobody would wait for its end.
BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
NO_TIMEOUT = aiohttp.ClientTimeout(total=None)
# What aiohttp would say of itself where the browser said nothing.
SILENT = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Upload:
    """A request body on its way; holds one piece, so that the browser waits for marimo."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue(maxsize=1)
        self._abandoned = False

    async def feed(self, piece: bytes) -> None:
        """Hand over the next piece, an empty one at the end; returns when there is room again."""
        if not self._abandoned:
            await self._pieces.put(piece)

    def abandon(self) -> None:
        """Take what still comes and drop it: marimo has answered, or is gone."""
        self._abandoned = True
        if not self._pieces.empty():
            self._pieces.get_nowait()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body, as it comes in."""
        while piece := await self._pieces.get():
            yield piece


class StreamingHandler(BoundedHandler, ProxyHandler):  # type: ignore[misc]  # untyped package
    """ProxyHandler with an HTTP part that streams. Subclasses say what may pass.

    Invariant: a body goes on only after `begin_upload` was called, and nothing goes on for a
    browser that has left.
    """

    forwarding: Forwarding
    decides_later = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._destination: tuple[RunningServer, str] | None = None
        self._upload: Upload | None = None
        self._uploaded = 0
        self._answer: asyncio.Task[aiohttp.ClientResponse] | None = None
        self._exchange: asyncio.Task[None] | None = None
        self._left = False

    @property
    def collects_whole(self) -> bool:
        """Whether a body has to be looked at as a whole, however large it is."""
        return False

    @property
    def is_large(self) -> bool:
        """Whether the request's body is streamed, and not collected first."""
        if self.request.method in BODILESS or self.collects_whole:
            return False
        return "Transfer-Encoding" in self.request.headers or self.body_length > SMALL

    @property
    def body_limit(self) -> int:
        """How many bytes the body may have."""
        if self.collects_whole:
            return self.request_limits.max_collected_size
        return SMALL if self.request.method in BODILESS else self.forwarding.max_upload_size

    @property
    def body_option(self) -> str:  # type: ignore[override]  # here it depends on the request
        """What an operator would raise."""
        if self.collects_whole:
            return "c.RequestLimits.max_collected_size"
        return "" if self.request.method in BODILESS else "c.Forwarding.max_upload_size"

    def redirect(self, url: str, *args: Any, **kwargs: Any) -> None:
        """Redirect once: ProxyHandler asks a stranger to log in whom Jupyter has asked already."""
        if not self._finished:
            super().redirect(url, *args, **kwargs)

    def begin_upload(self, server: RunningServer, path: str) -> None:
        """Send a large body on while it comes in; `forward` then waits for the answer."""
        self._destination = server, path

    async def screened(self, piece: bytes) -> bytes:
        """What of a large body's next piece may go on; nothing while that is not known yet.

        Raises:
            ReactiveError: no more of it is wanted.
        """
        return piece

    async def take(self, piece: bytes) -> None:
        """Take a piece of the request's body."""
        TO_SERVER.inc(len(piece))
        if self._destination is None:
            await super().take(piece)
            return
        piece = await self.screened(piece)
        self._uploaded += len(piece)
        if self.body_limit and self._uploaded > self.body_limit:
            raise self.too_large(self._uploaded)
        if piece:
            await self._begun_upload(*self._destination).feed(piece)

    def refuse(self, error: ReactiveError) -> None:
        """Answer with an error now; marimo hears no more of the body."""
        super().refuse(error)
        self._break_off()

    def on_finish(self) -> None:
        """The answer is given: nobody waits for another one."""
        super().on_finish()
        self._break_off()

    def _break_off(self) -> None:
        if self._answer is not None:
            self._answer.cancel()

    def _begun_upload(self, server: RunningServer, path: str) -> Upload:
        if self._upload is None:
            upload = self._upload = Upload()
            self._answer = asyncio.create_task(self._ask(server, path, upload.pieces()))
            self._answer.add_done_callback(retrieve)
            self._answer.add_done_callback(lambda _answer: upload.abandon())
        return self._upload

    async def forward(self, server: RunningServer, path: str) -> None:
        """Send the request to a server, and its answer to the browser.

        Raises:
            ServerUnavailable: it does not answer.
        """
        self.require_body()
        self._record_activity()
        if self._destination is not None:
            await self._begun_upload(*self._destination).feed(b"")
        self._exchange = asyncio.create_task(self._pass_on(server, path))
        try:
            await self._exchange
        except asyncio.CancelledError:
            if not self._left:
                raise
        finally:
            self._record_activity()

    def adapt_headers(self) -> None:
        """Change what marimo says of its answer."""

    async def pieces(self, reply: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
        """What the browser gets of an answer that is streamed."""
        # Small ones: a browser that reads slowly holds one, and what the system has read ahead.
        async for piece in reply.content.iter_chunked(PIECE):
            yield piece

    def keeps_whole(self, reply: aiohttp.ClientResponse) -> bool:
        """Whether an answer is needed in one piece, for `rewritten`."""
        return False

    def rewritten(self, reply: aiohttp.ClientResponse, body: bytes) -> bytes:
        """What the browser gets in the place of an answer that was kept whole."""
        return body

    def compute_etag(self) -> None:
        """Leave marimo's own."""
        return

    def on_connection_close(self) -> None:
        """The browser left: let marimo know, whatever is on its way."""
        super().on_connection_close()
        # The websocket base does not pass it on, and the wait for a body would never end.
        web.RequestHandler.on_connection_close(self)
        self._left = True
        for task in (self._answer, self._exchange):
            if task is not None:
                task.cancel()

    async def _ask(
        self, server: RunningServer, path: str, body: bytes | BytesIO | AsyncIterator[bytes] | None
    ) -> aiohttp.ClientResponse:
        spec = server.spec
        request = self._build_proxy_request(spec.host, spec.port, path, None)
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.title() not in REQUEST_HOP_HEADERS
        } | server.client.credentials
        if self._upload is not None and self.body_length:
            headers["Content-Length"] = str(self.body_length)
        try:
            # aiohttp itself tries an idempotent request again whose kept connection was closed.
            return await server.client.connections.request(
                self.request.method or "GET",
                URL(request.url, encoded=True),
                headers=headers,
                data=body,
                allow_redirects=False,
                timeout=NO_TIMEOUT,
                skip_auto_headers=SILENT,
            )
        except (aiohttp.ClientError, OSError) as e:
            raise _unavailable() from e

    async def _pass_on(self, server: RunningServer, path: str) -> None:
        body: bytes | BytesIO | None = bytes(self.collected)
        if len(self.collected) > SMALL:
            # aiohttp sends it piece by piece.
            body = BytesIO(self.collected)
        elif not body and self.request.method not in {"POST", "PUT"}:
            body = None
        reply = await (self._answer or self._ask(server, path, body))
        async with reply:
            self._set_head(server, path, reply)
            length = reply.content_length
            if self.keeps_whole(reply):
                self.clear_header("Content-Length")
                self._send(self.rewritten(reply, await _whole(reply)))
            elif length is not None and length <= SMALL and self.request.method != "HEAD":
                self._send(await _whole(reply))
            else:
                await self._stream(reply)

    def _send(self, piece: bytes) -> None:
        TO_BROWSER.inc(len(piece))
        self.write(piece)

    async def _stream(self, reply: aiohttp.ClientResponse) -> None:
        # ProxyHandler's websocket base hides the future that `flush` returns.
        await web.RequestHandler.flush(self)
        try:
            async with contextlib.aclosing(self.pieces(reply)) as pieces:
                async for piece in pieces:
                    self._send(piece)
                    await web.RequestHandler.flush(self)
        except (aiohttp.ClientError, OSError) as e:
            self.log.warning("marimo broke off an answer: %s", e)
            # An end in good order would make half a file look whole.
            self.detach().close()

    def _set_head(self, server: RunningServer, path: str, reply: aiohttp.ClientResponse) -> None:
        self.set_status(reply.status, reply.reason)
        self._headers = httputil.HTTPHeaders()
        for name, value in reply.headers.items():
            if name.title() not in HOP_HEADERS:
                self.add_header(name, value)
        if reply.status in REDIRECTS and "Location" in self._headers:
            spec = server.spec
            place = self._rewrite_location_header(
                self._headers["Location"], spec.host, spec.port, path
            )
            self.set_header("Location", place)
        self.adapt_headers()


async def _whole(reply: aiohttp.ClientResponse) -> bytes:
    try:
        return await reply.read()
    except (aiohttp.ClientError, OSError) as e:
        raise _unavailable() from e


def _unavailable() -> ServerUnavailable:
    return ServerUnavailable(
        _("The marimo server does not answer."),
        _("Wait a moment and load the page again; restart the server if it stays so."),
    )
