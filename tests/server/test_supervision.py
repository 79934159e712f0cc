"""A server that dies or hangs is replaced, and its pages go on. Really killed, really stopped."""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from jupyter_reactive.events import SERVER_SCHEMA

# Only where it is to count as frozen: a slow machine may well be silent for as long.
FROZEN_SECONDS = 4
STAND_IN = Path(__file__).parent.parent / "resources" / "stand_in.py"


@pytest.fixture
def jp_server_config(jp_server_config):
    return {
        **jp_server_config,
        "LivenessProbe": {"interval": 0.2, "timeout": 2},
        "RestartPolicy": {"delay": 0.1, "max_restarts": 2},
    }


@pytest.fixture
def replaced(reactive, until):
    """Wait for the server that takes the place of another one."""

    async def wait(server):
        return await until(
            lambda: (
                reactive.servers.running() is not server
                and reactive.servers.running()
                and reactive.servers.get("edit").state == "running"
                and reactive.servers.running()
            ),
            60,
        )

    return wait


def states(events) -> list[tuple[str, str]]:
    """What became of a server that had ended. A slow machine may be silent for a moment too."""
    told = [(e["state"], e["cause"]) for e in events if e["schema"] == SERVER_SCHEMA and e["cause"]]
    return [state for state, _again in itertools.groupby(told)]


def group_of(server) -> list[psutil.Process]:
    leader = psutil.Process(server.process.pid)
    return [leader, *leader.children(recursive=True)]


async def test_killed_server_is_started_again(
    started, notebook, open_session, events, replaced, api
):
    await open_session(notebook)
    processes = group_of(started)
    os.kill(started.process.pid, signal.SIGKILL)
    await replaced(started)
    assert states(events) == [("starting", "died"), ("running", "died")]
    server = (await api("GET", "servers/edit")).json
    assert server["message"] == "The marimo server ended unexpectedly (signal 9)."
    assert (await api("GET", "servers/edit/log")).json["lines"]
    _gone, left = psutil.wait_procs(processes, 5)
    assert left == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_shell_of_marimos_terminal_ends_too(started, jp_ws_fetch, until, reactive, number):
    """It has a session of its own, outside the group."""
    socket = await jp_ws_fetch("reactive", "edit", "terminal", "ws")

    def shells() -> list[psutil.Process]:
        outside = [p for p in group_of(started) if os.getpgid(p.pid) != started.process.pid]
        return [process for process in outside if "leash.py" not in " ".join(process.cmdline())]

    found = await until(shells)
    os.kill(started.process.pid, number)
    await until(lambda: not any(process.is_running() for process in found))
    socket.close()


async def test_killed_server_that_nobody_uses_waits_for_the_next_page(started, api, until):
    os.kill(started.process.pid, signal.SIGKILL)
    await until(started.process.ended.is_set)
    server = (await api("GET", "servers/edit")).json
    assert (server["state"], server["cause"]) == ("stopped", "died")
    assert (await api("POST", "servers/edit/start")).json["state"] == "running"


async def test_page_of_an_earlier_server_goes_on(
    started, notebook, open_session, marimo_post, replaced, reactive, api
):
    """Its cells, typed text included, are the page's own: it hands them to the new kernel."""
    await open_session(notebook)
    os.kill(started.process.pid, signal.SIGKILL)
    new = await replaced(started)
    assert new.token != started.token
    await open_session(notebook)
    instantiate = {"objectIds": [], "values": [], "autoRun": True, "codes": {"c1": "typed = 1"}}
    reply = await marimo_post("api/kernel/instantiate", instantiate, token=started.token)
    assert reply.status == 200, reply.text
    reply = await marimo_post("api/kernel/instantiate", instantiate, token="of nobody")
    assert reply.status == 401
    assert [session["id"] for session in (await api("GET", "sessions")).json] == ["s_test01"]


@pytest.mark.parametrize("leaves", [True, False])
async def test_page_that_missed_the_greeting_gets_a_new_session(
    started, notebook, jp_ws_fetch, marimo_post, reactive, leaves: bool
):
    """marimo greets the page of a session once; one that missed it would think itself known.

    A page gives up what has not come within ten seconds, as after a slow start of the server.
    """
    query = {"session_id": "s_test01", "file": notebook}
    sockets = []

    async def greeting() -> str:
        sockets.append(await jp_ws_fetch("reactive", "edit", "ws", params=query))
        return json.loads(await sockets[-1].read_message())["op"]

    assert await greeting() == "kernel-ready"
    if leaves:
        sockets[0].close()
    assert await greeting() == "kernel-ready"
    assert (await marimo_post("api/kernel/interrupt", {}, "s_test01")).status == 200
    sockets[1].close()
    assert await greeting() == "reconnected", "one that has answered stays"
    assert [session.id for session in await reactive.sessions.refresh()] == ["s_test01"]
    for socket in sockets:
        socket.close()


