"""Notebooks as apps, through a real Jupyter server and a real app server."""

from __future__ import annotations

import asyncio
import re

import aiohttp
import psutil
import pytest
from cells import source_of
from marimo._server.api.router import build_routes
from starlette.routing import Mount, Route
from tornado.httpclient import HTTPClientError
from visitors import Tab, value_of
from yarl import URL

from jupyter_reactive.identity import USER_HEADER
from jupyter_reactive.notebooks import marimo_routes
from jupyter_reactive.origin import PAGE_TOKEN_QUERY, page_token
from jupyter_reactive.servers.manager import APP_SERVER

NOTEBOOK = source_of("1 + 1")
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


async def test_an_app_runs_and_is_used(app, visit, act, reactive):
    tab = await visit(app, who="ada", colour="blue", **{"--size": "10", "--deep": "true"})
    told = await tab.echo()
    assert told["query"] == {"colour": "blue"}
    assert told["arguments"] == {"size": 10, "deep": True}
    assert told["meta"] == {
        "username": "ada",
        "name": "ada",
        "display_name": "Ada",
        "groups": ["physics"],
        "is_owner": False,
    }
    assert told["current"] == told["meta"]
    assert told["user"] == {**told["meta"], "is_authenticated": True}
    assert not {"cookie", "authorization"} & {*told["headers"]}
    # Whoever may mend it gets a link to the notebook.
    assert 'data-notebook=""' in tab.page
    assert f'reactive/open/{app}"' in (await visit(app, "s_owner1")).page
    element = (await tab.hear(r"object-id='([^']+)'"))[1]
    await tab.hear("value 1 END")
    reply = await act(
        app, tab, "/api/kernel/set_ui_element_value", {"objectIds": [element], "values": [7]}
    )
    assert reply.status == 200, reply.text
    await tab.hear("value 7 END")
    assert reactive.servers.running(APP_SERVER) is not None
    assert reactive.servers.running() is None


async def test_code_is_shown_where_the_operator_says_so(app, visit, reactive):
    hidden = await visit(app, "s_visit1")
    await hidden.hear("value 1 END")
    reactive.servers.app_launcher.include_code = True
    await reactive.servers.stop(APP_SERVER)
    shown = await visit(app, "s_visit2")
    await shown.hear("value 1 END")
    assert "mo.app_meta" not in hidden.page + hidden.heard
    assert "mo.app_meta" in shown.page + shown.heard


async def test_visitors_have_their_own_state_and_a_reload_goes_on(app, visit, act):
    first, second = await visit(app, "s_visit1"), await visit(app, "s_visit2")
    await value_of(first, act, app, 4)
    await value_of(second, act, app, 8)
    assert "value 8" not in first.heard
    assert "value 4" not in second.heard
    again = await visit(app, "s_visit3", resumes="s_visit1")
    await again.hear("value 4 END")
    await value_of(again, act, app, 5)
    assert '"op": "banner"' not in again.heard


async def test_an_app_is_loaded_again_when_its_file_is_saved(app, visit, jp_root_dir):
    tab = await visit(app)
    await tab.hear("value 1 END")
    version = re.search(r'data-version="([^"]+)"', tab.page)[1]
    path = jp_root_dir / app
    path.write_text(path.read_text().replace("value {", "changed {"))
    await tab.hear('"op": ?"reload"')
    newer = await visit(app, "s_visit3")
    await newer.hear("changed 1 END")
    assert version not in newer.page


async def test_nothing_but_using_is_part_of_an_app(app, visit, fetch, jp_root_dir):
    """Every route of marimo's edit server is tried; what an app needs is a short list."""
    tab = await visit(app)
    before = (jp_root_dir / app).read_text()
    answers = {}
    for verb, route in routes_of_marimo():
        place = re.sub(r"{[^}]*}", "x", route)
        if marimo_routes.is_for_apps(verb, place):
            continue
        headers = {"Marimo-Server-Token": tab.token, "Marimo-Session-Id": tab.session}
        if verb == "WS":
            headers |= UPGRADE
        parts = ("reactive", "run", *app.split("/"), *place.strip("/").split("/"))
        answers[verb, route] = (
            await fetch(*parts, method=verb.replace("WS", "GET"), headers=headers)
        ).status
    assert set(answers.values()) == {403}, {k: v for k, v in answers.items() if v != 403}
    assert len(answers) > 90
    assert (jp_root_dir / app).read_text() == before


def routes_of_marimo() -> list[tuple[str, str]]:
    found = []

    def walk(routes, prefix):
        for route in routes:
            if isinstance(route, Mount):
                walk(route.routes or [Route("/x", lambda _request: None)], prefix + route.path)
            else:
                verbs = getattr(route, "methods", None) or {"WS"}
                found.extend((verb, prefix + route.path) for verb in verbs if verb != "HEAD")

    walk(build_routes(), "")
    return found


@pytest.mark.parametrize("name", ["file", "kiosk", "access_token", "reactive-x"])
async def test_reserved_names_are_refused(app, browse, name):
    reply = await browse("reactive", "run", f"{app}/", params={name: "1"})
    assert reply.status == 400
    assert name in reply.text


