"""How much browsers may ask at once, how large and how slow a request may be."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import tornado.httpclient
import tornado.websocket
from jupyter_server.utils import url_path_join

from jupyter_reactive.bodies import LIMITS_SETTING
from jupyter_reactive.notebooks import marimo

STAND_IN = Path(__file__).parent.parent / "resources" / "stand_in.py"


@pytest.fixture
def jp_server_config(jp_server_config):
    return {
        **jp_server_config,
        "EditServerLauncher": {"command": [sys.executable, str(STAND_IN)]},
        "RequestLimits": {
            "max_requests_per_session": 3,
            "max_requests": 5,
            "max_collected_size": 2_000_000,
            "body_timeout": 1,
        },
    }


@pytest.fixture
def send(root_url, jp_auth_header):
    """Open a connection and send the head of a request."""

    @contextlib.asynccontextmanager
    async def connect(
        route: str, *lines: str, method: str = "POST"
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        url = urlsplit(url_path_join(root_url, "reactive", route))
        head = [
            f"{method} {url.path}?{url.query} HTTP/1.1",
            f"Host: {url.netloc}",
            f"Authorization: {jp_auth_header['Authorization']}",
            *lines,
        ]
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.write("\r\n".join([*head, "", ""]).encode())
        try:
            yield reader, writer
        finally:
            writer.close()
            await asyncio.wait([asyncio.ensure_future(writer.wait_closed())])

    return connect


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], dict[str, str]]:
    """Status, headers and JSON of an answer."""
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).decode()
    status, *lines = head.split("\r\n")
    headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers["content-length"]))
    return int(status.split()[1]), headers, json.loads(body)


async def nobody_is_counted(reactive, until) -> None:
    limits = reactive.settings[LIMITS_SETTING]
    await until(lambda: not (limits._requests or limits._connections or limits._collected))
    assert not limits._sessions


LARGE = f"Content-Length: {10**9}"
SAVE = f"edit{marimo.SAVE_ROUTE}"


@pytest.mark.parametrize("route", ["api/notebooks", SAVE, "open/x", "edit/x"])
async def test_announced_bodies(started, send, reactive, until, route: str):
    """Refused by their head, also where nobody expects a body."""
    length = 10**11 if route == "edit/x" else 10**9
    async with send(route, f"Content-Length: {length}") as (reader, _writer):
        status, headers, told = await answer(reader)
        # `open/x` knows no POST.
        assert status == 413
        assert headers["connection"] == "close"
        assert told["remedy"]
    await nobody_is_counted(reactive, until)


@pytest.mark.parametrize("route", ["api/status", "edit/x", "edit/ws?session_id=s_1", "assets/1/x"])
async def test_large_headers(started, send, reactive, until, route: str):
    """In one of them, in many, or in the address."""
    cookies = [f"X-{number}: {'x' * 1000}" for number in range(40)]
    long = f"{route}{'&' if '?' in route else '?'}q={'x' * 40_000}"
    for target, lines in ((route, [f"X-One: {'x' * 40_000}"]), (route, cookies), (long, [])):
        async with send(target, *lines, method="GET") as (reader, _writer):
            status, _headers, told = await answer(reader)
            assert status == 431
            assert told["remedy"]
    await nobody_is_counted(reactive, until)


@pytest.mark.parametrize("route", ["api/notebooks", SAVE])
@pytest.mark.parametrize("size", [3_000_000, 40_000_000])
async def test_bodies_of_unknown_length(started, send, reactive, until, route: str, size: int):
    async with send(route, "Transfer-Encoding: chunked") as (reader, writer):
        piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

        async def sent() -> None:
            for _ in range(size // 0x10000):
                writer.write(piece)
                await writer.drain()
            writer.write(b"0\r\n\r\n")

        sending = asyncio.ensure_future(sent())
        if size < 16_000_000:
            status, _headers, told = await answer(reader)
            assert status == 413
            assert "more than may be sent" in told["message"]
        else:
            # Who goes on sending may only see the connection's end.
            with pytest.raises(ConnectionError):
                await sending
        sending.cancel()
        await asyncio.wait([sending])
    await nobody_is_counted(reactive, until)


async def test_connections_are_kept(started, send):
    """By the routes of ours and by those of marimo, when all is well."""
    for route, body in (("api/notebooks/recognise", b'{"paths": []}'), ("edit/x", b"x")):
        async with send(route, f"Content-Length: {len(body)}") as (reader, writer):
            writer.write(body)
            status, headers, _told = await answer(reader)
            assert status == 200
            assert headers.get("connection") != "close"


async def test_a_body_of_which_nothing_comes(started, send, reactive, until):
    for route in ("api/notebooks", "edit/x", SAVE):
        async with send(route, "Content-Length: 20") as (reader, writer):
            for _ in range(4):
                # Slow, but it goes on.
                writer.write(b"x")
                await asyncio.sleep(0.5)
            status, headers, told = await answer(reader)
            assert status == 408, route
            assert headers["connection"] == "close"
            assert "for 1 seconds" in told["message"]
    await nobody_is_counted(reactive, until)


async def test_requests_of_one_page(started, send, fetch, reactive, until):
    reactive.settings[LIMITS_SETTING].body_timeout = 0
    session = {marimo.SESSION_HEADER: "s_1"}
    other = {marimo.SESSION_HEADER: "s_2"}
    async with contextlib.AsyncExitStack() as stack:
        slow = f"{marimo.SESSION_HEADER}: s_1"
        for _ in range(3):
            await stack.enter_async_context(send("edit/x", slow, "Content-Length: 5"))
        limits = reactive.settings[LIMITS_SETTING]
        await until(lambda: limits._sessions["s_1"] == 3)
        reply = await fetch("reactive", "edit", "x", headers={**session})
        assert reply.status == 429
        assert reply.headers["Retry-After"] == "1"
        assert "Too many requests" in reply.json["message"]
        assert (await fetch("reactive", "edit", "x", headers={**other})).status == 200
        # Now all together.
        for _ in range(2):
            await stack.enter_async_context(send("edit/x", "Content-Length: 5"))
        await until(lambda: limits._requests == 5)
        assert (await fetch("reactive", "edit", "x", headers={**other})).status == 429
        assert (await fetch("reactive", "api", "status")).status == 429
        assert (await fetch("api", "status")).status == 200, "Jupyter itself goes on"
    await nobody_is_counted(reactive, until)
    assert (await fetch("reactive", "edit", "x", headers={**session})).status == 200


async def test_bodies_that_are_held_together(started, send, fetch, reactive, until):
    """Four of the largest at most."""
    limits = reactive.settings[LIMITS_SETTING]
    limits.body_timeout = 0
    limits.max_requests = 100
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(4):
            _reader, writer = await stack.enter_async_context(send(SAVE, "Content-Length: 2000000"))
            writer.write(b"x" * 1_999_000)
        await until(lambda: limits._collected == 4 * 1_999_000)
        reply = await fetch("reactive", "edit", "x", method="POST", body="x" * 10_000)
        assert reply.status == 429
        assert (await fetch("reactive", "edit", "x", method="POST", body="x")).status == 200
    await nobody_is_counted(reactive, until)


async def test_pages_that_are_connected(started, root_url, jp_auth_header, fetch, reactive, until):
    """They count apart, and leave whichever side ends the connection."""

    async def connect():
        url = url_path_join(root_url, "reactive/edit/ws").replace("http", "ws", 1)
        return await tornado.websocket.websocket_connect(
            tornado.httpclient.HTTPRequest(f"{url}?session_id=s_1", headers=jp_auth_header)
        )

    sockets = [await connect() for _ in range(5)]
    with pytest.raises(tornado.httpclient.HTTPClientError) as raised:
        await connect()
    assert raised.value.code == 429
    assert (await fetch("reactive", "edit", "x")).status == 200
    await sockets[0].write_message("close")
    for socket in sockets[1:]:
        socket.close()
    await nobody_is_counted(reactive, until)


async def test_a_message_of_the_browsers_that_is_too_large(
    started, root_url, jp_auth_header, fetch, until, reactive
):
    """tornado's own limit: 10 MiB."""
    url = url_path_join(root_url, "reactive/edit/ws").replace("http", "ws", 1)
    socket = await tornado.websocket.websocket_connect(
        tornado.httpclient.HTTPRequest(f"{url}?session_id=s_1", headers=jp_auth_header)
    )
    await socket.read_message()
    await socket.write_message(b"x" * (10 * 1024**2), binary=True)
    assert len(await socket.read_message()) == 10 * 1024**2
    # The server may be gone while this is still sent, and its reason (1009) with it.
    with contextlib.suppress(tornado.websocket.WebSocketClosedError):
        await socket.write_message(b"x" * (10 * 1024**2 + 1), binary=True)
    assert await socket.read_message() is None
    assert socket.close_code in {1009, None}
    assert (await fetch("reactive", "edit", "x")).status == 200
    await nobody_is_counted(reactive, until)


async def test_headers_that_are_too_large(started, send, fetch):
    """tornado's own limit of 64 KiB, for all of Jupyter: the connection ends without an answer."""
    async with send("edit/x", f"X-Long: {'x' * 100_000}", method="GET") as (reader, _writer):
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await answer(reader)
    assert (await fetch("reactive", "edit", "x", headers={"X-Long": "x" * 30_000})).status == 200