@pytest.mark.parametrize("framed", [False, True])
async def test_page_is_told_that_its_variables_are_gone(
    started, notebook, open_session, jp_ws_fetch, reactive, framed: bool
):
    """In the page itself; the tab of JupyterLab has a bar for it."""
    await open_session(notebook)
    await reactive.servers.restart()
    query = {"session_id": "s_test01", "file": notebook, **({"theme": "system"} if framed else {})}
    socket = await jp_ws_fetch("reactive", "edit", "ws", params=query)
    first = json.loads(await socket.read_message())
    assert (first["op"] == "banner") is not framed
    if not framed:
        assert "was started again" in first["data"]["title"]
    socket.close()


async def test_page_of_another_version_is_refused(started, notebook, open_session, fetch, reactive):
    await open_session(notebook)
    await reactive.servers.restart()
    reactive.servers.running().version = "0.99.0"
    reply = await fetch(
        "reactive", "edit", "x", method="POST", headers={"Marimo-Session-Id": "s_test01"}
    )
    assert reply.status == 503
    assert "another version of marimo" in reply.json["message"]


async def test_restarts_stop_after_a_few(
    started, notebook, open_session, replaced, until, reactive, api, browse
):
    server = started
    for _ in range(2):
        await open_session(notebook)
        os.kill(server.process.pid, signal.SIGKILL)
        server = await replaced(server)
    await open_session(notebook)
    os.kill(server.process.pid, signal.SIGKILL)
    await until(lambda: reactive.servers.get("edit").state == "failed")
    model = (await api("GET", "servers/edit")).json
    assert "left alone now (restarts: 2)" in model["remedy"]
    page = await browse("reactive", "edit/", params={"file": notebook})
    assert page.status == 503
    assert model["message"] in page.text
    assert (await api("POST", "servers/edit/start")).json["state"] == "running"
    await open_session(notebook)
    server = reactive.servers.running()
    os.kill(server.process.pid, signal.SIGKILL)
    await replaced(server)


async def test_frozen_server_is_replaced_with_its_kernels(
    started, notebook, open_session, events, replaced, reactive
):
    await open_session(notebook)
    processes = group_of(started)
    assert len(processes) > 1
    reactive.servers.liveness.frozen_after = FROZEN_SECONDS
    os.kill(started.process.pid, signal.SIGSTOP)
    await replaced(started)
    assert states(events) == [("starting", "frozen"), ("running", "frozen")]
    assert any("does not answer at the moment" in str(event.get("message")) for event in events)
    _gone, left = psutil.wait_procs(processes, 5)
    assert left == []


async def test_restart_while_it_hangs(started, api, reactive):
    reactive.servers.liveness.frozen_after = 600
    os.kill(started.process.pid, signal.SIGSTOP)
    server = (await api("POST", "servers/edit/restart")).json
    assert (server["state"], server["cause"]) == ("running", "restart")
    assert reactive.servers.running().process.pid != started.process.pid


async def test_busy_server_is_no_frozen_one(jp_serverapp, reactive, events, fetch, until):
    reactive.servers.launcher.command = [sys.executable, str(STAND_IN)]
    reactive.servers.liveness.frozen_after = FROZEN_SECONDS
    server = await reactive.servers.ensure()
    events.clear()
    assert (await fetch("reactive", "edit", "burn", f"{FROZEN_SECONDS + 3}")).status == 200
    await until(lambda: len(events) > 1 and events[-1]["message"] is None)
    assert "does not answer at the moment" in events[0]["message"]
    assert reactive.servers.running() is server


async def test_busy_server_has_a_limit(reactive, events, fetch, until):
    reactive.servers.launcher.command = [sys.executable, str(STAND_IN)]
    reactive.servers.liveness.busy_limit = 4
    pid = (await reactive.servers.ensure()).process.pid
    assert (await fetch("reactive", "edit", "burn", "600")).status == 503
    await until(lambda: events[-1]["cause"] == "frozen")
    assert events[-1]["state"] == "stopped"
    assert not psutil.pid_exists(pid)
