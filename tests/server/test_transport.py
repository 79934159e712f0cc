"""Which transport a page is told, and who may try a websocket."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
import tornado.httpclient
from jupyter_server.utils import url_path_join
from tornado.websocket import websocket_connect


def told(page: str) -> str | None:
    """The transport that a page is told, beside what the user's own configuration says."""
    (overrides,) = re.findall(r'"configOverrides": (.*),\n', page)
    return json.loads(overrides).get("server", {}).get("transport")


async def test_a_browser_gets_what_works_there(started, browse, jp_auth_header):
    for cookie, transport, has_script in (
        ("", None, True),
        ("reactive-transport=websocket", None, False),
        ("reactive-transport=sse", "sse", True),
        ('reactive-transport="><script>"', None, True),
    ):
        page = (await browse("reactive", "edit/", headers={"Cookie": cookie})).text
        assert told(page) == transport, cookie
        assert ("transport.js" in page) is has_script, cookie
    assert '<script>"' not in page


async def test_the_trial_sends_back_what_comes_in(api, jp_ws_fetch):
    assert (await api("GET", "transport")).json == {"transport": "auto"}
    socket = await jp_ws_fetch("reactive", "api", "transport")
    await socket.write_message("é")
    assert await socket.read_message() == "é"
    socket.close()


async def test_strangers_and_other_origins_get_no_trial(root_url, jp_serverapp, jp_auth_header):
    url = url_path_join(root_url, "reactive/api/transport").replace("http", "ws", 1)
    token = jp_serverapp.identity_provider.token
    reply = await tornado.httpclient.AsyncHTTPClient().fetch(f"{root_url}?token={token}")
    cookie = "; ".join(text.partition(";")[0] for text in reply.headers.get_list("Set-Cookie"))
    for headers in ({}, {"Cookie": cookie, "Origin": "http://evil.example"}):
        request = tornado.httpclient.HTTPRequest(url, headers=headers)
        with pytest.raises(tornado.httpclient.HTTPClientError) as raised:
            await websocket_connect(request)
        assert raised.value.code == 403, headers


async def test_a_session_over_events_is_seen_from_its_start_to_its_end(
    started, reactive, root_url, jp_auth_header, notebook, until, events
):
    client = tornado.httpclient.AsyncHTTPClient(force_instance=True)
    url = url_path_join(root_url, "reactive/edit/sse")
    stream = asyncio.ensure_future(
        client.fetch(
            f"{url}?session_id=s_events&file={notebook}",
            headers={**jp_auth_header, "Accept": "text/event-stream"},
            streaming_callback=lambda _piece: None,
            request_timeout=60,
            raise_error=False,
        )
    )
    await until(lambda: [session.id for session in reactive.sessions.models()] == ["s_events"])
    await reactive.sessions.shutdown("s_events")
    await asyncio.wait_for(stream, 20)
    client.close()
    await until(lambda: not reactive.sessions.models())


class TestForced:
    @pytest.fixture(params=["sse", "websocket"])
    def transport(self, request) -> str:
        return request.param

    @pytest.fixture
    def jp_server_config(self, jp_server_config, transport):
        return {**jp_server_config, "Forwarding": {"transport": transport}}

    async def test_every_browser_is_told_the_same(self, started, browse, transport):
        for cookie in ("", "reactive-transport=sse", "reactive-transport=websocket"):
            page = (await browse("reactive", "edit/", headers={"Cookie": cookie})).text
            assert told(page) == transport
            assert "transport.js" not in page
