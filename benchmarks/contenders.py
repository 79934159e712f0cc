"""Who is measured, and a real `jupyter lab` of theirs: its processes, ports and sockets."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

# Handed down to every child, so that one whose parent is gone is found too.
MARK = "FAULTS_RUN"
OFFICIAL = "marimo-jupyter-extension==0.5.0"
OTHER_APP = {"command": [sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1"]}
MARIMO_CONFIG = "[runtime]\nauto_instantiate = true\noutput_max_bytes = 200000000\n"


@dataclass(frozen=True)
class Contender:
    """An extension in its environment.

    Attributes:
        python: the environment's interpreter.
        page: the route of a notebook's page outside JupyterLab.
        restart: the route that JupyterLab posts to when the user asks for a restart.
        settings: configuration of the Jupyter server.
    """

    name: str
    python: str
    page: str
    restart: str
    settings: dict[str, Any] = field(default_factory=dict)


def contenders(official: str | None) -> list[Contender]:
    """Ours, and the official one in three settings when its environment is given."""
    ours = Contender(
        "ours", sys.executable, "reactive/open/{name}", "reactive/api/servers/edit/restart"
    )
    if official is None:
        return [ours]
    theirs = (official, "marimo/?file={name}", "marimo-tools/restart")
    plain = {"MarimoProxyConfig": {"sandbox": None}}
    # Its answer to gateways without websockets, which an administrator has to know of.
    sse = {"MarimoProxyConfig": {"sandbox": None, "transport": "sse"}}
    return [
        ours,
        Contender("official", *theirs),
        Contender("official-no-sandbox", *theirs, settings=plain),
        Contender("official-sse", *theirs, settings=sse),
    ]


def make_official(folder: Path) -> str:
    """Create an environment with the official extension and our marimo; its interpreter."""
    version = subprocess.check_output(
        [sys.executable, "-c", "import marimo; print(marimo.__version__)"], text=True
    ).strip()
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = str(folder / "bin/python")
    packages = [OFFICIAL, "jupyterlab==4.6.*", f"marimo=={version}"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def until(condition: Callable[[], object], seconds: float) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def answers(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


class Jupyter:
    """One `jupyter lab` with a home, a configuration and a contents root of its own."""

    def __init__(self, contender: Contender, *, other_app: bool = False) -> None:
        self.contender = contender
        self.token = secrets.token_hex(16)
        self.home = Path(tempfile.mkdtemp(prefix="faults-"))
        self.root = self.home / "root"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        config = self.home / "config"
        for folder in ("root", "tmp", "config/jupyter/labconfig", "config/marimo"):
            (self.home / folder).mkdir(parents=True)
        (config / "marimo/marimo.toml").write_text(MARIMO_CONFIG)
        announcements = {"@jupyterlab/apputils-extension:announcements": True}
        (config / "jupyter/labconfig/page_config.json").write_text(
            json.dumps({"disabledExtensions": announcements})
        )
        settings = dict(contender.settings)
        if other_app:
            settings["ServerProxy"] = {"servers": {"other": OTHER_APP}}
        (config / "jupyter/jupyter_server_config.json").write_text(json.dumps(settings))

    def start(self) -> None:
        config = self.home / "config"
        programs = str(Path(self.contender.python).parent)
        environment = {
            **os.environ,
            MARK: self.token,
            "PATH": os.pathsep.join([programs, os.environ.get("PATH", os.defpath)]),
            # What a sandbox downloads is kept between the runs.
            "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache/uv")),
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "tmp"),
            "XDG_CONFIG_HOME": str(config),
            "XDG_STATE_HOME": str(self.home / "state"),
            "JUPYTER_CONFIG_DIR": str(config / "jupyter"),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"),
        }
        command = [
            *(self.contender.python, "-m", "jupyter", "lab", "--no-browser", "--allow-root"),
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={self.token}",
        ]
        with (self.home / "jupyter.log").open("ab") as log:
            self.process = psutil.Popen(
                command,
                # The official extension knows no root but the folder that it is started in.
                cwd=self.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        # With the token: a stranger may have taken the port.
        if not until(lambda: self.request("api/status")[0] == 200, 60):
            raise RuntimeError((self.home / "jupyter.log").read_text()[-2000:])

    def stop(self) -> None:
        """End all of it, whatever state it is in."""
        for process in self.family():
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal.SIGCONT)
        with contextlib.suppress(psutil.Error):
            self.process.terminate()
            self.process.wait(20)
        until(lambda: not self._kill_family(), 10)
        shutil.rmtree(self.home, ignore_errors=True)

    def _kill_family(self) -> list[psutil.Process]:
        family = self.family()
        for process in family:
            with contextlib.suppress(psutil.Error):
                process.kill()
        return family

    def family(self) -> list[psutil.Process]:
        """Every living process that this Jupyter started, and itself."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get(MARK) == self.token:
                    found.append(process)
        return found

    def ports(self) -> set[int]:
        """The ports that the family listens on."""
        listening = (c for c in self._connections("tcp") if c.status == psutil.CONN_LISTEN)
        return {connection.laddr.port for connection in listening}

    def sockets(self) -> set[Path]:
        """The socket files of the family."""
        bound = {Path(c.laddr) for c in self._connections("unix") if c.laddr.startswith("/")}
        return bound | {path for path in self.home.rglob("*") if path.is_socket()}

    def _connections(self, kind: str) -> Iterator[Any]:
        for process in self.family():
            with contextlib.suppress(psutil.Error):
                yield from process.net_connections(kind)

    def marimo(self) -> psutil.Process:
        """The marimo server: of the processes of `marimo edit` the one that listens."""
        commands = [p for p in self.family() if {"edit"} <= set(p.cmdline()) and _is_marimo(p)]
        for process in commands:
            connections = process.net_connections("all")
            if any(c.status == psutil.CONN_LISTEN for c in connections):
                return process
        return commands[0]

    def request(self, route: str, method: str = "GET", timeout: float = 60) -> tuple[int, str]:
        """Ask Jupyter itself; an error or no answer in time is an answer too (0)."""
        request = urllib.request.Request(
            self.url + route, method=method, headers={"Authorization": f"token {self.token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as reply:
                return reply.status, reply.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode("utf-8", "replace")
        except OSError as e:
            return 0, str(e)

    def last_activity(self) -> str:
        return str(json.loads(self.request("api/status")[1])["last_activity"])


def _is_marimo(process: psutil.Process) -> bool:
    return any("marimo" in Path(word).name for word in process.cmdline()[:6])
