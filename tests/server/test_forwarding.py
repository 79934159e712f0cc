"""What goes through to marimo and back: each method, header and byte, as soon as it is there."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
import pytest
import tornado.httpclient
from jupyter_server.auth import Authorizer
from jupyter_server.utils import url_path_join
from yarl import URL

STAND_IN = Path(__file__).parent.parent / "resources" / "stand_in.py"


@pytest.fixture
def jp_server_config(jp_server_config):
    return {
        **jp_server_config,
        "EditServerLauncher": {"command": [sys.executable, str(STAND_IN)]},
        # Its connections would be counted among those of the tests.
        "LivenessProbe": {"interval": 0},
        "Forwarding": {"max_upload_size": 50_000_000},
    }


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_every_method_is_forwarded(started, fetch, method: str):
    options = {"body": "é=1"} if method in {"POST", "PUT", "PATCH"} else {}
    reply = await fetch(
        "reactive",
        "edit",
        "a b",
        "é",
        params={"x": "1 2", "file": "n.py"},
        method=method,
        **options,
    )
    assert reply.status == 200
    assert reply.json["method"] == method
    assert reply.json["uri"] == "/a%20b/%C3%A9?x=1+2&file=n.py"
    assert reply.json["body"].encode("latin-1").decode() == options.get("body", "")


async def test_head_and_options(started, fetch):
    assert (await fetch("reactive", "edit", "x", method="HEAD")).status == 200
    assert (await fetch("reactive", "edit", "x", method="OPTIONS")).json["method"] == "OPTIONS"


async def test_redirect_keeps_the_prefix(started, fetch, jp_base_url):
    reply = await fetch("reactive", "edit", "redirect")
    assert reply.status == 302
    assert reply.headers["Location"] == url_path_join(jp_base_url, "reactive/edit/elsewhere")


@pytest.mark.parametrize("status", [404, 403, 500])
async def test_an_error_of_marimo_is_a_page_for_people(
    started, fetch, browse, reactive, status: int
):
    reply = await browse("reactive", "edit", "status", str(status))
    assert reply.status == status
    assert f"the server says {status}" in reply.text
    assert "<h1>" in reply.text
    reply = await fetch("reactive", "edit", "status", str(status))
    assert reply.json == {"detail": f"the server says {status}"}


async def test_event_stream_is_not_buffered(started, root_url, jp_auth_header, fetch):
    """Each event is sent only after the one before has arrived here."""
    arrived: list[bytes] = []
    headers_seen: list[str] = []

    def chunk(data: bytes) -> None:
        arrived.append(data)

    url = url_path_join(root_url, "reactive/edit/sse")
    stream = asyncio.ensure_future(
        tornado.httpclient.AsyncHTTPClient().fetch(
            url,
            headers={**jp_auth_header, "Accept": "text/event-stream"},
            streaming_callback=chunk,
            header_callback=headers_seen.append,
            request_timeout=30,
        )
    )
    for number in range(3):
        while f"data: {number}" not in b"".join(arrived).decode():
            assert not stream.done(), stream.exception()
            await asyncio.sleep(0.02)
        await fetch("reactive", "edit", "sse", method="POST")
    await stream
    assert "session=secret" not in "".join(headers_seen)


async def test_event_stream_ends_with_its_reader(started, root_url, jp_auth_header, until):
    url = URL(url_path_join(root_url, "reactive/edit/sse"), encoded=True)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = {"Host": "localhost", "Accept": "text/event-stream", **jp_auth_header}
    lines = [f"GET {url.raw_path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    arrived = b""
    while b"data: 0" not in arrived:
        arrived += await asyncio.wait_for(reader.read(1000), 20)
    assert b"session=secret" not in arrived

    def streams() -> list[object]:
        root = psutil.Process(started.process.pid)
        return [
            connection
            for process in (root, *root.children(recursive=True))
            for connection in process.net_connections()
            if connection.status == psutil.CONN_ESTABLISHED
            and connection.laddr.port == started.spec.port
        ]

    before = len(streams())
    assert before >= 1
    writer.close()
    await until(lambda: len(streams()) < before)


@pytest.fixture
def raw(root_url, jp_auth_header):
    """Speak HTTP by hand, so that a test decides when each byte is sent."""

    @asynccontextmanager
    async def connect(method: str, route: str, **headers: str):
        url = URL(url_path_join(root_url, "reactive/edit", route), encoded=True)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        sent = {"Host": "localhost", **jp_auth_header, **headers}
        lines = [
            f"{method} {url.raw_path} HTTP/1.1",
            *(f"{name.replace('_', '-')}: {value}" for name, value in sent.items()),
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        try:
            yield reader, writer
        finally:
            writer.close()

    return connect


async def status_of(reader: asyncio.StreamReader) -> int:
    return int((await asyncio.wait_for(reader.readline(), 20)).split()[1])


@pytest.fixture
def sink(fetch):
    """What has arrived of a body at marimo."""

    async def look() -> dict:
        return (await fetch("reactive", "edit", "sink")).json

    return look


async def until_sunk(sink, **wanted: int) -> None:
    for _ in range(400):
        if wanted.items() <= (found := await sink()).items():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(found)


async def test_a_large_body_arrives_while_it_is_sent(started, raw, sink):
    size = 3_000_000
    async with raw("POST", "sink", Content_Length=str(size)) as (reader, writer):
        writer.write(b"x" * 1_000_000)
        await until_sunk(sink, received=1_000_000)
        writer.write(b"x" * (size - 1_000_000))
        assert await status_of(reader) == 200
    assert await sink() == {"received": size, "ended": 1, "broken": 0}


async def test_a_body_of_unknown_length_arrives_while_it_is_sent(started, raw, sink):
    async with raw("PUT", "sink", Transfer_Encoding="chunked") as (reader, writer):
        writer.write(b"3\r\nabc\r\n")
        await until_sunk(sink, received=3)
        writer.write(b"2\r\nde\r\n0\r\n\r\n")
        assert await status_of(reader) == 200
    assert await sink() == {"received": 5, "ended": 1, "broken": 0}


async def test_a_body_whose_browser_left_is_broken_off(started, raw, sink):
    async with raw("POST", "sink", Content_Length="9000000") as (_reader, writer):
        writer.write(b"x" * 1_000_000)
        await until_sunk(sink, received=1_000_000)
    await until_sunk(sink, ended=0, broken=1)


async def test_more_than_the_operator_allows_is_refused_at_once(started, raw, sink):
    async with raw("POST", "sink", Content_Length="50000001") as (reader, _writer):
        assert await status_of(reader) == 413
        assert b"c.Forwarding.max_upload_size" in await asyncio.wait_for(reader.read(), 20)
    async with raw("POST", "sink", Content_Length="50000000") as (_reader, writer):
        writer.write(b"x")
        await until_sunk(sink, received=1)


async def test_a_get_has_no_large_body(started, raw):
    """Nobody would wait for its end."""
    async with raw("GET", "x", Content_Length="2000000") as (reader, _writer):
        assert await status_of(reader) == 413
    async with raw("GET", "x", Content_Length="3") as (reader, writer):
        writer.write(b"abc")
        assert await status_of(reader) == 200


class ReadOnly(Authorizer):
    """Lets everyone read and nobody do anything else."""

    def is_authorized(self, handler, user, action, resource) -> bool:
        return action == "read"


@pytest.mark.parametrize(
    "length", [{"Content_Length": "9000000"}, {"Transfer_Encoding": "chunked"}]
)
async def test_who_may_not_send_is_refused_before_the_first_byte(
    started, raw, sink, jp_serverapp, root_url, length
):
    async with raw("POST", "sink", **length, Authorization="token wrong") as (reader, _writer):
        assert await status_of(reader) == 403
    async with raw("POST", "auth/login", **length) as (reader, _writer):
        assert await status_of(reader) == 404
    # A page of another origin comes with the cookie of its browser, not with a token.
    token = jp_serverapp.identity_provider.token
    reply = await tornado.httpclient.AsyncHTTPClient().fetch(f"{root_url}?token={token}")
    cookie = "; ".join(text.partition(";")[0] for text in reply.headers.get_list("Set-Cookie"))
    stranger = {"Authorization": "", "Cookie": cookie, "Origin": "http://evil.example"}
    async with raw("POST", "sink", **length, **stranger) as (reader, _writer):
        assert await status_of(reader) == 403
    # An authorizer that hears of the attempt says no.
    allowing = jp_serverapp.web_app.settings["authorizer"]
    jp_serverapp.web_app.settings["authorizer"] = ReadOnly(parent=jp_serverapp)
    async with raw("POST", "sink", **length) as (reader, _writer):
        assert await status_of(reader) == 403
    jp_serverapp.web_app.settings["authorizer"] = allowing
    assert await sink() == {"received": 0, "ended": 0, "broken": 0}


async def test_half_an_answer_does_not_look_whole(started, raw):
    """marimo dies while it sends: the browser's connection breaks off too."""
    for route, end in (("half/known", b""), ("half/unknown", b"0\r\n\r\n")):
        async with raw("GET", route) as (reader, _writer):
            answer = await asyncio.wait_for(reader.read(), 20)
            assert b"200 OK" in answer
            assert b"xxx" in answer
            assert not end or not answer.endswith(end), route


async def test_connections_to_marimo_are_kept(started, fetch):
    ports = {(await fetch("reactive", "edit", "port")).text for _ in range(5)}
    assert len(ports) == 1


async def test_a_kept_connection_that_marimo_closed_is_no_error(started, fetch):
    for _ in range(3):
        assert (await fetch("reactive", "edit", "port", params={"close": "1"})).status == 200


async def test_an_answer_before_the_body_says_that_the_connection_ends(
    started, root_url, jp_auth_header
):
    """It does end; a gateway that did not know would lose its next request."""
    url = URL(url_path_join(root_url, "reactive/edit/x"), encoded=True)
    async with aiohttp.ClientSession() as gateway:
        async with gateway.get(url, allow_redirects=False) as stranger:
            assert stranger.status in {302, 403}
            assert stranger.headers["Connection"] == "close"
        async with gateway.get(url, headers=jp_auth_header) as known:
            assert known.status == 200
            assert "Connection" not in known.headers
