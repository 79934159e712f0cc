"""What `jupyter reactive setup` says, done as a newcomer does it: to a notebook in a browser.

In an environment of its own, which has JupyterLab and not us, and in a clean home. A server of
one's own is in tests/lab/test_front_doors.py, the places with a Hub in tests/hub/test_newcomers.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uv
from fixed_port import FixedPort
from front_end import Notebook
from jupyter_process import free_port
from playwright.sync_api import Page, expect
from started import started

TOKEN = "a-token-of-the-place"
OURS = Path(sys.executable).with_name("jupyter-reactive")
expect.set_options(timeout=60_000)

pytestmark = [pytest.mark.package, pytest.mark.slow, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Newcomer:
    """Somebody at a place where Jupyter is, and we are not."""

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

    def set_up(self, place: str, folder: Path) -> None:
        """Run the command as the documentation has it."""
        folder.mkdir(exist_ok=True)
        self.run(str(OURS), "setup", place, folder=folder)

    def run(self, *command: str, folder: Path, **variables: str) -> str:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**self.variables, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def forget_us(self) -> None:
        """The environment as it was."""
        _uv("pip", "uninstall", "-q", "-p", self.environment / "bin/python", "jupyter-reactive")

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


def _uv(*arguments: str | Path) -> None:
    subprocess.run([uv.find_uv_bin(), *arguments], check=True)


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """JupyterLab and what we need, and not us: pip fetches nothing else then."""
    environment = tmp_path_factory.mktemp("conda") / "conda"
    python = environment / "bin/python"
    _uv("venv", "-q", "--seed", "-p", sys.executable, environment)
    _uv("pip", "install", "-q", "-p", python, wheel, "jupyterlab", "notebook", "pip")
    return environment


@pytest.fixture
def newcomer(environment: Path, wheel: Path, tmp_path: Path) -> Newcomer:
    home = tmp_path / "home"
    (home / ".config/marimo").mkdir(parents=True)
    (home / ".config/marimo/marimo.toml").write_text("[runtime]\nauto_instantiate = true\n")
    (home / "bin").mkdir()
    newcomer = Newcomer(home, environment, wheel)
    newcomer.forget_us()
    return newcomer


@pytest.mark.parametrize(
    "prefix, conda",
    [("/jupyterlab/default/", ""), ("/jupyter/default/", "envs/studio")],
    ids=["studio", "classic"],
)
def test_sagemaker_studio(newcomer: Newcomer, page: Page, notebook_source: str, prefix, conda):
    folder, root = newcomer.home / "setup", newcomer.home / "work"
    root.mkdir()
    (root / "lesson.py").write_text(notebook_source)
    place = newcomer.environment
    if conda:
        # Studio Classic keeps Jupyter in an environment below.
        place = newcomer.home / "conda"
        (place / conda).parent.mkdir(parents=True)
        (place / conda).symlink_to(newcomer.environment)
    restart = newcomer.home / "bin/restart-jupyter-server"
    restart.write_text('#!/bin/sh\ntouch "$HOME/restarted"\n')
    restart.chmod(0o755)
    newcomer.set_up("sagemaker", folder)
    newcomer.run(str(folder / "on-start.sh"), folder=newcomer.home, CONDA=str(place))
    assert (newcomer.home / "restarted").exists()
    with newcomer.jupyter(prefix, root) as url:
        page.goto(f"{url}reactive/open/lesson.py?token={TOKEN}")
        Notebook(page).expect_follows()


def test_studio_lab(newcomer: Newcomer, page: Page, notebook_source: str):
    """An environment of its own, made by the script, beside a Jupyter that only forwards ports."""
    home, port = newcomer.home, free_port()
    (home / "lesson.py").write_text(notebook_source)
    newcomer.set_up("studiolab", home)
    newcomer.run(str(home / "setup-marimo.sh"), folder=home)
    with newcomer.jupyter("/studiolab/default/jupyter/", home) as url:
        command = ["env", f"PORT={port}", str(home / "start-marimo.sh"), "lesson.py"]
        with FixedPort(newcomer, command=command) as served:
            assert served.path == f"/studiolab/default/jupyter/proxy/{port}/"
            page.goto(f"{url}api/status?token={TOKEN}")
            page.goto(f"{url}proxy/{port}/")
            Notebook(page).expect_follows()


def test_binder_of_a_course(newcomer: Newcomer, page: Page, notebook_source: str):
    """repo2docker's own order is in test_binder.py."""
    course = newcomer.home / "course"
    newcomer.set_up("binder", course)
    (course / "lesson.py").write_text(notebook_source)
    pip = str(newcomer.environment / "bin/pip")
    newcomer.run(pip, "install", "-r", "binder/requirements.txt", folder=course)
    newcomer.run("./binder/postBuild", folder=course)
    with newcomer.jupyter("/user/ada-course-x1y2z3/", course) as url:
        for route in ("reactive/open/lesson.py", "reactive/run/lesson.py/"):
            page.goto(f"{url}{route}?token={TOKEN}")
            Notebook(page).expect_output("square: 1")
