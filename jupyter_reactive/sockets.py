"""Connects a browser's websocket with marimo's, whatever the size of a message.

ProxyHandler's own drops messages of more than 10 MiB and the reason of a close.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import aiohttp
from jupyter_server_proxy.handlers import ProxyHandler
from tornado import websocket
from yarl import URL

from .errors import ServerUnavailable
from .forwarding import Forwarding
from .messages import byte_size
from .metrics import TO_BROWSER, TO_SERVER
from .servers.running import RunningServer

# A handshake of its own is made with marimo.
HANDSHAKE_HEADERS = frozenset(
    {
        "Connection",
        "Sec-Websocket-Extensions",
        "Sec-Websocket-Key",
        "Sec-Websocket-Protocol",
        "Sec-Websocket-Version",
        "Upgrade",
    }
)
CLOSING = frozenset(
    {
        aiohttp.WSMsgType.CLOSE,
        aiohttp.WSMsgType.CLOSING,
        aiohttp.WSMsgType.CLOSED,
        aiohttp.WSMsgType.ERROR,
    }
)
# These say that there was no code, and may not be sent.
NO_CODES = frozenset({None, 1005, 1006, 1015})
INTERNAL_ERROR = 1011
PONG = 0xA
# Above it the time to compress, some 20 ms for each MB of a picture, would be missed by others.
MOST_COMPRESSED = 4 * 1024 * 1024
# Gateways cut what is silent for a minute.
KEEP_OPEN_SECONDS = 20


class SocketHandler(ProxyHandler):  # type: ignore[misc]  # untyped package
    """ProxyHandler with websockets of ours.

    Invariant: of each direction one message is on its way; who sends more waits.
    """

    forwarding: Forwarding

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._socket: aiohttp.ClientWebSocketResponse[bool] | None = None
        # Kept, or they could be collected while they run.
        self._relay: asyncio.Task[None] | None = None
        self._farewell: asyncio.Task[bool] | None = None
        self._kept_open = time.monotonic()

    def get_compression_options(self) -> dict[str, Any] | None:
        """Compress what goes to the browser, if it can read that."""
        level = self.forwarding.compression_level
        return {"compression_level": level} if level else None

    async def connect(self, server: RunningServer, path: str) -> None:
        """Open marimo's websocket; what it says goes to the browser from then on."""
        if self.ws_connection is not None:
            # Or each message of a burst would wait until the browser has confirmed the one before.
            self.ws_connection.set_nodelay(True)
        spec = server.spec
        try:
            self._socket = await server.client.connections.ws_connect(
                URL(self.get_client_uri("ws", spec.host, spec.port, path), encoded=True),
                headers=self.headers_to_server() | server.client.credentials,
                protocols=self._requested_subprotocols or (),
                max_msg_size=0,
                # marimo's pings keep the browser's connection open too.
                autoping=False,
            )
        except (aiohttp.ClientError, OSError, ServerUnavailable) as e:
            self.log.warning("marimo does not open a websocket: %s", e)
            self.close(INTERNAL_ERROR)
            return
        if self.ws_connection is None:
            # The browser has left meanwhile.
            await self._socket.close()
            return
        self._relay = asyncio.create_task(self._pass_messages(self._socket))

    def headers_to_server(self) -> dict[str, str]:
        """What the browser's handshake brought for marimo, without the handshake itself."""
        return {
            name: value
            for name, value in self.proxy_request_headers().items()
            if name.title() not in HANDSHAKE_HEADERS
        }

    def tell(self, message: str) -> None:
        """Send the page a message of ours; one that has just left needs none."""
        with contextlib.suppress(websocket.WebSocketClosedError):
            self.write_message(message)

    def shaped(self, message: str) -> str:
        """What the browser gets in the place of a message."""
        return message

    def broken_off(self) -> None:
        """Marimo is gone without a word; the browser's side is still open."""

    async def on_message(self, message: str | bytes) -> None:
        """Pass a message of the browser's on."""
        if self._socket is None:
            return
        # marimo may have left a moment ago; the relay closes the browser's side.
        with contextlib.suppress(ConnectionError):
            TO_SERVER.inc(byte_size(message))
            if isinstance(message, bytes):
                await self._socket.send_bytes(message)
            else:
                await self._socket.send_str(message)

    async def on_ping(self, data: bytes) -> None:
        """Pass a ping of the browser's on; tornado has answered it."""
        if self._socket is not None:
            with contextlib.suppress(ConnectionError):
                await self._socket.ping(data)

    def on_close(self) -> None:
        """The browser left: leave marimo too. The relay hears of it and ends."""
        if self._socket is not None:
            self._farewell = asyncio.create_task(self._socket.close())

    async def _pass_messages(self, socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        try:
            while (message := await socket.receive()).type not in CLOSING:
                await self._pass_message(socket, message)
        except (websocket.WebSocketClosedError, ConnectionError):
            return
        finally:
            await socket.close()
        if message.type is aiohttp.WSMsgType.CLOSE and message.data not in NO_CODES:
            self.close(message.data, message.extra)
        else:
            if message.type is not aiohttp.WSMsgType.CLOSE and self._farewell is None:
                self.broken_off()
            self.close()

    async def _write(self, message: str | bytes) -> None:
        """Send the browser a message, a very large one as it is.

        A connection may mix both (RFC 7692, 6); tornado offers to compress all or none.
        """
        connection = self.ws_connection
        is_binary = isinstance(message, bytes)
        if connection is None or len(message) <= MOST_COMPRESSED:
            await self.write_message(message, binary=is_binary)
            return
        compressor, connection._compressor = connection._compressor, None  # noqa: SLF001
        try:
            sent = self.write_message(message, binary=is_binary)
        finally:
            connection._compressor = compressor  # noqa: SLF001
        await sent

    def _keep_open(self) -> None:
        """Keep gateways from cutting an idle connection, without waking the browser.

        A pong that nobody asked for (RFC 6455, 5.5.3) does it as well as a ping, but the browser
        sends nothing back: the Hub's proxy takes whatever a browser sends for use, and no idle
        tab would ever be culled.
        """
        now = time.monotonic()
        if self.ws_connection is not None and now - self._kept_open > KEEP_OPEN_SECONDS:
            self._kept_open = now
            self.ws_connection._write_frame(True, PONG, b"")  # noqa: FBT003, SLF001  # no public way

    async def _pass_message(
        self, socket: aiohttp.ClientWebSocketResponse[bool], message: Any
    ) -> None:
        match message.type:
            case aiohttp.WSMsgType.TEXT:
                text = self.shaped(message.data)
                TO_BROWSER.inc(byte_size(text))
                await self._write(text)
            case aiohttp.WSMsgType.BINARY:
                TO_BROWSER.inc(len(message.data))
                await self._write(message.data)
            case aiohttp.WSMsgType.PING:
                await socket.pong(message.data)
                self._keep_open()
