"""Who shows a notebook as an app: ours, `marimo run` alone and Voilà, with the same computation."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from contenders import OURS, Contender
from servers import Jupyter, Marimo, Server

VOILA = "voila==0.5.13"
# What the notebook needs besides its host.
COMPUTES_WITH = "numpy"
IMPORTS = """\
import os

import numpy as np
"""
# A month of tides and the harmonics that explain them.
COMPUTATION = """\
hours = np.arange(0, 24 * 30, 0.1)
height = np.sin(hours / 1.976) + 0.4 * np.sin(hours / 3.82 + 1)
waves = np.stack([np.sin(hours / period) for period in np.linspace(1, 5, 40)], axis=1)
rest = height - waves @ np.linalg.lstsq(waves, height, rcond=None)[0]
words = f"square: {int(1e6 * np.square(rest).sum())} by process {os.getpid()}"
"""
OUTPUT = r"square: \d+ by process \d+"


@dataclass(frozen=True)
class Host:
    """A contender that shows apps.

    Attributes:
        contender: its environment, its configuration, and its route of an app.
        kind: its server.
        is_each: whether each app has a server of its own.
        differs_by_apps: whether it does the same as another one where there is a single app.
        area: the selector of what shows an output.
    """

    contender: Contender
    kind: Callable[[Contender], Server]
    is_each: bool = False
    differs_by_apps: bool = False
    area: str = ".output-area"

    @contextlib.contextmanager
    def running(self, names: Sequence[str]) -> Iterator[Callable[[str], Server]]:
        """Serve these apps; gives the server of one, which is started when it is asked for."""
        started: dict[str, Server] = {}
        with contextlib.ExitStack() as stack:

            def server_of(name: str) -> Server:
                if name not in started:
                    together = [name] if self.is_each else names
                    server = stack.enter_context(self._with_apps(together))
                    started.update(dict.fromkeys(together, server))
                return started[name]

            yield server_of

    def _with_apps(self, names: Sequence[str]) -> Server:
        server = self.kind(self.contender)
        for name in names:
            (server.root / f"{name}.py").write_text(_marimo_notebook())
            (server.root / f"{name}.ipynb").write_text(_jupyter_notebook())
        return server


class MarimoRun(Marimo):
    """One `marimo run` of one notebook."""

    # That of the editor is for whoever may edit.
    probe = ""

    def command(self) -> list[str]:
        (notebook,) = self.root.glob("*.py")
        return [
            *(self.contender.python, "-m", "marimo", "run", notebook.name, "--headless"),
            *("--no-sandbox", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--token-password-file", str(self.secret)),
        ]


class Voila(Server):
    """One `voila` of a folder; each visitor gets a kernel, which is a process."""

    token_query = "token"
    probe = ""

    def __init__(self, contender: Contender) -> None:
        super().__init__(contender)
        self.headers = {"Authorization": f"token {self.token}"}

    def command(self) -> list[str]:
        return [
            *(self.contender.python, "-m", "voila", str(self.root), "--no-browser"),
            *(f"--port={self.port}", "--Voila.port_retries=0", f"--token={self.token}"),
        ]


def hosts(python: str, voila: str) -> dict[str, Host]:
    """All of them.

    Args:
        python: the interpreter with this extension, marimo and numpy.
        voila: that with Voilà and numpy.
    """
    ours = replace(OURS, python=python, page="reactive/run/{name}.py/")
    own = replace(ours, name="ours, own process", arguments=("--AppServers.own_process=True",))
    run = Contender("marimo run", python, "", "", "", has_jupyter=False)
    theirs = Contender("voila", voila, "", "voila/render/{name}.ipynb", "", has_jupyter=False)
    found = (
        Host(run, MarimoRun, is_each=True),
        Host(theirs, Voila, area=".jp-OutputArea"),
        Host(ours, Jupyter),
        Host(own, Jupyter, differs_by_apps=True),
    )
    return {host.contender.name: host for host in found}


def make_voila(folder: Path) -> str:
    """Create an environment with Voilà; its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = str(folder / "bin/python")
    packages = [VOILA, "ipykernel", "ipywidgets", COMPUTES_WITH]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def _marimo_notebook() -> str:
    cells = (
        f"import marimo as mo\n{IMPORTS}",
        'slider = mo.ui.slider(1, 90, label="number")\nslider',
        f"{COMPUTATION}mo.md(words)",
    )
    bodies = ("".join(f"    {line}\n" for line in cell.splitlines()) for cell in cells)
    functions = "".join(f"\n\n@app.cell\ndef _():\n{body}    return\n" for body in bodies)
    return f"import marimo\n\napp = marimo.App()\n{functions}"


def _jupyter_notebook() -> str:
    cells = (
        f"{IMPORTS}from IPython.display import Markdown\nfrom ipywidgets import IntSlider",
        'slider = IntSlider(1, 1, 90, description="number")\nslider',
        f"{COMPUTATION}Markdown(words)",
    )
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"cell{number}",
                    "metadata": {},
                    "execution_count": None,
                    "outputs": [],
                    "source": source,
                }
                for number, source in enumerate(cells)
            ],
        }
    )
