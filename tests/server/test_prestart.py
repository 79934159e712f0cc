"""The edit server is there before anybody asks for it, where that is wanted; nobody pays for it."""

from __future__ import annotations

import logging

import pytest

from jupyter_reactive.events import SERVER_SCHEMA
from jupyter_reactive.models.servers import ServerState

ROUTE = "servers/edit/prestart"


@pytest.fixture
def jp_server_config(request, jp_server_config):
    return {**jp_server_config, **getattr(request, "param", {})}


@pytest.fixture
def opens_lab(api, reactive, until):
    """JupyterLab is open and idle; gives the state of the server when there is no more to come."""

    async def open_() -> ServerState:
        assert (await api("POST", ROUTE)).status == 200
        settled = ServerState.RUNNING, ServerState.STOPPED, ServerState.FAILED
        await until(lambda: reactive.servers.get().state in settled)
        return reactive.servers.get().state

    return open_


def states(events) -> list[str]:
    return [event["state"] for event in events if event["schema"] == SERVER_SCHEMA]


@pytest.mark.parametrize("jp_server_config", [{"Prestart": {"when": "lab"}}], indirect=True)
async def test_starts_when_lab_opens_and_ends_unused(
    reactive, opens_lab, until, events, jp_serverapp
):
    used = jp_serverapp.web_app.last_activity()
    reactive.prestart.unused_timeout = 1
    assert await opens_lab() == "running"
    await until(lambda: reactive.servers.get().state == "stopped")
    assert jp_serverapp.web_app.last_activity() == used, "nobody has used anything"
    assert await opens_lab() == "running", "it ended by itself, so it may start again"
    assert "failed" not in states(events)


async def test_starts_when_lab_shows_a_notebook(
    reactive, opens_lab, api, until, jp_root_dir, notebook
):
    (jp_root_dir / "module.py").write_text("x = 1\n")

    async def lists(*paths: str) -> None:
        assert (await api("POST", "notebooks/recognise", {"paths": list(paths)})).status == 200

    assert await opens_lab() == "stopped"
    await lists("module.py")
    assert reactive.prestart.is_done
    await lists("module.py", notebook)
    await until(reactive.servers.running)


async def test_starts_when_who_may_execute_comes_to_a_notebook(reactive, opens_lab, api, notebook):
    assert (await api("POST", "notebooks/recognise", {"paths": [notebook]})).status == 200
    assert reactive.prestart.is_done, "a reader may list it"
    assert await opens_lab() == "running"


@pytest.mark.parametrize("jp_server_config", [{"Prestart": {"when": "lab"}}], indirect=True)
async def test_what_is_used_or_was_stopped_is_left_alone(
    reactive, opens_lab, browse, until, api, caplog
):
    reactive.prestart.unused_timeout = 0.1
    assert await opens_lab() == "running"
    assert (await browse("reactive", "edit/")).status == 200
    await until(lambda: reactive.prestart.is_done)
    assert reactive.servers.running() is not None
    await api("DELETE", "servers/edit")
    assert await opens_lab() == "stopped"
    assert (await browse("reactive", "edit/")).status == 202, "who opens something starts it"


@pytest.mark.parametrize(
    "jp_server_config",
    [{"EditServerLauncher": {"command": ["/nowhere/marimo"]}, "Prestart": {"when": "lab"}}],
    indirect=True,
)
async def test_failure_is_told_only_to_who_opens_a_notebook(
    opens_lab, browse, events, caplog, until, reactive
):
    with caplog.at_level(logging.ERROR):
        assert [await opens_lab(), await opens_lab()] == ["stopped", "stopped"]
        await until(lambda: reactive.prestart.is_done)
    assert caplog.text.count("/nowhere/marimo") == 1
    assert "failed" not in states(events)
    assert (await browse("reactive", "edit/")).status == 202
    await until(lambda: "failed" in states(events))
    assert "was not found" in (await browse("reactive", "edit/")).text


@pytest.mark.parametrize("jp_server_config", [{"Prestart": {"when": "server"}}], indirect=True)
async def test_starts_with_jupyter(reactive, until):
    await until(reactive.servers.running)


@pytest.mark.parametrize("jp_server_config", [{"Prestart": {"when": "use"}}], indirect=True)
async def test_starts_with_the_first_notebook_only(reactive, opens_lab):
    assert await opens_lab() == "stopped"
    assert reactive.servers.models()[0].cause is None
    assert reactive.prestart.is_done
