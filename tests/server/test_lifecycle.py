"""Whole lives of a real Jupyter server: every base URL, any root, and no process left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import psutil
import pytest
from jupyter_process import JupyterProcess
from yarl import URL

from jupyter_reactive.notebooks.marimo import server_token

RESOURCES = Path(__file__).parent.parent / "resources"
# What must change nothing shares a server with a base URL: each takes two seconds of a processor.
HUBS_VARIABLES = {"JUPYTERHUB_SERVICE_PREFIX": "/elsewhere/", "NB_PREFIX": "/x"}
IPV6_FIRST = {"PYTHONPATH": str(RESOURCES / "ipv6_first")}
BASE_URLS = {
    "plain": ("/", {}),
    "of a user": ("/user/name/", {}),
    "variables of a Hub say another": ("/user/name/server/", HUBS_VARIABLES),
    "localhost is IPv6 first": ("/jupyter/default/", IPV6_FIRST),
    "escaped": ("/user/a%40b/", {}),
}


@pytest.fixture
def jupyter(tmp_path: Path, notebook_source: str):
    """Make a server; it is ended with the test."""
    made: list[JupyterProcess] = []

    def make(**options) -> JupyterProcess:
        server = JupyterProcess(tmp_path / f"home{len(made)}", **options)
        (server.root / "folder").mkdir()
        (server.root / "folder/slider.py").write_text(notebook_source)
        made.append(server)
        server.start()
        return server

    yield make
    for server in made:
        server.stop()


@pytest.fixture(autouse=True)
def stop_children():
    """The server of this module runs in a process of its own."""


async def open_websocket(server: JupyterProcess, path: str) -> dict:
    """Open a notebook as marimo's page does; gives the first message."""
    headers = {"Authorization": f"token {server.token}"}
    session_id = f"s_{secrets.token_hex(3)}"  # each page makes its own
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.ws_connect(
            URL(f"{server.url}reactive/edit/ws?session_id={session_id}&file={path}", encoded=True)
        ) as socket,
    ):
        return await asyncio.wait_for(socket.receive_json(), 30)


def open_notebook(server: JupyterProcess, path: str) -> None:
    """Through the link for people, past the waiting page, to a running kernel."""
    status, text = server.request(f"reactive/open/{path}", headers={"Sec-Fetch-Mode": "navigate"})
    assert status in {200, 202}, text
    server.post("reactive/api/servers/edit/start")
    status, text = server.request(f"reactive/open/{path}", headers={"Sec-Fetch-Mode": "navigate"})
    assert status == 200
    assert f"<marimo-filename hidden>{path}" in text
    message = asyncio.run(open_websocket(server, path))
    assert message["op"] == "kernel-ready"


def all_gone(processes: list[psutil.Process], within: float = 15) -> list[psutil.Process]:
    """Those that are still there after a while."""
    _gone, alive = psutil.wait_procs(processes, timeout=within)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("kind", BASE_URLS)
def test_every_base_url(jupyter, kind: str):
    base_url, environment = BASE_URLS[kind]
    server = jupyter(base_url=base_url, environment=environment)
    open_notebook(server, "folder/slider.py")
    (session,) = server.get("reactive/api/sessions")
    assert session["path"] == "folder/slider.py"
    status, page = server.request("reactive/open/nix.py", headers={"Sec-Fetch-Mode": "navigate"})
    assert status == 404
    css = page.partition('href="')[2].partition('"')[0]
    assert css.startswith(f"{base_url}static/reactive/page.css")
    assert server.request(css.removeprefix(base_url))[0] == 200


@pytest.mark.parametrize("own", [True, False], ids=["own marimo", "another marimo"])
def test_notebooks_named_like_modules_break_nothing(jupyter, own: bool, notebook_source: str):
    another = [] if own else [f"--EditServerLauncher.command={Path(sys.executable).parent}/marimo"]
    server = jupyter(arguments=another)
    # A name that Python itself needs before any code runs, such as types.py, ends a kernel of
    # marimo's wherever it runs: multiprocessing starts it in the folder.
    for name in ("random.py", "marimo.py", "uvicorn.py", "json.py", "typing.py"):
        (server.root / name).write_text(notebook_source)
    open_notebook(server, "folder/slider.py")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left(jupyter, number: signal.Signals):
    server = jupyter()
    open_notebook(server, "folder/slider.py")
    processes = server.children()
    assert len(processes) >= 2, "a marimo server and a kernel"
    ports = [
        connection.laddr.port
        for process in processes
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]
    assert ports
    os.kill(server.process.pid, number)
    if number is signal.SIGINT:
        # Without a terminal Jupyter takes the second one as the answer to its question, if it has
        # asked it by then.
        for seconds in (0.5, 10):
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.process.wait(seconds)
            if server.alive:
                os.kill(server.process.pid, number)
    server.process.wait(30)
    assert all_gone(processes) == []
    listening = {c.laddr.port for c in psutil.net_connections() if c.status == psutil.CONN_LISTEN}
    assert not listening & set(ports)


