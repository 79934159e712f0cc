"""A real Jupyter server in a process of its own, for tests of whole lives and of browsers."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
from typing_extensions import Self

# Half of what a Jupyter server takes of a processor to start goes into these: JupyterLab runs yarn
# to learn of a registry, the language servers are looked for.
FRONT_ENDS = ("jupyterlab", "jupyter_lsp", "notebook", "notebook_shim")


def path_without_node(folder: Path) -> str:
    """A PATH whose Node.js says nothing; most users of Jupyter have none.

    JupyterLab asks it for a registry at each start, 0.4 s of a processor.

    Args:
        folder: where it goes.
    """
    program = shutil.which("true")
    assert program
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (folder / "node").symlink_to(program)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclass
class JupyterProcess:
    """One `jupyter server`, which has no front end, `jupyter lab` or `jupyter notebook`.

    Its configuration, data and marimo's user configuration live in `home`; its contents root is
    `root`; it runs in `cwd`, which is neither. `prefix` stands before its command, which must keep
    the number of the process.
    """

    home: Path
    app: str = "server"
    base_url: str = "/"
    arguments: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    prefix: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.root = self.home / "root"
        self.cwd = self.home / "cwd"
        self.log = self.home / "jupyter.log"
        self.process: subprocess.Popen[bytes] | None = None
        has_lab = self.app != "server"
        self.path = path_without_node(self.home / "bin") if has_lab else os.environ["PATH"]
        for folder in (self.root, self.cwd):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.base_url}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def start(self) -> None:
        command = [
            *self.prefix,
            *(sys.executable, "-m", "jupyter", self.app, "--no-browser", "--allow-root"),
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.base_url={self.base_url}",
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={self.token}",
            "--ServerApp.allow_unauthenticated_access=False",
            # Half a minute of a processor for each new home.
            "--AssetStore.precompress=False",
            *self._without_front_ends(),
            *self.arguments,
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.cwd, env=self.variables, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while True:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            try:
                self.get("api/status")
            except OSError:
                time.sleep(0.1)
            else:
                return

    def _without_front_ends(self) -> list[str]:
        names = FRONT_ENDS if self.app == "server" else ()
        return [f"--ServerApp.jpserver_extensions={name}=False" for name in names]

    def stop(self, seconds: float = 30) -> None:
        """Stop it as a service manager does, whatever state it is in."""
        if self.process is None:
            return
        children = psutil.Process(self.process.pid).children(recursive=True) if self.alive else []
        if self.alive:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()

    @property
    def variables(self) -> dict[str, str]:
        """The environment of its processes, and of what a user runs beside it."""
        config = self.home / "config"
        return {
            **os.environ,
            "PATH": self.path,
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(config),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "XDG_STATE_HOME": str(self.home / "state"),
            "JUPYTER_CONFIG_DIR": str(config / "jupyter"),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"),
            **self.environment,
        }

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def children(self) -> list[psutil.Process]:
        """Every process below the Jupyter server."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def marimo(self) -> psutil.Process:
        """The process group leader of the edit server."""
        return next(
            process
            for process in self.children()
            if "--token-password-file" in process.cmdline()
            and os.getpgid(process.pid) == process.pid
        )

    def request(
        self,
        route: str,
        method: str = "GET",
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        """Ask for a route with the token; errors are answers too, redirects are followed."""
        request = urllib.request.Request(
            self.url + route,
            method=method,
            data=None if body is None and method == "GET" else json.dumps(body or {}).encode(),
            headers={"Authorization": f"token {self.token}", **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, reply.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as e:
            with e:
                return e.code, e.read().decode("utf-8", "replace")

    def get(self, route: str, **query: str) -> Any:
        """The JSON of a route."""
        status, text = self.request(route + (f"?{urlencode(query)}" if query else ""))
        if status >= 400:
            raise AssertionError(f"{route}: {status} {text[:500]}")
        return json.loads(text)

    def post(self, route: str, body: Any = None) -> Any:
        """The JSON that a POST answers."""
        status, text = self.request(route, "POST", body)
        assert status < 400, f"{route}: {status} {text[:500]}"
        return json.loads(text)
