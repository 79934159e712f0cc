"""Somebody at a place where Jupyter is and we are not, who does what the documentation says."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uv
from jupyter_process import free_port
from started import started

TOKEN = "a-token-of-the-place"


@dataclass(frozen=True)
class Newcomer:
    """A clean home, and an environment that has JupyterLab."""

    home: Path
    environment: Path
    wheel: Path

    @property
    def cwd(self) -> Path:
        return self.home

    @property
    def variables(self) -> dict[str, str]:
        # The package would come from PyPI; this one comes from the folder of the wheel.
        jupyter = ("JUPYTER", "XDG", "PYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(jupyter)}
        return {
            **kept,
            "HOME": str(self.home),
            "PATH": f"{self.home}/bin:{self.environment}/bin:/usr/local/bin:/usr/bin:/bin",
            "PIP_FIND_LINKS": str(self.wheel.parent),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def types(self, command: str, folder: Path, **variables: str) -> str:
        """Run a command line; gives what it prints."""
        folder.mkdir(exist_ok=True)
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**self.variables, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}:\n{done.stdout[-4000:]}"
        return done.stdout

    def program(self, name: str, text: str) -> None:
        """A program that the place has."""
        file = self.home / "bin" / name
        file.write_text(text)
        file.chmod(0o755)

    @contextmanager
    def jupyter(self, base_url: str, root: Path) -> Iterator[str]:
        """The Jupyter of the place; gives its address."""
        port = free_port()
        url = f"http://127.0.0.1:{port}{base_url}"
        arguments = [f"--ServerApp.port={port}", f"--ServerApp.base_url={base_url}"]
        arguments += ["--ip=127.0.0.1", f"--ServerApp.root_dir={root}", "--allow-root"]
        arguments += ["--no-browser", f"--IdentityProvider.token={TOKEN}"]
        command = [str(self.environment / "bin/jupyter-lab"), *arguments]
        log = self.home / "jupyter.log"
        with started(command, url, TOKEN, self.home, self.variables, log) as address:
            yield address

    def forget_us(self) -> None:
        """The environment as it was."""
        python = self.environment / "bin/python"
        run_uv("pip", "uninstall", "-q", "-p", python, "jupyter-reactive")


def run_uv(*arguments: str | Path) -> None:
    subprocess.run([uv.find_uv_bin(), *arguments], check=True)
