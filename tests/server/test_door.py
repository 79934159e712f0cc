"""What browsers may do at every door, and what of the user passes through it."""

from __future__ import annotations

import asyncio
import json
import re
from urllib.parse import unquote

import aiohttp
import pytest
from cells import source_of
from jupyter_server.auth.identity import PasswordIdentityProvider, User
from jupyter_server.utils import url_path_join
from marimo._server.api.router import build_routes
from starlette.routing import Mount, Route
from yarl import URL

from jupyter_reactive.identity import USER_HEADER
from jupyter_reactive.notebooks import marimo
from jupyter_reactive.origin import HEADERS

FOREIGN = {
    "another site": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "another port": {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    "another path": {
        "Sec-Fetch-Site": "same-origin",
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Dest": "empty",
        "Referer": "{origin}/other/evil.html",
    },
    "frame": {
        "Sec-Fetch-Site": "same-origin",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "iframe",
        "Referer": "{origin}/other/evil.html",
    },
}
SAMPLES = {
    r"(?P<name>[^/]+)": "edit",
    r"(?P<session_id>[^/]+)": "s_1",
    r"(?P<export_id>[^/]+)": "x",
    "(.*)": "x.py",
}
ANSWERS = (
    "reactive/api/status",
    "reactive/api/nothing",
    "reactive/doctor",
    "reactive/edit/",
    "reactive/edit/health",
    "reactive/edit/api/version",
    "reactive/edit/logo.png",
    "reactive/edit/nothing",
    "reactive/open/nothing.py",
)
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
LOOK = source_of(f"""\
import marimo as mo

from jupyter_reactive.identity import current_user

seen = mo.app_meta().request
who = seen.headers.get("{USER_HEADER.lower()}"), current_user().username
print("SEEN", *who, sorted(seen.headers), seen.cookies, "END")
""")


def sample(route: str) -> str:
    """A path that a route of ours matches."""
    for pattern, text in SAMPLES.items():
        route = route.replace(pattern, text)
    return re.sub(r"\(\?:/\.\*\)\?|\.\*|/\?", "", route)


@pytest.fixture
def ask(root_url, jp_serverapp, jp_asyncio_loop):
    """Ask as a browser that has logged in; by hand, since its jar knows no escaped path."""
    origin = root_url.removesuffix("/a%40b/")
    token = jp_serverapp.identity_provider.token

    async def log_in() -> dict[str, str]:
        url = URL(f"{root_url}reactive/doctor?token={token}", encoded=True)
        async with aiohttp.request("GET", url) as reply:
            cookies = [text.partition(";")[0] for text in reply.headers.getall("Set-Cookie")]
        (xsrf,) = (text.removeprefix("_xsrf=") for text in cookies if text.startswith("_xsrf="))
        return {"Cookie": "; ".join(cookies), "X-XSRFToken": xsrf}

    logged_in = jp_asyncio_loop.run_until_complete(log_in())

    async def ask(method: str, path: str, headers: dict[str, str], **options):
        told = {name: value.format(origin=origin) for name, value in headers.items()}
        own = logged_in if method in {"GET", "HEAD"} else {**logged_in, "Origin": origin}
        async with aiohttp.request(
            method,
            URL(f"{root_url}{path}", encoded=True),
            headers={**own, **told},
            allow_redirects=False,
            **options,
        ) as reply:
            return reply.status, await reply.text(errors="replace"), reply.headers

    return ask


@pytest.mark.parametrize("page", FOREIGN)
async def test_every_route_refuses_foreign_pages(reactive, routes, ask, jp_root_dir, page):
    headers = FOREIGN[page]
    for route, handler in routes:
        if not handler.__module__.startswith("jupyter_reactive"):
            continue
        for verb in ("GET", "POST", "PUT", "PATCH", "DELETE", "WEBSOCKET"):
            upgrade = HANDSHAKE if verb == "WEBSOCKET" else {}
            method = "GET" if upgrade else verb
            if not upgrade and getattr(handler, verb.lower()).__qualname__.startswith("Request"):
                continue
            status, text, _headers = await ask(method, sample(route), {**headers, **upgrade})
            assert status in {403, 404}, (verb, route, text)
            if status == 404:
                assert "There is nothing" not in text, "it was asked"
    assert reactive.servers.running() is None
    assert list(jp_root_dir.iterdir()) == []


async def test_the_same_requests_of_an_own_page_are_answered(reactive, ask):
    own = {
        "Sec-Fetch-Site": "same-origin",
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Dest": "empty",
        "Referer": "{origin}/a%40b/lab",
    }
    assert (await ask("GET", "reactive/api/status", own))[0] == 200
    body = json.dumps({"folder": "", "name": "n.py"})
    assert (await ask("POST", "reactive/api/notebooks", own, data=body))[0] == 201
    # Whatever follows, Jupyter's own check stands too.
    for wrong in ({"X-XSRFToken": "wrong"}, {"X-XSRFToken": ""}):
        assert (await ask("POST", "reactive/api/notebooks", own | wrong, data=body))[0] == 403
    frame = {**own, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    assert (await ask("GET", "reactive/edit/", frame))[0] == 202


async def test_marimos_guard_stands_at_every_route_that_does_something(reactive, ask):
    """Of a page that has no token of marimo's, nothing passes: it or we refuse."""
    await reactive.servers.ensure()

    def routes(those, prefix=""):
        for route in those:
            if isinstance(route, Mount):
                yield from routes(route.routes, prefix + route.path)
            elif isinstance(route, Route):
                yield from ((verb, prefix + route.path) for verb in route.methods or ())

    acting = {
        (verb, re.sub(r"\{[^}]*\}", "x", path))
        for verb, path in routes(build_routes())
        if verb not in {"GET", "HEAD", "OPTIONS"}
    }
    assert len(acting) > 50
    acting |= {("POST", "/ws"), ("POST", "/api/kernel/%65xecute"), ("POST", "/api/kernel/execute/")}
    acting |= {(verb, "/api/kernel/run") for verb in ("PUT", "PATCH", "DELETE")}
    for verb, path in sorted(acting):
        data: str | aiohttp.FormData = "{}"
        if path == marimo.UPLOAD_ROUTE:
            data = aiohttp.FormData({"path": "x", "type": "file", "name": "x"})
            data.add_field("file", b"x", filename="x")
        status, text, _headers = await ask(verb, f"reactive/edit{path}", {}, data=data)
        assert status in {401, 403, 404}, (verb, path, text)


async def test_every_answer_says_what_browsers_may_do_with_it(reactive, ask):
    await reactive.servers.ensure()
    for path in ANSWERS:
        status, _text, headers = await ask("GET", path, {"Sec-Fetch-Mode": "navigate"})
        for name, value in HEADERS.items():
            assert headers.getall(name) == [value], (path, name)
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"], path
        assert "Content-Type" in headers, (path, status)
        assert headers.getall("Set-Cookie", []) == [], path


class Named(PasswordIdentityProvider):
    """Knows who has the token."""

    def generate_anonymous_user(self, _handler) -> User:
        return User("ann@exämple")


class TestIdentity:
    @pytest.fixture
    def jp_server_config(self, jp_server_config):
        config = {**jp_server_config}
        config["ServerApp"] = {**config["ServerApp"], "identity_provider_class": Named}
        return config

    async def test_a_notebook_learns_from_jupyter_alone_who_looks(
        self, reactive, jp_root_dir, root_url, jp_auth_header
    ):
        """By websocket and as events, whatever the client says of itself."""
        for way in ("ws", "sse"):
            (jp_root_dir / f"{way}.py").write_text(LOOK)
        server = await reactive.servers.ensure()
        claims = {
            USER_HEADER: "mallory",
            USER_HEADER.upper().replace("-", "_"): "mallory",
            "x_reactive-user": "mallory",
            "Forwarded": "for=192.0.2.1",
            "X-Forwarded-For": "192.0.2.1",
            "X_Forwarded_Host": "evil.example",
            "X-Forwarded-Proto": "gopher",
            "X-Real-IP": "192.0.2.1",
            "Cookie": "a=b",
        }
        url = url_path_join(root_url, "reactive/edit")
        async with aiohttp.ClientSession(headers=jp_auth_header) as session:
            for number, way in enumerate(("ws", "sse")):
                session_id = f"s_look{number}"
                address = URL(f"{url}/{way}?session_id={session_id}&file={way}.py", encoded=True)
                if way == "ws":
                    stream = await session.ws_connect(address, headers=claims)
                    messages = (message.data async for message in stream)
                else:
                    stream = await session.get(address, headers=claims)
                    messages = (
                        line.decode()[6:]
                        async for line in stream.content
                        if line.startswith(b"data: ")
                    )
                ready = json.loads(await asyncio.wait_for(anext(messages), 30))
                while ready["op"] != "kernel-ready":
                    ready = json.loads(await asyncio.wait_for(anext(messages), 30))
                run = await session.post(
                    URL(f"{url}/api/kernel/run", encoded=True),
                    json={"cellIds": ready["data"]["cell_ids"], "codes": ready["data"]["codes"]},
                    headers={
                        **claims,
                        marimo.SESSION_HEADER: session_id,
                        marimo.SERVER_TOKEN_HEADER: server.token,
                    },
                )
                assert run.status == 200
                told = ""
                while not (seen := re.search(r"SEEN (.*) END", told)):
                    told = await asyncio.wait_for(anext(messages), 30)
                names = seen[1]
                assert "mallory" not in names
                assert "cookie" not in names
                assert names.endswith("{}")
                assert "192.0.2.1" not in names
                stream.close() if way == "sse" else await stream.close()
                header, current, *_rest = names.split()
                assert json.loads(unquote(header))["username"] == current == "ann@exämple"
