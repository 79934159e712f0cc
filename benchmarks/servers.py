"""A real server of a contender, with all that belongs to it: its processes, ports and sockets."""

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
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
from contenders import Contender
from typing_extensions import Self

# Handed down to every child, so that one whose parent is gone is found too.
MARK = "BENCHMARK_SERVER"
OTHER_APP = {"command": [sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1"]}
MARIMO_CONFIG = """\
[runtime]
auto_instantiate = true
output_max_bytes = 200000000
std_stream_max_bytes = 200000000
"""


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


def marked(name: str, value: str) -> list[psutil.Process]:
    """Every living process with this environment variable, except this one."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(name) == value:
                found.append(process)
    return found


class Server(ABC):
    """One server with a home, a configuration and a root folder of its own."""

    # The parameter that carries the token in a link.
    token_query: str
    # Any page that answers 200 to whoever has the token.
    probe: str
    headers: dict[str, str]

    def __init__(self, contender: Contender) -> None:
        self.contender = contender
        self.token = secrets.token_hex(16)
        self.home = Path(tempfile.mkdtemp(prefix="server-"))
        self.root = self.home / "root"
        self.log = self.home / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self._process: psutil.Popen | None = None
        for folder in ("root", "tmp", "config/jupyter/labconfig", "config/marimo"):
            (self.home / folder).mkdir(parents=True)
        (self.home / "config/marimo/marimo.toml").write_text(MARIMO_CONFIG)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    @property
    def process(self) -> psutil.Popen:
        """The server's own process."""
        assert self._process is not None, "not started"
        return self._process

    @abstractmethod
    def command(self) -> list[str]:
        """What to run."""

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
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "XDG_CONFIG_HOME": str(config),
            "XDG_STATE_HOME": str(self.home / "state"),
            "JUPYTER_CONFIG_DIR": str(config / "jupyter"),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"),
        }
        with self.log.open("ab") as log:
            self._process = psutil.Popen(
                self.command(),
                # The official extension knows no root but the folder that it is started in.
                cwd=self.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        # With the token: a stranger may have taken the port.
        if not until(lambda: self.request(self.probe)[0] == 200, 60):
            raise RuntimeError(self.log.read_text()[-2000:])

    def stop(self) -> None:
        """End all of it, whatever state it is in."""
        for process in self.family():
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal.SIGCONT)
        if self._process is not None:
            with contextlib.suppress(psutil.Error):
                self._process.terminate()
                self._process.wait(20)
        until(lambda: not self._kill_family(), 10)
        if self._process is not None:
            with contextlib.suppress(psutil.Error):
                self._process.wait(5)
        shutil.rmtree(self.home, ignore_errors=True)

    def _kill_family(self) -> list[psutil.Process]:
        family = self.family()
        for process in family:
            with contextlib.suppress(psutil.Error):
                process.kill()
        return family

    def family(self) -> list[psutil.Process]:
        """Every living process that this server started, and itself."""
        return marked(MARK, self.token)

    def began(self, pid: int) -> float:
        """When a process began, seconds since 1970; psutil knows it to the second."""
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
        return time.time() - age

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

    def link(self, route: str, url: str | None = None) -> str:
        """The address that lets a browser in; `url` when it comes by another one than ours."""
        glue = "&" if "?" in route else "?"
        return f"{url or self.url}{route}{glue}{self.token_query}={self.token}"

    def notebook_link(self, name: str, url: str | None = None) -> str:
        """The address of a notebook's page, without JupyterLab around it."""
        return self.link(self.contender.page.format(name=name), url)

    def request(self, route: str, method: str = "GET", timeout: float = 60) -> tuple[int, str]:
        """Ask the server itself; an error or no answer in time is an answer too (0)."""
        request = urllib.request.Request(self.url + route, method=method, headers=self.headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as reply:
                return reply.status, reply.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode("utf-8", "replace")
        except OSError as e:
            return 0, str(e)


class Jupyter(Server):
    """One `jupyter lab`."""

    token_query = "token"
    probe = "api/status"

    def __init__(self, contender: Contender, *, other_app: bool = False) -> None:
        super().__init__(contender)
        self.headers = {"Authorization": f"token {self.token}"}
        config = self.home / "config/jupyter"
        announcements = {"@jupyterlab/apputils-extension:announcements": True}
        (config / "labconfig/page_config.json").write_text(
            json.dumps({"disabledExtensions": announcements})
        )
        settings = dict(contender.settings)
        if other_app:
            settings["ServerProxy"] = {"servers": {"other": OTHER_APP}}
        (config / "jupyter_server_config.json").write_text(json.dumps(settings))

    def command(self) -> list[str]:
        return [
            *(self.contender.python, "-m", "jupyter", "lab", "--no-browser", "--allow-root"),
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={self.token}",
            *self.contender.arguments,
        ]

    def last_activity(self) -> str:
        return str(json.loads(self.request("api/status")[1])["last_activity"])


class Marimo(Server):
    """One `marimo edit` without any Jupyter, as its user starts it."""

    token_query = "access_token"
    probe = "api/status"

    def __init__(self, contender: Contender) -> None:
        super().__init__(contender)
        self.headers = {"Authorization": f"Bearer {self.token}"}
        self.secret = self.home / "secret"
        self.secret.write_text(self.token)

    def command(self) -> list[str]:
        return [
            *(self.contender.python, "-m", "marimo", "edit", ".", "--headless", "--no-sandbox"),
            *("--skip-update-check", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--token-password-file", str(self.secret)),
        ]


def server_of(contender: Contender) -> Server:
    """The contender's kind of server, not started."""
    return Jupyter(contender) if contender.has_jupyter else Marimo(contender)


def _is_marimo(process: psutil.Process) -> bool:
    return any("marimo" in Path(word).name for word in process.cmdline()[:6])
