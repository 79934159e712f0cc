"""The routes of a running marimo that its own OpenAPI file does not name."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import aiohttp
import marimo as package
from marimo._server.api.middleware import SkewProtectionMiddleware
from marimo._server.workspace._base import NEW_FILE

from jupyter_reactive.notebooks import marimo


async def ask(spec, route: str, secret: str | None) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    async with (
        aiohttp.ClientSession() as session,
        session.get(spec.url + route, headers=headers, allow_redirects=False) as reply,
    ):
        return reply.status, await reply.text()


async def test_routes_answer_only_with_the_secret(reactive):
    spec = (await reactive.servers.ensure()).spec
    for route in (marimo.VERSION_ROUTE, marimo.SESSIONS_ROUTE, f"{marimo.AUTH_ROUTE}/token"):
        assert (await ask(spec, route, None))[0] == 401, route
        assert (await ask(spec, route, "wrong"))[0] == 401, route
        assert (await ask(spec, route, spec.secret))[0] == 200, route
    assert (await ask(spec, marimo.PAGE_ROUTE, None))[0] == 303
    assert (await ask(spec, marimo.HEALTH_ROUTE, None))[0] == 200


async def test_page_carries_the_server_token(reactive):
    spec = (await reactive.servers.ensure()).spec
    _status, page = await ask(spec, marimo.PAGE_ROUTE, spec.secret)
    token = marimo.server_token(page)
    assert token
    assert f'"serverToken": "{token}"' in page


async def test_page_is_told_its_transport(reactive):
    """The page takes it from the overrides in it, by the name that its JavaScript reads."""
    spec = (await reactive.servers.ensure()).spec
    _status, page = await ask(spec, marimo.PAGE_ROUTE, spec.secret)
    for transport in ("sse", "websocket"):
        told = marimo.with_transport(page, transport)
        (overrides,) = re.findall(r'"configOverrides": (.*),\n', told)
        before = re.findall(r'"configOverrides": (.*),\n', page)[0]
        wanted = json.loads(before)
        wanted["server"] = {**wanted.get("server", {}), "transport": transport}
        assert json.loads(overrides) == wanted
        assert told.replace(overrides, before) == page
    assert marimo.with_element(page, "<x>").count("<head><x>") == 1
    assets = Path(package.__file__).parent / "_static" / "assets"
    texts = [path.read_text("utf-8") for path in assets.glob("config-*.js")]
    assert any("server.transport===`sse`" in text for text in texts)


async def test_page_follows_the_theme_of_the_frame(reactive):
    """`?theme=system` is read by marimo's page; its name stands in the served JavaScript."""
    assets = Path(package.__file__).parent / "_static" / "assets"
    assert any("theme:`theme`" in path.read_text("utf-8") for path in assets.glob("utils-*.js"))


async def test_sessions_have_their_fields(reactive, notebook, open_session):
    await open_session(notebook)
    (session,) = await reactive.servers.running().client.sessions()
    assert session.id == "s_test01"
    assert session.path.endswith(notebook)


async def test_a_post_without_the_pages_token_is_refused(started, fetch, api, until):
    """Its own guard stays on: a POST without the page's token is refused."""
    reply = await fetch("reactive", "edit", "api", "home", "running_notebooks", method="POST")
    assert reply.status == 401
    assert "server token" in reply.text
    wrong = {"Marimo-Server-Token": "guessed"}
    await fetch("reactive", "edit", "x", method="POST", headers=wrong)
    for _ in range(100):
        log = "\n".join((await api("GET", "servers/edit/log")).json["lines"])
        if "Expected: ***" in log:
            break
        await asyncio.sleep(0.05)
    assert "Expected: ***" in log
    assert "guessed" not in log


async def test_another_version_answers_with_a_version(reactive):
    assert await (await reactive.servers.ensure()).client.version() == marimo.installed_version()


async def test_skew_header_has_its_name(reactive):
    assert SkewProtectionMiddleware.HEADER_NAME == marimo.SERVER_TOKEN_HEADER


async def test_new_file_key_has_its_name():
    assert NEW_FILE == marimo.NEW_FILE_KEY
