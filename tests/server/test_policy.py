"""Each route that is switched off, asked for by hand by a user who is logged in."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import tornado.httpclient
import tornado.websocket
from jupyter_server.utils import url_path_join
from marimo_table import marimo_routes

from jupyter_reactive.notebooks import marimo
from jupyter_reactive.notebooks import marimo_routes as routes

STAND_IN = Path(__file__).parent.parent / "resources" / "stand_in.py"
SWITCHES = sorted({name for switches in routes.ROUTES.values() for name in switches})
# What the stand-in answers by itself, and what never passes.
UNHEARD = {"/health", "/sse", "/api/version", "/api/sessions", "/auth/token", "/auth/login"}
TABLE = [
    (verb, path)
    for verb, path in [*marimo_routes(), ("GET", "/mcp/server"), ("POST", "/mcp/server")]
    if path not in UNHEARD
]
SHUT = {
    switch: [route for route in TABLE if switch in (routes.switches_of(*route) or ())]
    for switch in SWITCHES
}
DISGUISES = (
    "//{path}",
    "///{path}",
    "%2F{path}",
    "./{path}",
    "x/../{path}",
    "x/%2e%2e/{path}",
    "public/..%2f{path}",
    "%70{rest}",
    "{path}/",
    "{path}%2F",
    "{path}%3Fx",
    "{path}%23x",
    "{path};x",
    "{path}%00",
    "{path}%20",
    "{path}%5C",
)


UPLOAD = (
    "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("path", ""), ("type", "file"), ("name", "a.txt"), ("file", "a"))
    )
    + "--b--\r\n"
)


@pytest.fixture
def jp_server_config(jp_server_config):
    return {
        **jp_server_config,
        "EditServerLauncher": {"command": [sys.executable, str(STAND_IN)]},
    }


@pytest.fixture
def switch_off(reactive):
    """Switch off these things and nothing else."""

    def switch(*names: str) -> None:
        for name in SWITCHES:
            setattr(reactive.policy, f"disable_{name}", name in names)

    return switch


@pytest.fixture
def ask(root_url, jp_auth_header):
    """Ask for a route as it is written here, by a verb or `WS`; gives status and text."""
    client = tornado.httpclient.AsyncHTTPClient()

    async def ask_(verb: str, route: str, body: str = "{}", **headers: str) -> tuple[int, str]:
        url = url_path_join(root_url, "reactive/edit/") + route.removeprefix("/")
        request: dict[str, Any] = {
            "headers": {
                **jp_auth_header,
                "Marimo-Server-Token": "t",
                "Marimo-Session-Id": "s_1",
                "X-Heard": "1",
                **headers,
            },
            "request_timeout": 60,
        }
        try:
            if verb == "WS":
                asked = tornado.httpclient.HTTPRequest(url.replace("http", "ws", 1), **request)
                socket = await tornado.websocket.websocket_connect(asked)
                # The stand-in greets whoever has come through.
                greeting = await socket.read_message()
                socket.close()
                return 101, str(greeting)
            if (verb, f"/{route.lstrip('/')}") == ("POST", marimo.UPLOAD_ROUTE):
                request["body"] = UPLOAD
                request["headers"]["Content-Type"] = "multipart/form-data; boundary=b"
            elif verb in {"POST", "PUT", "PATCH"}:
                request["body"] = body
            reply = await client.fetch(
                url, method=verb, raise_error=False, follow_redirects=False, **request
            )
        except tornado.httpclient.HTTPClientError as error:
            reply = error.response
        return reply.code, (reply.body or b"").decode()

    return ask_


@pytest.fixture
def heard(started):
    """What has reached the server since it was asked last."""

    async def tell() -> list[str]:
        spec = started.spec
        reply = await tornado.httpclient.AsyncHTTPClient().fetch(
            f"http://{spec.host}:{spec.port}/heard",
            headers={"Authorization": f"Bearer {spec.secret}"},
        )
        return json.loads(reply.body)

    return tell


async def test_what_is_switched_off_answers_403_and_reaches_nobody(
    ask, heard, switch_off, reactive
):
    for switch, shut in SHUT.items():
        assert shut, switch
        switch_off(switch)
        for verb, path in shut:
            status, text = await ask(verb, path)
            assert status == 403, (switch, verb, path)
            if verb != "HEAD":
                told = json.loads(text)
                assert told["message"]
                assert "operator" in told["remedy"]
        assert await heard() == [], switch


async def test_what_is_not_switched_off_arrives(ask, heard, switch_off):
    switch_off()
    for verb, path in TABLE:
        status, _text = await ask(verb, path)
        assert status in {101, 200}, (verb, path)
    assert sorted(await heard()) == sorted(f"{verb} {path}" for verb, path in TABLE)
    # All but one: what is left is what the one does not shut.
    switch_off(*(name for name in SWITCHES if name != "editing"))
    left = [route for route in TABLE if (routes.switches_of(*route) or set()) <= {"editing"}]
    for verb, path in left:
        assert (await ask(verb, path))[0] in {101, 200}, (verb, path)
    assert sorted(await heard()) == sorted(f"{verb} {path}" for verb, path in left)


async def test_another_spelling_helps_nobody(ask, heard, switch_off):
    switch_off(*SWITCHES)
    for verb, path in {
        ("WS", "/terminal/ws"),
        ("WS", "/lsp/copilot"),
        ("POST", "/api/packages/add"),
        ("POST", "/api/kernel/run"),
        ("GET", "/api/files/download"),
    }:
        bare = path[1:]
        for form in DISGUISES:
            spelled = form.format(path=bare, rest=bare[1:])
            for said in (verb, "PUT", "DELETE", "OPTIONS"):
                assert (await ask(said, spelled))[0] in {400, 403, 404}, spelled
        assert (await ask(verb, bare.upper()))[0] == 403
    assert await heard() == []


async def test_a_second_slash_opens_no_shut_route(ask, heard, switch_off):
    """Without any policy too: marimo's login routes hand out its secret."""
    switch_off()
    for spelled in ("//auth/token", "/%2Fauth/token", "/./auth/token", "/x/../auth/token"):
        assert (await ask("GET", spelled))[0] == 400, spelled
    assert await heard() == []


