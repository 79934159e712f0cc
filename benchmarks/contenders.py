"""Who is measured: an extension or marimo alone, in an environment, with settings."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

OFFICIAL = "marimo-jupyter-extension==0.5.0"


@dataclass(frozen=True)
class Contender:
    """A way to a notebook.

    Attributes:
        python: the interpreter of its environment.
        marimo: the route of marimo itself.
        page: the route of a notebook's page outside JupyterLab.
        assets: the route of marimo's scripts and styles.
        restart: the route that JupyterLab posts to when the user asks for a restart.
        settings: configuration of the Jupyter server, as its file holds it.
        arguments: further configuration, as its command line takes it.
        has_jupyter: whether a Jupyter stands before marimo.
    """

    name: str
    python: str
    marimo: str
    page: str
    assets: str
    restart: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    has_jupyter: bool = True


DIRECT = Contender("direct", sys.executable, "", "?file={name}", "assets/", has_jupyter=False)
OURS = Contender(
    "ours",
    sys.executable,
    marimo="reactive/edit/",
    page="reactive/open/{name}",
    assets="reactive/assets/{version}/assets/",
    restart="reactive/api/servers/edit/restart",
)


def official(python: str) -> Contender:
    """The official extension as it is installed: each notebook in a sandbox."""
    return Contender(
        "official",
        python,
        marimo="marimo/",
        page="marimo/?file={name}",
        assets="marimo/assets/",
        restart="marimo-tools/restart",
    )


def without_sandbox(contender: Contender, **more: object) -> Contender:
    """The official extension with the notebooks in Jupyter's environment, as ours are."""
    return replace(contender, settings={"MarimoProxyConfig": {"sandbox": None, **more}})


def contenders(python: str | None) -> list[Contender]:
    """Ours, and the official one in three settings when its environment is given."""
    if python is None:
        return [OURS]
    theirs = official(python)
    # Its answer to gateways without websockets, which an administrator has to know of.
    sse = without_sandbox(theirs, transport="sse")
    return [
        OURS,
        theirs,
        replace(without_sandbox(theirs), name="official-no-sandbox"),
        replace(sse, name="official-sse"),
    ]


def variants(settings: Iterable[str]) -> list[Contender]:
    """Ours once for each of these, such as `EditServerLauncher.stop_timeout=1 Policy.x=True`."""
    return [
        replace(OURS, name=f"ours {words}", arguments=tuple(f"--{w}" for w in shlex.split(words)))
        for words in settings
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
