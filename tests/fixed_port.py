"""`jupyter reactive start` beside a Jupyter server, as a user runs it in a terminal there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psutil
from jupyter_process import JupyterProcess
from typing_extensions import Self

COMMAND = [sys.executable, "-m", "jupyter", "reactive", "start"]
LAST_LINE = "Stop it with Ctrl+C."


def without_extension(jupyter: JupyterProcess) -> JupyterProcess:
    """A server that loads jupyter-server-proxy and not this extension; not started yet."""
    folder = jupyter.home / "config/jupyter"
    folder.mkdir(parents=True, exist_ok=True)
    off = {
        "ServerApp": {"jpserver_extensions": {"jupyter_reactive": False}},
        # Of the server at the fixed port, which reads it too: half a minute of a processor.
        "AssetStore": {"precompress": False},
    }
    # Not in a folder of its own, over which that of a virtual environment has the last word.
    (folder / "jupyter_server_config.json").write_text(json.dumps(off))
    # The command line says which front ends are off, and goes before the file.
    jupyter.arguments.append("--ServerApp.jpserver_extensions=jupyter_reactive=False")
    return jupyter


class Terminal(Protocol):
    """Where a user types: a folder, and variables."""

    @property
    def cwd(self) -> Path: ...

    @property
    def variables(self) -> dict[str, str]: ...


@dataclass
class FixedPort:
    """One run of the command; its lines are `said`."""

    terminal: Terminal
    arguments: list[str] = field(default_factory=list)
    command: list[str] | None = None

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self.command or [*COMMAND, *self.arguments],
            cwd=self.terminal.cwd,
            env={**self.terminal.variables, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout
        self.said = []
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if line.rstrip() == LAST_LINE:
                break
        return self

    def __exit__(self, *_exc: object) -> None:
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        assert self.process.stdout
        self.said += self.process.stdout.read().splitlines()
        self.process.wait(30)
        self.process.stdout.close()
        _gone, left = psutil.wait_procs(children, 10)
        assert not left

    @property
    def address(self) -> str:
        """What it says of where to look."""
        (line,) = [line for line in self.said if line.startswith("The reactive notebooks (")]
        return line.partition(": ")[2]

    @property
    def path(self) -> str:
        return re.sub(r"^https?://[^/]*", "", self.address).partition(",")[0]

    @property
    def port(self) -> int:
        return int(re.search(r"/proxy/(\d+)/", self.address)[1])
