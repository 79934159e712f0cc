"""`binder/`, taken apart as repo2docker does, and its links opened as Binder's page opens them.

What repo2docker does, in this order: its base environment, `binder/requirements.txt` in a folder
that holds nothing else, a copy of the repository as the home of a user who is not root,
`binder/postBuild` there
(https://repo2docker.readthedocs.io/en/latest/architecture/). Then BinderHub starts JupyterLab with
the arguments of its spawner
(https://github.com/jupyterhub/binderhub/blob/main/binderhub/binderspawner_mixin.py).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import uv
from front_end import Notebook
from jupyter_process import free_port
from local_users import LocalUser, obstacle
from playwright.sync_api import Page, expect
from started import started

REPOSITORY = Path(__file__).parents[2]
LINKS = re.findall(
    r"https://mybinder\.org/v2/gh/[^/\s]+/jupyter-reactive/[^?\s]+\?urlpath=[\w.%-]+",
    (REPOSITORY / "docs/course-links.md").read_text("utf-8"),
)
# https://github.com/jupyterhub/repo2docker/blob/main/repo2docker/buildpacks/conda/environment.yml
BASE = ("pip", "ipywidgets", "jupyter-offlinenotebook", "jupyter-resource-usage", "jupyterlab")
BASE += ("jupyterhub", "nbconvert", "notebook")
TOKEN = "a-token-of-binderhub"
# Its first page comes from a server that has just been started, on a machine that was building.
expect.set_options(timeout=60_000)
# How this machine reaches the package registries, which another one does by itself.
NETWORK = re.compile(r"PIP_.*|UV_.*|YARN_.*|SSL_CERT_.*|.*_(CERTS?|CA_BUNDLE)|.*_(proxy|PROXY)")

pytestmark = [
    pytest.mark.package,
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(obstacle() is not None, reason=f"no second user: {obstacle()}"),
]


@dataclass
class Image:
    """What repo2docker has made of the repository."""

    user: LocalUser
    environment: Path

    @property
    def variables(self) -> dict[str, str]:
        path = f"{self.user.home}/.local/bin:{self.environment}/bin:/usr/local/bin:/usr/bin:/bin"
        return {
            **{name: value for name, value in os.environ.items() if NETWORK.fullmatch(name)},
            "PATH": path,
            "HOME": str(self.user.home),
            "USER": self.user.name,
            "LANG": "C.UTF-8",
            "SHELL": "/bin/bash",
            "NB_PYTHON_PREFIX": str(self.environment),
        }

    def run(self, *command: str, folder: Path) -> None:
        """Run a step of the build as the image's user."""
        done = subprocess.run(
            [*self.user.prefix, *command],
            cwd=folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


@pytest.fixture(scope="module")
def image(source: Path) -> Iterator[Image]:
    with ExitStack() as stack:
        user = stack.enter_context(LocalUser(f"jovyan{os.getpid()}"))
        folder = user.home.with_name(f"{user.home.name}-image")
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.mkdir(mode=0o755)
        environment = folder / "env"
        program = uv.find_uv_bin()
        subprocess.run([program, "venv", "-q", "-p", sys.executable, environment], check=True)
        subprocess.run(
            [program, "pip", "install", "-q", "-p", environment / "bin/python", *BASE], check=True
        )
        early = folder / "early"
        shutil.copytree(source / "binder", early / "binder", ignore=_all_but_requirements)
        for place in (folder, *folder.rglob("*")):
            os.chown(place, user.uid, user.gid, follow_symlinks=False)
        image = Image(user, environment)
        pip = f"{environment}/bin/pip"
        image.run(pip, "install", "--no-cache-dir", "-r", "binder/requirements.txt", folder=early)
        shutil.copytree(source, user.home, dirs_exist_ok=True)
        user.own()
        image.run("chmod", "+x", "binder/postBuild", folder=user.home)
        image.run("./binder/postBuild", folder=user.home)
        yield image


def _all_but_requirements(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name != "requirements.txt"]


@pytest.fixture(scope="module")
def server(image: Image) -> Iterator[str]:
    """The address of the server that BinderHub has started."""
    port = free_port()
    base_url = "/user/jovyan-jupyter-reactive-x1y2z3/"
    arguments = ["--ip=127.0.0.1", f"--port={port}"]
    for app in ("NotebookApp", "ServerApp"):
        arguments += [
            f"--{app}.base_url={base_url}",
            f"--{app}.token={TOKEN}",
            f"--{app}.trust_xheaders=True",
            f"--{app}.allow_origin=*",
            f"--{app}.allow_origin_pat=.*",
        ]
    url = f"http://127.0.0.1:{port}{base_url}"
    command = [*image.user.prefix, "jupyter-lab", *arguments]
    log = image.environment.parent / "log.txt"
    with started(command, url, TOKEN, image.user.home, image.variables, log) as address:
        yield address


def test_links_of_the_documentation_open_on_binder(server: str, page: Page):
    assert len(LINKS) >= 2
    kinds = set()
    for link in LINKS:
        (urlpath,) = parse_qs(urlsplit(link).query)["urlpath"]
        kinds.add(urlpath.split("/")[1])
        # https://github.com/jupyterhub/binderhub/blob/main/binderhub/static/js/spec.js
        page.goto(f"{urljoin(server, urlpath)}?token={TOKEN}")
        notebook = Notebook(page)
        if "/run/" in urlpath:
            notebook.expect_output("23 people: 50.7%")
        else:
            notebook.expect_ready()
            notebook.run_stale()
            notebook.expect_output("23 people: 50.7%")
    assert kinds == {"open", "run"}