async def test_bodies_settings_and_functions(ask, heard, switch_off):
    switch_off("downloads", "mcp", "ai")
    function, settings = routes.FUNCTION_ROUTE, routes.SETTINGS_ROUTE
    for route, body in (
        (function, {"functionName": "download_as", "args": {}}),
        (settings, {"config": {"mcp": {"mcpServers": {"x": {"command": "x"}}}}}),
        (settings, {"config": {"completion": {"copilot": "github"}}}),
    ):
        assert (await ask("POST", route, json.dumps(body)))[0] == 403
    assert (await ask("POST", function, "no JSON"))[0] == 400
    large = {"functionName": "download_as", "args": {"x": "x" * 2**21}}
    assert (await ask("POST", function, json.dumps(large)))[0] == 403
    assert await heard() == []
    for route, body in (
        (function, {"functionName": "search", "args": {"query": "é"}}),
        (settings, {"config": {"display": {"theme": "dark"}}}),
    ):
        status, text = await ask("POST", route, json.dumps(body))
        assert status == 200
        assert json.loads(json.loads(text)["body"]) == body


async def test_a_person_reads_a_page(ask, switch_off):
    switch_off("downloads")
    headers = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
    status, text = await ask("GET", "/api/files/download?path=x", **headers)
    assert status == 403
    assert "<html" in text
    assert "switched off" in text


async def test_a_stranger_learns_nothing(ask, switch_off):
    switch_off(*SWITCHES)
    status, text = await ask("POST", "/api/packages/add", Authorization="token wrong")
    assert status in {302, 403}
    assert "switched off" not in text