@pytest.mark.parametrize(
    "route", ["", "ws", "sse", "logo.png", "og/thumbnail", "api/kernel/function_call"]
)
async def test_paths_are_those_of_the_contents_root(
    app, browse, fetch, jp_root_dir, tmp_path, reactive, jp_serverapp, jp_base_url, route
):
    """By whichever route an app is named, nothing else is run or shown."""
    await reactive.servers.ensure(APP_SERVER)
    token = page_token(jp_serverapp.web_app.settings["cookie_secret"], jp_base_url)
    (tmp_path / "outside.py").write_text(NOTEBOOK)
    (jp_root_dir / "link.py").symlink_to(tmp_path / "outside.py")
    (jp_root_dir / ".hidden.py").write_text(NOTEBOOK)
    (jp_root_dir / "script.py").write_text("print(1)")
    (jp_root_dir / "torn.py").write_text(NOTEBOOK + "\n)")
    expected = {"link.py": 403, ".hidden.py": 404, "script.py": 415, "torn.py": 422}
    expected |= {"none.py": 404, "shown": 400}
    found = {}
    for path in expected:
        place = ("reactive", "run", f"{path}/{route}")
        if route == "ws":
            query = {PAGE_TOKEN_QUERY: token, "session_id": "s_forged"}
            reply = await fetch(*place, params=query, headers=UPGRADE)
        elif "api" in route:
            reply = await fetch(*place, method="POST", headers={"Marimo-Server-Token": token})
        else:
            reply = await browse(*place)
        found[path] = reply.status
    if route:
        del found["shown"], expected["shown"]
    assert found == expected


async def test_an_app_without_a_slash_gets_one(app, browse):
    reply = await browse("reactive", "run", *app.split("/"), params={"a": "b"})
    assert reply.status == 302
    assert reply.headers["Location"].endswith(f"/reactive/run/{app}/?a=b")


async def test_full_apps_let_visitors_wait(app, visit, browse, reactive, until):
    reactive.parts.apps.sessions.max_sessions_per_app = 1
    tab = await visit(app)
    await tab.hear("value 1 END")
    reply = await browse("reactive", "run", f"{app}/")
    assert reply.status == 503
    assert "Many visitors at once" in reply.text
    assert 'data-again="5"' in reply.text
    reactive.parts.apps.sessions.ttl = 0
    tab.socket.close()
    await until(lambda: not reactive.parts.apps.sessions.current())
    assert (await browse("reactive", "run", f"{app}/")).status == 200


@pytest.mark.parametrize("sites", [[], ["https://learn.example.org"]])
async def test_sites_may_frame_apps_if_the_operator_says_so(app, browse, reactive, visit, sites):
    reactive.parts.app_pages.embedders = sites
    tab = await visit(app)
    assert tab.page
    for parts in (("run", f"{app}/"), ("edit/",)):
        policy = (await browse("reactive", *parts)).headers["Content-Security-Policy"]
        found = re.search(r"frame-ancestors ([^;]*)", policy)[1].split()
        assert found == ["'self'", *(sites if parts[0] == "run" else [])]


async def test_events_tell_who_looks_too(app, visit, root_url):
    """What a client itself says is dropped."""
    await visit(app)
    claims = {USER_HEADER: "mallory", "X-Reactive-App": "/etc/passwd", "X-Who": "ada"}
    url = URL(f"{root_url}reactive/run/{app}/sse?session_id=s_stream&--size=3", encoded=True)
    tab = Tab(None, "", "s_stream", "ada")
    async with aiohttp.request("GET", url, headers=claims) as stream:
        while "END" not in tab.heard:
            tab.heard += (await asyncio.wait_for(stream.content.readline(), 30)).decode()
    echo = await tab.echo()
    assert echo["meta"]["username"] == "ada"
    assert echo["arguments"] == {"size": 3}
    assert "mallory" not in tab.heard


async def test_a_session_belongs_to_who_opened_it(app, visit, act):
    tab = await visit(app, "s_visit1", "ada")
    await tab.hear("value 1 END")
    tab.who = "eve"
    reply = await act(app, tab, "/api/kernel/set_ui_element_value", {"objectIds": [], "values": []})
    assert reply.status == 403
    assert "another visitor" in reply.text
    with pytest.raises(HTTPClientError, match="403"):
        await visit(app, "s_visit1", "eve")
    other = await visit(app, "s_visit2", "eve", resumes="s_visit1")
    assert (await other.echo())["user"]["username"] == "eve"


async def test_a_post_needs_the_token_of_a_page(app, visit, fetch):
    tab = await visit(app)
    place = ("reactive", "run", *app.split("/"), "api", "kernel", "set_ui_element_value")
    for token in ({}, {"Marimo-Server-Token": "guessed"}):
        reply = await fetch(
            *place, method="POST", headers={"Marimo-Session-Id": tab.session, **token}
        )
        assert reply.status == 403


async def test_the_socket_is_private(reactive):
    server = await reactive.servers.ensure(APP_SERVER)
    folder = server.spec.socket.parent
    assert folder.stat().st_mode & 0o777 == 0o700
    process = psutil.Process(server.process.pid)
    told = " ".join([*process.cmdline(), *process.environ().values()])
    assert str(server.spec.secret) not in told
    connector = aiohttp.UnixConnector(str(server.spec.socket))
    async with aiohttp.ClientSession(connector=connector) as stranger:
        headers = {"X-Reactive-App": "/x.py", "Authorization": "Bearer guessed"}
        for route in ("", "api/version", "ws"):
            async with stranger.get(f"http://localhost/{route}", headers=headers) as reply:
                assert reply.status == 401
    await reactive.servers.stop(APP_SERVER)
    assert not folder.exists()
