"""A real JupyterHub in a process of its own, and its users: their servers, routes, processes."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psutil
import pytest
from jupyter_process import free_port, path_without_node

REPOSITORY = Path(__file__).parents[2]
PROXY = "configurable-http-proxy"
CONFIG = Path(__file__).with_name("jupyterhub_config.py")


@dataclass
class Hub:
    """One `jupyterhub` and everything below it; all that it writes is in `home`.

    With a limit in seconds, its culler stops the servers that are idle for longer.
    """

    home: Path
    idle_limit: int = 0
    config: Path = CONFIG

    def __post_init__(self) -> None:
        self.url = f"http://127.0.0.1:{free_port()}/"
        self.log = self.home / "hub.log"
        self.token = secrets.token_hex(16)
        self.process: psutil.Popen | None = None

    def start(self) -> None:
        path = f"{os.environ['PATH']}:{REPOSITORY}/.venv/proxy/node_modules/.bin"
        if shutil.which(PROXY, path=path) is None:
            pytest.fail(f"{PROXY} is missing: `make test-hub` installs it.")
        command = [
            *(sys.executable, "-m", "jupyterhub", "--config", str(self.config)),
            f"--JupyterHub.bind_url={self.url}",
            f"--JupyterHub.hub_bind_url=http://127.0.0.1:{free_port()}",
            f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{free_port()}",
        ]
        # The tests may themselves run in a server of a Hub.
        own = {key: value for key, value in os.environ.items() if "JUPYTERHUB" not in key}
        environment = {
            **own,
            "PATH": path,
            "HUB_TEST_HOME": str(self.home),
            "HUB_TEST_PATH": path_without_node(self.home / "bin"),
            "HUB_TEST_TOKEN": self.token,
            "HUB_TEST_IDLE_LIMIT": str(self.idle_limit),
        }
        with self.log.open("ab") as log:
            self.process = psutil.Popen(
                command, cwd=self.home, env=environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def stop(self) -> list[psutil.Process]:
        """End the Hub as a service manager does; gives the processes that it left behind."""
        if self.process is None:
            return []
        processes = [self.process, *self.process.children(recursive=True)]
        commands = {process: " ".join(process.cmdline()) for process in processes}
        self.process.terminate()
        # The Hub's own proxy ends when the last browser has closed its connection, or never.
        proxies = [process for process in processes if PROXY in commands[process]]
        left = still_there([process for process in processes if process not in proxies])
        for process in left:
            sys.stderr.write(f"left behind: {process.pid} {commands[process]}\n")
        for process in [*left, *proxies]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=10)
        return left

    def api(self, route: str, method: str = "GET", body: Any = None) -> Any:
        """The JSON that the Hub answers to its administrator; None when it is empty."""
        status, text = ask(
            f"{self.url}hub/api/{route}",
            method,
            {"Authorization": f"token {self.token}"},
            None if body is None else json.dumps(body),
        )
        assert status < 400, f"{method} {route}: {status} {text}"
        return json.loads(text) if text else None

    def user(self, name: str) -> User:
        return User(self, name)

    def _answers(self) -> bool:
        try:
            # Through the proxy: 503 until it knows the Hub.
            return ask(f"{self.url}hub/api/")[0] == 200
        except OSError:
            return False


@dataclass(frozen=True)
class User:
    """A user of the Hub: their servers, routes and processes."""

    hub: Hub
    name: str

    @property
    def home(self) -> Path:
        return self.hub.home / "users" / self.name

    @property
    def api_route(self) -> str:
        return f"users/{quote(self.name, safe='')}"

    def prefix(self, server: str = "") -> str:
        """The base URL of a server of theirs, escaped as the Hub escapes it."""
        return quote(f"/user/{self.name}/{server}".rstrip("/") + "/", safe="/@")

    def url(self, route: str = "", server: str = "") -> str:
        """Where a route of a server of theirs is, through the Hub's proxy."""
        return self.hub.url.rstrip("/") + self.prefix(server) + route

    def write(self, name: str, source: str) -> str:
        """Write a notebook into their home, which marimo runs as soon as it is opened."""
        config = self.home / ".config/marimo/marimo.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text("[runtime]\nauto_instantiate = true\n")
        (self.home / name).write_text(source)
        return name

    def new_token(self) -> str:
        """An API token that may do all that the user may."""
        return self.hub.api(f"{self.api_route}/tokens", "POST", {})["token"]

    def start(self, server: str = "") -> None:
        """Start a server of theirs as an administrator; answers when it runs."""
        if self.name not in {user["name"] for user in self.hub.api("users")}:
            self.hub.api(self.api_route, "POST")
        if not self._model(server):
            self.hub.api(f"{self.api_route}/servers/{server}", "POST")
        deadline = time.monotonic() + 60
        while not self._model(server).get("ready"):
            assert time.monotonic() < deadline, f"{self.name}/{server} does not start"
            time.sleep(0.1)

    def processes(self, server: str = "") -> list[psutil.Process]:
        """The single-user server, then all that it started."""
        top = psutil.Process(self._model(server)["state"]["pid"])
        return [top, *top.children(recursive=True)]

    def address(self, server: str = "") -> str:
        """Where a server of theirs listens itself."""
        return self.hub.api("proxy")[self.prefix(server)]["target"]

    def runs(self, server: str = "") -> bool:
        return bool(self._model(server))

    def _model(self, server: str) -> dict[str, Any]:
        return self.hub.api(self.api_route)["servers"].get(server, {})


def ask(
    url: str, method: str = "GET", headers: dict[str, str] | None = None, body: str | None = None
) -> tuple[int, str]:
    """One request, no redirect followed: status, and body or where a redirect leads."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        query = f"?{parts.query}" if parts.query else ""
        connection.request(method, parts.path + query, body, headers or {})
        reply = connection.getresponse()
        if 300 <= reply.status < 400:
            return reply.status, reply.getheader("Location", "")
        return reply.status, reply.read().decode("utf-8", "replace")
    finally:
        connection.close()


def still_there(processes: list[psutil.Process], within: float = 60) -> list[psutil.Process]:
    """Those that have not ended after a while."""
    _gone, alive = psutil.wait_procs(processes, timeout=within)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