@pytest.mark.parametrize("own", [True, False], ids=["own marimo", "another marimo"])
def test_nothing_is_left_when_jupyter_is_killed(jupyter, own: bool):
    """As the kernel does when memory runs out, and the Hub at last."""
    another = [] if own else [f"--EditServerLauncher.command={Path(sys.executable).parent}/marimo"]
    server = jupyter(arguments=another)
    open_notebook(server, "folder/slider.py")
    processes = server.children()
    assert len(processes) >= 2
    server.process.kill()
    server.process.wait()
    assert all_gone(processes) == []


def test_nothing_is_left_beside_another_proxied_app(jupyter):
    """jupyter-server-proxy's own handler takes over the signal handlers of the process."""
    other = json.dumps({"other": {"command": ["python3", "-m", "http.server", "{port}"]}})
    server = jupyter(arguments=[f"--ServerProxy.servers={other}"])
    assert server.request("other/")[0] == 200
    open_notebook(server, "folder/slider.py")
    processes = [p for p in server.children() if "http.server" not in " ".join(p.cmdline())]
    server.process.terminate()
    server.process.wait(30)
    assert all_gone(processes) == []


def test_users_marimo_configuration_is_honoured(jupyter, tmp_path: Path):
    server = jupyter()
    config = server.home / "config/marimo/marimo.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[display]\ntheme = "dark"\ncode_editor_font_size = 31\n')
    server.post("reactive/api/servers/edit/start")
    _status, page = server.request("reactive/edit/", headers={"Sec-Fetch-Mode": "navigate"})
    assert '"code_editor_font_size": 31' in page


def test_secret_stands_nowhere(jupyter):
    """Not in argv, not in an environment, not in a log, not in a page."""
    server = jupyter(arguments=["--ReactiveApp.log_level=DEBUG"])
    open_notebook(server, "folder/slider.py")
    marimo = next(p for p in server.children() if "--token-password-file" in p.cmdline())
    command = marimo.cmdline()
    assert command[command.index("--token-password-file") + 1] == "-"
    environment = "\n".join(f"{key}={value}" for key, value in marimo.environ().items())
    assert server.token not in environment
    log = server.log.read_text()
    assert "access_token=***" in log
    _status, page = server.request("reactive/edit/", headers={"Sec-Fetch-Mode": "navigate"})
    lines = "\n".join(server.get("reactive/api/servers/edit/log")["lines"])
    for text in (log, lines, page, environment):
        assert "access_token=" not in text.replace("access_token=***", "")


def test_marimos_own_shutdown_button_is_no_failure(jupyter):
    server = jupyter()
    open_notebook(server, "folder/slider.py")
    _status, page = server.request("reactive/edit/", headers={"Sec-Fetch-Mode": "navigate"})
    token = server_token(page)
    status, text = server.request(
        "reactive/edit/api/kernel/shutdown", "POST", headers={"Marimo-Server-Token": token}
    )
    assert status == 200, text
    deadline = time.monotonic() + 15
    while server.get("reactive/api/servers/edit")["state"] != "stopped":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert server.get("reactive/api/servers/edit")["message"] is None
    open_notebook(server, "folder/slider.py")


def test_command_line_shows_what_runs(jupyter, tmp_path: Path):
    server = jupyter(base_url="/jupyter/default/")
    open_notebook(server, "folder/slider.py")
    environment = {**os.environ, "JUPYTER_RUNTIME_DIR": str(server.home / "runtime")}
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "reactive", "status"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "edit: running since" in done.stdout
    assert "open: folder/slider.py" in done.stdout
    assert server.token not in done.stdout
