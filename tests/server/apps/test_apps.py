"""Notebooks as apps, through a real Jupyter server and a real app server."""

from __future__ import annotations

import re

import pytest
from cells import source_of
from marimo._server.api.router import build_routes
from starlette.routing import Mount, Route

from jupyter_reactive.notebooks import marimo_routes
from jupyter_reactive.servers.manager import APP_SERVER

# A value of the slider ends the whole process.
DEADLY = source_of(
    "import marimo as mo\nimport os\n\nslider = mo.ui.slider(1, 9)\nslider",
    'mo.md(f"value {slider.value} END")\nif slider.value == 9:\n    os._exit(3)',
)
BROKEN = {
    "raises": ('raise ValueError("no good")', "ValueError|internal error"),
    "lacks a package": ("import no_such_package", "No module named|ModuleNotFound|internal error"),
    "lacks a file": ('open("/nowhere/x.csv")', "FileNotFound|internal error"),
    "prints much": ('for _line in range(1000):\n    print("x" * 100_000)', '"status":"idle"'),
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
    assert told["user"] == {**told["meta"], "is_authenticated": True}
    assert not {"cookie", "authorization"} & {*told["headers"]}
    element = (await tab.hear(r"object-id='([^']+)'"))[1]
    await tab.hear("value 1 END")
    reply = await act(
        app, tab, "/api/kernel/set_ui_element_value", {"objectIds": [element], "values": [7]}
    )
    assert reply.status == 200, reply.text
    await tab.hear("value 7 END")
    assert reactive.servers.running(APP_SERVER) is not None
    assert reactive.servers.running() is None


async def value_of(tab, act, app, value, heard=None):
    """Set the slider of a tab; gives what the app says then."""
    element = (await tab.hear(r"object-id='([^']+)'"))[1]
    body = {"objectIds": [element], "values": [value]}
    reply = await act(app, tab, "/api/kernel/set_ui_element_value", body)
    assert reply.status == 200, reply.text
    await tab.hear(heard or f"value {value} END")


async def test_visitors_have_their_own_state_and_a_reload_goes_on(app, visit, act):
    first, second = await visit(app, "s_visit1"), await visit(app, "s_visit2")
    await value_of(first, act, app, 4)
    await value_of(second, act, app, 8)
    assert "value 8" not in first.heard
    assert "value 4" not in second.heard
    again = await visit(app, "s_visit1")
    await again.hear("value 4 END")
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


async def test_a_crash_harms_no_other_app_for_long(
    app, visit, act, browse, reactive, jp_root_dir, until
):
    (jp_root_dir / "deadly.py").write_text(DEADLY)
    good, bad = await visit(app, "s_visit1"), await visit("deadly.py", "s_visit2")
    await good.hear("value 1 END")
    await value_of(bad, act, "deadly.py", 9, '"op": ?"reload"')
    await good.hear('"op": ?"reload"')
    again = await visit(app, "s_visit3")
    await again.hear("value 1 END")
    process = reactive.servers.running(f"run/{app}").process
    bad = await visit("deadly.py", "s_visit4")
    await value_of(bad, act, "deadly.py", 9, '"op": ?"reload"')
    await until(lambda: reactive.servers.get("run/deadly.py").state == "stopped")
    held = await browse("reactive", "run", "deadly.py/")
    assert held.status == 503
    assert "This app does not work" in held.text
    assert "reactive-again=1" in held.text
    assert reactive.servers.running("run/deadly.py") is None
    assert reactive.servers.running(f"run/{app}").process is process
    await browse("reactive", "run", "deadly.py/", params={"reactive-again": "1"})
    await (await visit("deadly.py", "s_visit5")).hear("value 1 END")


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
            headers |= {"Connection": "Upgrade", "Upgrade": "websocket"}
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


async def test_paths_are_those_of_the_contents_root(app, browse, jp_root_dir, tmp_path):
    (tmp_path / "outside.py").write_text(DEADLY)
    (jp_root_dir / "link.py").symlink_to(tmp_path / "outside.py")
    (jp_root_dir / ".hidden.py").write_text(DEADLY)
    (jp_root_dir / "script.py").write_text("print(1)")
    (jp_root_dir / "torn.py").write_text(DEADLY + "\n)")
    expected = {"link.py": 403, ".hidden.py": 404, "script.py": 415, "torn.py": 422}
    expected |= {"none.py": 404, "shown": 400}
    found = {path: (await browse("reactive", "run", f"{path}/")).status for path in expected}
    assert found == expected


async def test_an_app_without_a_slash_gets_one(app, browse):
    reply = await browse("reactive", "run", *app.split("/"), params={"a": "b"})
    assert reply.status == 302
    assert reply.headers["Location"].endswith(f"/reactive/run/{app}/?a=b")


async def test_full_apps_let_visitors_wait(app, visit, browse, reactive, until):
    reactive.apps.sessions.max_sessions_per_app = 1
    tab = await visit(app)
    await tab.hear("value 1 END")
    reply = await browse("reactive", "run", f"{app}/")
    assert reply.status == 503
    assert "Many visitors at once" in reply.text
    assert 'data-again="5"' in reply.text
    reactive.apps.sessions.ttl = 0
    tab.socket.close()
    await until(lambda: not reactive.apps.sessions.current())
    assert (await browse("reactive", "run", f"{app}/")).status == 200


async def test_broken_apps_say_so_and_the_others_run_on(app, visit, jp_root_dir):
    for number, (code, pattern) in enumerate(BROKEN.values()):
        path = f"broken{number}.py"
        (jp_root_dir / path).write_text(source_of(code))
        await (await visit(path, f"s_broke{number}")).hear(pattern)
    (jp_root_dir / "endless.py").write_text(source_of("while True:\n    pass"))
    await visit("endless.py", "s_endles")
    tab = await visit(app, "s_visit9")
    await tab.hear("value 1 END", 60)
    (jp_root_dir / app).unlink()


async def test_a_deleted_app_says_so(app, visit, act, browse, jp_root_dir):
    tab = await visit(app)
    await tab.hear("value 1 END")
    (jp_root_dir / app).unlink()
    await value_of(tab, act, app, 3)
    reply = await browse("reactive", "run", f"{app}/")
    assert reply.status == 404
    assert "This notebook is not here" in reply.text


@pytest.mark.parametrize("sites", [[], ["https://learn.example.org"]])
async def test_sites_may_frame_apps_if_the_operator_says_so(app, browse, reactive, visit, sites):
    reactive.app_pages.embedders = sites
    tab = await visit(app)
    assert tab.page
    for parts in (("run", f"{app}/"), ("edit/",)):
        policy = (await browse("reactive", *parts)).headers["Content-Security-Policy"]
        found = re.search(r"frame-ancestors ([^;]*)", policy)[1].split()
        assert found == ["'self'", *(sites if parts[0] == "run" else [])]
