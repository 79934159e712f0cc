"""A stranger on the port that was to be marimo's hears nothing, before marimo is there or after.

Any user of the machine can listen on a port that is free at that moment.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import psutil
import pytest
import tornado.httpclient
from squatter import Squatter

from jupyter_reactive.servers.launcher import EditServerLauncher, LaunchSpec
from jupyter_reactive.servers.listener import find_listener

STAND_IN = Path(__file__).parent.parent / "resources" / "stand_in.py"


class RacedLauncher(EditServerLauncher):
    """Somebody is quicker than the first marimo that is started."""

    squatters: list[Squatter] = []
    leaves = False

    def spec(self, folder: Path) -> LaunchSpec:
        spec = super().spec(folder)
        if not self.squatters:
            self.squatters.append(Squatter(spec.port, leaves=self.leaves))
        return spec


@pytest.fixture
def jp_server_config(jp_server_config):
    return {
        **jp_server_config,
        "EditServerLauncher": {"command": [sys.executable, str(STAND_IN)]},
    }


@pytest.mark.parametrize("leaves", [False, True])
async def test_who_was_there_before_marimo_hears_nothing(reactive, leaves: bool):
    RacedLauncher.squatters, RacedLauncher.leaves = [], leaves
    reactive.servers.launcher = RacedLauncher(parent=reactive.servers)
    server = await reactive.servers.ensure()
    (squatter,) = RacedLauncher.squatters
    with squatter:
        assert squatter.heard == []
    assert await server.client.sessions() == []
    listening = server.client.listener.process
    assert server.process.pid in {process.pid for process in (listening, *listening.parents())}


async def test_who_comes_after_marimo_hears_nothing(
    reactive, started, fetch, jp_ws_fetch, jp_auth_header
):
    """The process is still there; its port is somebody else's."""
    spec = started.spec
    assert (await fetch("reactive", "edit", "x")).status == 200
    assert (await fetch("reactive", "edit", "deaf", method="POST")).status == 200
    with Squatter(spec.port) as squatter:
        assert psutil.pid_exists(started.process.pid)
        assert (await fetch("reactive", "edit", "x")).status == 503
        assert (await fetch("reactive", "edit", "x", method="POST", body="code")).status == 503
        large = "x" * 2_000_000
        assert (await fetch("reactive", "edit", "x", method="POST", body=large)).status == 503
        socket = await jp_ws_fetch("reactive", "edit", "ws")
        assert await socket.read_message() is None
        assert not await started.client.is_alive(5)
        assert squatter.heard == []


async def test_the_listener_is_the_childs_own(started):
    spec, pid = started.spec, started.process.pid
    found = find_listener(pid, spec.host, spec.port)
    assert found == started.client.listener
    assert found.is_there()
    assert find_listener(pid, spec.host, spec.port + 1) is None
    assert find_listener(psutil.Process().pid, spec.host, spec.port) is None
    await started.process.stop()
    assert not found.is_there()


async def test_no_crash_report_shows_the_secret(started, fetch):
    """Not even one that prints the variables of every function, as error trackers do."""
    await fetch("reactive", "edit", "x")

    def crash(server, headers, spec):
        secret = server.spec.secret
        raise RuntimeError(len(secret))

    try:
        crash(started, dict(started.client.credentials), started.spec)
    except RuntimeError as e:
        report = traceback.TracebackException.from_exception(e, capture_locals=True)
    text = "".join(report.format())
    assert "'Authorization': '***'" in text
    assert started.spec.secret not in text


async def test_no_failed_request_shows_the_secret(started, fetch, caplog, jp_ws_fetch):
    """aiohttp's errors hold the headers of the request."""
    await started.process.stop()
    with pytest.raises(tornado.httpclient.HTTPClientError):
        await jp_ws_fetch("reactive", "edit", "ws")
    reply = await fetch("reactive", "edit", "x")
    assert reply.status == 503
    assert started.spec.secret not in reply.text + caplog.text
