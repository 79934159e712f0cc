"""REST under reactive/api/: every answer is held against the OpenAPI file by the `api` fixture."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import resource
import signal
from pathlib import Path

import psutil
import pytest
import yaml
from openapi_spec_validator import validate

from jupyter_reactive.api import OPENAPI_FILE
from jupyter_reactive.events import SERVER_SCHEMA


def test_openapi_file_is_valid():
    validate(yaml.safe_load(OPENAPI_FILE.read_text("utf-8")))


def described_as(route: str) -> str:
    """How the OpenAPI file writes a route."""
    return "/" + re.sub(r"\(\?P<(?:\w+_)?(\w+)>[^)]+\)", r"{\1}", route)


async def test_openapi_file_and_routes_agree(routes):
    described = set(yaml.safe_load(OPENAPI_FILE.read_text("utf-8"))["paths"])
    found = {described_as(route) for route, _ in routes if route.startswith("reactive/api/")}
    assert found == described


async def test_openapi_file_and_verbs_agree(routes):
    paths = yaml.safe_load(OPENAPI_FILE.read_text("utf-8"))["paths"]
    for route, handler in routes:
        if not route.startswith("reactive/api/"):
            continue
        path = described_as(route)
        for verb in ("get", "post", "put", "patch", "delete"):
            action = getattr(getattr(handler, verb), "permitted_action", None)
            assert (verb in paths[path]) is (action is not None), f"{verb} {path}"
            if action:
                assert f"Action: {action}." in paths[path][verb]["description"]


async def test_status(api):
    reply = await api("GET", "status")
    assert reply.status == 200
    assert reply.json["marimo_version"]


async def test_nothing_runs_before_it_is_needed(api):
    assert {server["state"] for server in (await api("GET", "servers")).json} == {"stopped"}
    assert (await api("GET", "sessions")).json == []
    assert {server["state"] for server in (await api("GET", "servers")).json} == {"stopped"}


async def test_start_log_restart_stop(api, events, reactive):
    assert (await api("POST", "servers/edit/start")).json["state"] == "running"
    first = reactive.servers.running().process.pid
    started = (await api("GET", "servers/edit")).json["started"]
    assert (await api("POST", "servers/edit/start")).json["started"] == started
    secret = reactive.servers.running().spec.secret
    log = (await api("GET", "servers/edit/log")).json["lines"]
    assert any("***" in line for line in log)
    assert secret not in "\n".join(log)

    again = (await api("POST", "servers/edit/restart")).json
    assert again["started"] != started
    assert not psutil.pid_exists(first)
    second = reactive.servers.running().process.pid
    assert (await api("DELETE", "servers/edit")).status == 204
    assert not psutil.pid_exists(second)
    assert (await api("GET", "servers/edit")).json["state"] == "stopped"
    assert (await api("DELETE", "servers/edit")).status == 204

    states = [event["state"] for event in events if event["schema"] == SERVER_SCHEMA]
    assert states == [
        *("starting", "running"),
        *("stopping", "stopped", "starting", "running"),
        *("stopping", "stopped"),
    ]


async def test_unknown_server(api):
    for method, route in [
        ("GET", "servers/nix"),
        ("GET", "servers/nix/log"),
        ("POST", "servers/nix/start"),
        ("POST", "servers/nix/restart"),
        ("DELETE", "servers/nix"),
    ]:
        assert (await api(method, route)).status == 404


async def test_create_in_a_folder_with_a_free_name(api, jp_root_dir: Path):
    (jp_root_dir / "a b").mkdir()
    first = await api("POST", "notebooks", {"folder": "a b"})
    second = await api("POST", "notebooks", {"folder": "a b"})
    assert first.status == second.status == 201
    assert first.json == {"path": "a b/untitled.py", "name": "untitled.py"}
    assert second.json["path"] == "a b/untitled1.py"
    assert first.headers["Location"].endswith("/reactive/open/a%20b/untitled.py")
    assert "marimo.App" in (jp_root_dir / "a b/untitled.py").read_text()


@pytest.mark.parametrize(
    "name",
    ["with space.py", "quote'\".py", "é.py", "50%.py", "a%2Fb.py", "🌊.py", "-rf.py", "no_suffix"],
)
async def test_create_open_and_recognise_any_name(api, browse, jp_root_dir: Path, name: str):
    reply = await api("POST", "notebooks", {"name": name})
    assert reply.status == 201
    path = reply.json["path"]
    assert (jp_root_dir / path).is_file()
    assert (await api("POST", "notebooks/recognise", {"paths": [path]})).json["reactive"] == [path]
    assert (await browse("reactive", "open", path)).status == 302


async def test_create_never_overwrites(api, jp_root_dir: Path):
    (jp_root_dir / "mine.py").write_text("precious")
    (jp_root_dir / "dangling.py").symlink_to("nowhere.py")
    for name in ("mine.py", "mine", "dangling.py"):
        assert (await api("POST", "notebooks", {"name": name})).status == 409
    assert (jp_root_dir / "mine.py").read_text() == "precious"
    assert not (jp_root_dir / "nowhere.py").exists()


async def test_two_at_once_get_two_names(api):
    replies = await asyncio.gather(*(api("POST", "notebooks", {}) for _ in range(5)))
    assert len({reply.json["path"] for reply in replies}) == 5


async def test_create_says_what_is_wrong(api, jp_root_dir: Path):
    (jp_root_dir / "file.txt").touch()
    (jp_root_dir / "loop").symlink_to("loop")
    before = sorted(jp_root_dir.rglob("*"))
    cases = [
        ({"folder": "nix"}, 404),
        ({"folder": "../"}, 400),
        ({"folder": "/etc"}, 404),
        ({"folder": "file.txt/x"}, 404),
        ({"folder": "loop"}, 404),
        ({"folder": "x/" * 3000}, 400),
        ({"name": "../x.py"}, 400),
        ({"name": "/x.py"}, 400),
        ({"name": ".hidden.py"}, 400),
        ({"name": "a\0b.py"}, 400),
        ({"name": "n" * 300}, 400),
        ({"name": ""}, 400),
        ({"name": 7}, 400),
        ({"folder": []}, 400),
        ({"template": "nix"}, 404),
        ({"nix": 1}, 400),
        ([], 400),
        ("no json", 400),
        (b"\xff\xfe", 400),
        ("[" * 100_000, 400),
        ("{" + " " * 1_100_000 + "}", 413),
    ]
    for body, status in cases:
        reply = await api("POST", "notebooks", body)
        assert reply.status == status, (body, reply)
        assert reply.json["remedy"], body
    assert sorted(jp_root_dir.rglob("*")) == before


@pytest.mark.filterwarnings(
    "ignore:unclosed file", "ignore::pytest.PytestUnraisableExceptionWarning"
)
async def test_create_on_a_full_disk(api):
    """A limit on file size refuses the write as a full disk does; Jupyter leaves its file open."""

    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        reply = await api("POST", "notebooks", {"name": "full.py"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
        gc.collect()
    assert reply.status == 403
    assert "full.py" in reply.json["message"]


async def test_recognise(api, jp_root_dir: Path, notebook: str):
    (jp_root_dir / "script.py").write_text("print()")
    (jp_root_dir / ".hidden.py").write_text((jp_root_dir / notebook).read_text())
    (jp_root_dir / "folder.py").mkdir()
    paths = [notebook, "script.py", ".hidden.py", "folder.py", "nix.py", "../x.py", "a\0b", ""]
    assert (await api("POST", "notebooks/recognise", {"paths": paths})).json == {
        "reactive": [notebook]
    }


async def test_recognise_says_what_is_wrong(api):
    for body in (
        {},
        {"paths": "x"},
        {"paths": [1]},
        {"paths": ["x"] * 5001},
        {"paths": [], "x": 1},
    ):
        assert (await api("POST", "notebooks/recognise", body)).status == 400, body


async def test_templates(api):
    assert (await api("GET", "notebooks/templates")).json == [{"name": "default", "default": True}]


async def test_sessions(api, notebook, open_session, events, until):
    await open_session(notebook)
    (session,) = (await api("GET", "sessions")).json
    assert session == {"id": "s_test01", "path": notebook, "name": "slider.py"}
    assert (await api("DELETE", "sessions/nix")).status == 404
    assert (await api("DELETE", "sessions/s_test01")).status == 204
    assert (await api("GET", "sessions")).json == []
    actions = [event["action"] for event in events if "action" in event]
    assert actions == ["opened", "closed"]


async def test_shut_all_sessions_down(api, notebook, open_session, jp_root_dir: Path):
    (jp_root_dir / "two.py").write_text((jp_root_dir / notebook).read_text())
    await open_session(notebook)
    await open_session("two.py", "s_test02")
    assert len((await api("GET", "sessions")).json) == 2
    assert (await api("DELETE", "sessions")).status == 204
    assert (await api("GET", "sessions")).json == []
    assert (await api("GET", "servers/edit")).json["state"] == "running"


async def test_shut_down_without_a_server(api):
    assert (await api("DELETE", "sessions/s_test01")).status == 404
    assert (await api("DELETE", "sessions")).status == 204


async def test_unknown_route_is_answered_with_a_sentence(fetch):
    for method in ("GET", "POST", "DELETE"):
        reply = await fetch("reactive", "api", "nix", method=method)
        assert reply.status == 404
        assert json.loads(reply.text)["message"]
