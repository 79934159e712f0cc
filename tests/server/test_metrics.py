"""What `/metrics` counts, after real starts and ends; as differences, for the process's life."""

from __future__ import annotations

import os
import signal

import pytest
import tornado.httpclient

NAMES = {
    "running": "jupyter_reactive_servers_running",
    "sessions": "jupyter_reactive_sessions_open",
    "starts": "jupyter_reactive_server_starts_total",
    "failures": "jupyter_reactive_server_start_failures_total",
    "died": 'jupyter_reactive_server_unexpected_ends_total{cause="died"}',
    "replaced": 'jupyter_reactive_server_restarts_total{cause="died"}',
    "restarts": 'jupyter_reactive_server_restarts_total{cause="restart"}',
    "answered": "jupyter_reactive_server_start_seconds_count",
    "seconds": "jupyter_reactive_server_start_seconds_sum",
    "to_server": 'jupyter_reactive_forwarded_bytes_total{direction="to_server"}',
    "to_browser": 'jupyter_reactive_forwarded_bytes_total{direction="to_browser"}',
}


@pytest.fixture
def metrics(fetch):
    """What Jupyter's own endpoint tells of us."""

    async def ask() -> dict[str, float]:
        reply = await fetch("metrics")
        assert reply.status == 200
        lines = (line for line in reply.text.splitlines() if not line.startswith("#"))
        values = {name: float(value) for name, _, value in (x.rpartition(" ") for x in lines)}
        return {key: values[name] for key, name in NAMES.items()}

    return ask


async def test_starts_ends_and_failures_are_counted(
    metrics, api, reactive, notebook, open_session, until
):
    before = await metrics()
    assert (before["running"], before["sessions"]) == (1, 0)
    assert before["starts"] >= before["answered"] >= 1
    expected = dict(before)

    async def check(**changes: float) -> None:
        """Some numbers went up, or are now; all the others stayed."""
        for name, value in changes.items():
            now = name in {"running", "sessions"}
            expected[name] = value if now else expected[name] + value
        found = await metrics()
        forwarded = {"seconds", "to_server", "to_browser"}
        assert {k: v for k, v in found.items() if k not in forwarded} == {
            k: v for k, v in expected.items() if k not in forwarded
        }

    await open_session(notebook)
    await check(sessions=1)

    old = reactive.servers.running()
    os.kill(old.process.pid, signal.SIGKILL)
    await until(lambda: reactive.servers.running() not in {None, old}, 60)
    await until(lambda: not reactive.sessions.models())
    await check(sessions=0, starts=1, answered=1, died=1, replaced=1)

    assert (await api("POST", "servers/edit/restart")).status == 200
    await check(starts=1, answered=1, restarts=1)

    assert (await api("DELETE", "servers/edit")).status == 204
    await check(running=0)

    reactive.servers.launcher.command = ["/nowhere/marimo"]
    assert (await api("POST", "servers/edit/start")).status == 503
    await check(starts=1, failures=1)
    assert (await metrics())["seconds"] > before["seconds"]


async def test_forwarded_bytes_are_counted(metrics, notebook, open_session, marimo_post):
    before = await metrics()
    await open_session(notebook)
    opened = await metrics()
    # The page, and the messages of its session.
    assert opened["to_browser"] - before["to_browser"] > 100
    await marimo_post("api/kernel/read_code", {"padding": "x" * 5000})
    after = await metrics()
    assert after["to_server"] - opened["to_server"] > 5000
    assert after["to_browser"] > opened["to_browser"]


async def test_metrics_are_authenticated_as_jupyter_says(root_url, jp_serverapp):
    """By default Jupyter shows them to nobody who has not logged in, so ours neither."""
    assert jp_serverapp.authenticate_prometheus
    client = tornado.httpclient.AsyncHTTPClient()
    reply = await client.fetch(f"{root_url}metrics", raise_error=False)
    assert reply.code == 403
    assert b"jupyter_reactive" not in reply.body
