"""Who may use the route, and what of Jupyter and marimo does not go through it."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

import psutil
import pytest
import tornado.httpclient
import tornado.websocket
from handlers import loaded
from jupyter_server.auth import Authorizer
from jupyter_server.utils import url_path_join
from tornado.routing import RuleRouter

from jupyter_reactive.origin import PAGE_TOKEN_QUERY, page_token
from jupyter_reactive.web import ReactiveHandler, permitted

STAND_IN = Path(__file__).parent.parent / "resources" / "stand_in.py"


@pytest.fixture
def jp_server_config(jp_server_config):
    return {
        **jp_server_config,
        "EditServerLauncher": {"command": [sys.executable, str(STAND_IN)]},
    }


async def test_nothing_of_jupyter_goes_through(started, fetch, jp_serverapp):
    token = jp_serverapp.identity_provider.token
    reply = await fetch(
        "reactive",
        "edit",
        "x",
        params={"token": token, "_xsrf": "x", "access_token": "y", "kept": "1"},
        headers={
            "Cookie": "_xsrf=a; username=b",
            "X-XSRFToken": "a",
            "Marimo-Server-Token": "t",
            "Referer": f"http://localhost/reactive/edit/?token={token}",
            "Sec-WebSocket-Protocol": f"v1.token.websocket.jupyter.org.{token}",
        },
    )
    seen = reply.json
    assert seen["uri"] == "/x?kept=1"
    assert "Referer" not in seen["headers"]
    assert "token.websocket" not in str(seen["headers"])
    assert token not in reply.text
    names = {name.lower() for name in seen["headers"]}
    assert not names & {"cookie", "x-xsrftoken"}
    assert seen["headers"]["Marimo-Server-Token"] == "t"


async def test_nothing_of_marimos_session_comes_back(started, fetch, reactive):
    reply = await fetch("reactive", "edit", "x")
    assert "session=secret" not in str(reply.headers.get_list("Set-Cookie"))
    assert reactive.servers.running().spec.secret not in reply.text + str(dict(reply.headers))


async def test_one_file_only(started, fetch):
    """What is checked is what marimo opens, also when a link names two files."""
    reply = await fetch("reactive", "edit", "x?file=a.py&file=b.py".replace("?", "%3F"))
    assert reply.status == 200
    reply = await fetch("reactive", "edit", "x", params=[("file", "a.py"), ("file", "b.py")])
    assert reply.json["uri"] == "/x?file=b.py"


async def test_login_routes_of_marimo_are_shut(started, fetch, browse):
    for route in ("auth/token", "auth/login"):
        assert (await fetch("reactive", "edit", *route.split("/"))).status == 404
        assert (await fetch("reactive", "edit", *route.split("/"), method="POST")).status == 404


@pytest.fixture
def websocket(root_url, jp_serverapp, jp_auth_header):
    """Open the websocket route; errors are raised."""

    async def connect(headers: dict[str, str] | None = None, query: str = "", **options):
        url = url_path_join(root_url, "reactive/edit/ws")
        request = tornado.httpclient.HTTPRequest(
            url.replace("http", "ws", 1) + query,
            headers=jp_auth_header if headers is None else headers,
            request_timeout=20,
        )
        return await tornado.websocket.websocket_connect(request, **options)

    return connect


async def test_websocket(started, websocket, reactive):
    socket = await websocket(query="?session_id=s_1&access_token=secret")
    first = json.loads(await socket.read_message())
    assert first["authorized"]
    assert first["uri"] == "/ws?session_id=s_1"
    for message in ("text é", b"\x00\xff", "x" * 1_000_000):
        await socket.write_message(message, binary=isinstance(message, bytes))
        assert await socket.read_message() == message
    await socket.write_message("close")
    assert await socket.read_message() is None
    assert (socket.close_code, socket.close_reason) == (4001, "as you wish")


async def test_websocket_of_a_stranger(started, websocket):
    with pytest.raises(tornado.httpclient.HTTPClientError) as raised:
        await websocket(headers={})
    assert raised.value.code == 403


@pytest.fixture
def logged_in(root_url, jp_serverapp):
    """The headers of a browser that has logged in: a cookie, and the origin of its page."""

    async def headers(origin: str) -> dict[str, str]:
        token = jp_serverapp.identity_provider.token
        reply = await tornado.httpclient.AsyncHTTPClient().fetch(f"{root_url}?token={token}")
        cookies = [cookie.partition(";")[0] for cookie in reply.headers.get_list("Set-Cookie")]
        return {"Cookie": "; ".join(cookies), "Origin": origin, "Content-Type": "text/plain"}

    return headers


@pytest.fixture
def own_page_token(jp_serverapp) -> str:
    """What a page that this server serves carries."""
    return page_token(jp_serverapp.web_app.settings["cookie_secret"], jp_serverapp.base_url)


async def test_page_of_another_origin_gets_no_websocket(
    started, websocket, logged_in, root_url, own_page_token
):
    own = root_url.removesuffix("/a%40b/")
    query = f"?{PAGE_TOKEN_QUERY}={own_page_token}"
    (await websocket(headers=await logged_in(own), query=query)).close()
    for origin, shown in [("http://evil.example", query), (own, ""), (own, f"{query}0")]:
        with pytest.raises(tornado.httpclient.HTTPClientError) as raised:
            await websocket(headers=await logged_in(origin), query=shown)
        assert raised.value.code == 403


async def test_page_of_another_origin_may_not_post(started, logged_in, root_url):
    own = root_url.removesuffix("/a%40b/")
    for origin, status in [("http://evil.example", 403), (own, 200)]:
        answer = await tornado.httpclient.AsyncHTTPClient().fetch(
            url_path_join(root_url, "reactive/edit/x"),
            method="POST",
            body="a",
            headers=await logged_in(origin),
            raise_error=False,
        )
        assert answer.code == status, origin


async def test_strangers_are_refused(root_url, jp_serverapp, reactive):
    for route in ("reactive/", "reactive/edit/", "reactive/edit/x", "reactive/open/n.py"):
        for method in ("GET", "POST"):
            with pytest.raises(tornado.httpclient.HTTPClientError) as raised:
                await tornado.httpclient.AsyncHTTPClient().fetch(
                    url_path_join(root_url, route),
                    method=method,
                    body="" if method == "POST" else None,
                    follow_redirects=False,
                )
            assert raised.value.code in {302, 403, 405}, (method, route)
            if raised.value.code == 302:
                assert "/login?" in raised.value.response.headers["Location"]
    assert reactive.servers.running() is None, "a stranger starts nothing"


class ReadOnly(Authorizer):
    """Lets everyone read and nobody do anything else."""

    def is_authorized(self, handler, user, action, resource) -> bool:
        return action == "read"


class TestReadersMayOnlyRead:
    @pytest.fixture
    def jp_server_config(self, jp_server_config):
        config = {**jp_server_config}
        config["ServerApp"] = {**config["ServerApp"], "authorizer_class": ReadOnly}
        return config

    async def test_no_editor_and_nothing_run(self, fetch, websocket, reactive, jp_root_dir, api):
        (jp_root_dir / "n.py").write_text("import marimo\napp = marimo.App()\n")
        for method in ("GET", "POST", "PUT", "DELETE"):
            assert (await fetch("reactive", "edit", "x", method=method)).status == 403
        for route in ("reactive/", "reactive/edit/", "reactive/open/n.py"):
            assert (await fetch(route)).status == 403
        with pytest.raises(tornado.httpclient.HTTPClientError) as raised:
            await websocket()
        assert raised.value.code == 403
        for method, route in [
            ("POST", "servers/edit/start"),
            ("POST", "servers/edit/prestart"),
            ("POST", "servers/edit/restart"),
            ("DELETE", "servers/edit"),
            ("DELETE", "sessions"),
            ("POST", "notebooks"),
        ]:
            assert (await api(method, route)).status == 403
        assert reactive.servers.running() is None
        assert sorted(path.name for path in jp_root_dir.iterdir()) == ["n.py"]

    async def test_every_route_asks_for_what_it_does(self, reactive, routes, fetch, websocket):
        """Nothing but reading is open, and reading starts nothing."""
        answers = {}
        for route, handler in routes:
            path = re.sub(r"\(\?P<[^)]*\)|\(\.\*\)|\.\*", "x", route)
            path = path.replace("(?:/x)?", "/x").removesuffix("/?")
            if path.endswith("api/doctor"):
                continue  # asks the stand-in for its version, and waits for the answer
            for verb in VERBS:
                if action := getattr(getattr(handler, verb), "permitted_action", ""):
                    reply = await fetch(*path.split("/"), method=verb.upper())
                    answers[f"{verb} {path}"] = action, reply.status
        assert {status for action, status in answers.values() if action != "read"} == {403}
        assert 403 not in {status for action, status in answers.values() if action == "read"}
        assert reactive.servers.running() is None
        assert len(answers) > 30

    async def test_reading_is_allowed(self, api):
        assert (await api("GET", "servers")).status == 200
        assert (await api("POST", "notebooks/recognise", {"paths": []})).status == 200


VERBS = ("get", "head", "post", "put", "patch", "delete", "options")


def open_verbs(web_app) -> list[str]:
    """The verbs of our handlers, in a running server's routes, that ask nobody who is there.

    A verb that tornado would call must carry the mark of `permitted`; a websocket comes by GET.
    """
    found = []
    rules = list(web_app.wildcard_router.rules) + list(web_app.default_router.rules)
    while rules:
        rule = rules.pop()
        if isinstance(rule.target, RuleRouter):
            rules += rule.target.rules
            continue
        if not getattr(rule.target, "__module__", "").startswith(("jupyter_reactive", __name__)):
            continue
        for verb in VERBS:
            method = getattr(loaded(rule.target), verb)
            if method.__qualname__.startswith(("RequestHandler.", "APIHandler.options")):
                continue  # answers 405, or only names the verbs
            if not hasattr(method, "permitted_action"):
                found.append(f"{verb} {rule.matcher.regex.pattern}")
    return found


async def test_every_verb_of_every_route_is_guarded(jp_serverapp, jp_base_url):
    assert open_verbs(jp_serverapp.web_app) == []
    app = jp_serverapp.web_app
    with pytest.warns(match="without @allow_unauthenticated"):  # Jupyter sees it too
        app.add_handlers(".*$", [(f"{jp_base_url}reactive/planted", Planted)])
    assert open_verbs(app) == [f"put {jp_base_url}reactive/planted$"]


class Planted(ReactiveHandler):
    """Somebody forgets a verb."""

    @permitted("read")
    async def get(self) -> None:
        pass

    async def put(self) -> None:
        pass


async def test_many_at_once_start_one_server(api, browse, reactive):
    """By whichever door they come; a server that is starting counts."""
    pages = [browse("reactive", "edit/") for _ in range(25)]
    starts = [api("POST", "servers/edit/start") for _ in range(25)]
    replies = await asyncio.gather(*pages, *starts)
    assert {reply.status for reply in replies} <= {200, 202}
    children = [
        process
        for process in psutil.Process().children()
        if str(STAND_IN) in " ".join(process.cmdline())
    ]
    assert [process.pid for process in children] == [reactive.servers.running().process.pid]


async def test_requests_while_it_starts_wait_for_it(fetch, reactive):
    reactive.servers.edit.begin_start()
    assert (await fetch("reactive", "edit", "x")).status == 200


async def test_stopped_while_it_starts(api, reactive):
    start = asyncio.ensure_future(api("POST", "servers/edit/start"))
    await asyncio.sleep(0.05)
    await reactive.servers.stop()
    reply = await start
    assert reply.status == 503
    assert "while it was starting" in reply.json["message"]


async def test_nothing_starts_once_jupyter_is_ending(api, reactive):
    await reactive.stop_extension()
    reply = await api("POST", "servers/edit/start")
    assert reply.status == 503
    assert reactive.servers.running() is None


async def test_token_leaves_the_address_of_a_page(started, browse, jp_serverapp):
    token = jp_serverapp.identity_provider.token
    reply = await browse("reactive", "edit/", params={"token": token, "theme": "system"})
    assert reply.status == 302
    assert reply.headers["Location"].endswith("/reactive/edit/?theme=system")
    reply = await browse("reactive", "edit/", params={"theme": "system", "empty": ""})
    assert reply.status == 200


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_files_that_no_link_may_name_get_no_session(
    started, fetch, websocket, jp_root_dir, tmp_path, accept
):
    (jp_root_dir / ".hidden.py").write_text("import marimo\napp = marimo.App()\n")
    (jp_root_dir / "link.py").symlink_to(tmp_path / "outside.py")
    (tmp_path / "outside.py").write_text("import marimo\napp = marimo.App()\n")
    for file, status in ((".hidden.py", 404), ("link.py", 403), ("../outside.py", 400)):
        with pytest.raises(tornado.httpclient.HTTPClientError) as raised:
            await websocket(query=f"?session_id=s_1&file={file}")
        assert raised.value.code == status
        reply = await fetch(
            "reactive", "edit", "x", params={"file": file}, headers={"Accept": accept}
        )
        assert reply.status == status, file
    (await websocket(query="?session_id=s_2&file=deleted.py")).close()


async def test_only_a_page_starts_the_server(fetch, websocket, browse, reactive, until):
    """Or nobody could stop a server while its page is open and asks on and on."""
    for method in ("GET", "POST"):
        reply = await fetch("reactive", "edit", "x", method=method)
        assert reply.status == 503
        assert "does not run" in reply.json["message"]
    with pytest.raises(tornado.httpclient.HTTPClientError) as raised:
        await websocket()
    assert raised.value.code == 503
    assert reactive.servers.running() is None
    assert (await browse("reactive", "edit/")).status == 202
    await until(reactive.servers.running)
