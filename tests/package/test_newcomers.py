"""The pages of platforms, done as a newcomer does them: to a notebook in a browser.

In an environment of its own, which has JupyterLab and not us, and in a clean home. A server of
one's own and images are in test_machines.py, the places with a Hub in tests/hub/test_newcomers.py.
"""

from __future__ import annotations

import base64
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from course import new_course
from documented import commands_of
from fixed_port import FixedPort
from front_end import Notebook
from jupyter_process import free_port
from newcomers import TOKEN, Newcomer, run_uv
from playwright.sync_api import Page, expect
from started import started

expect.set_options(timeout=60_000)

pytestmark = [pytest.mark.package, pytest.mark.slow, pytest.mark.timeout(900)]


class SageMaker(BaseHTTPRequestHandler):
    """As much of its API as makes a lifecycle configuration.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateStudioLifecycleConfig.html
    """

    made: list[dict[str, Any]]

    def do_POST(self) -> None:
        assert self.headers["X-Amz-Target"] == "SageMaker.CreateStudioLifecycleConfig"
        self.made.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        name = self.made[-1]["StudioLifecycleConfigName"]
        arn = f"arn:aws:sagemaker:eu-west-1:123456789012:studio-lifecycle-config/{name}"
        body = json.dumps({"StudioLifecycleConfigArn": arn}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Amazon's own command."""
    environment = tmp_path_factory.mktemp("aws") / "environment"
    run_uv("venv", "-q", "-p", sys.executable, environment)
    run_uv("pip", "install", "-q", "-p", environment / "bin/python", "awscli")
    return environment / "bin/aws"


@contextmanager
def account_at_amazon() -> Iterator[dict[str, str]]:
    """The variables of somebody who has one; what they talk to is here."""
    SageMaker.made = []
    with ThreadingHTTPServer(("127.0.0.1", 0), SageMaker) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
            "AWS_ACCESS_KEY_ID": "an-account",
            "AWS_SECRET_ACCESS_KEY": "its-secret",
            "AWS_DEFAULT_REGION": "eu-west-1",
        }
        server.shutdown()


@pytest.mark.parametrize(
    "prefix, conda",
    [("/jupyterlab/default/", ""), ("/jupyter/default/", "envs/studio")],
    ids=["studio", "classic"],
)
def test_sagemaker_studio(
    newcomer: Newcomer, aws: Path, page: Page, notebook_source: str, prefix, conda
):
    root = newcomer.home / "work"
    (newcomer.home / "bin/aws").symlink_to(aws)
    with account_at_amazon() as variables:
        for command in commands_of("platforms/sagemaker.md", "SageMaker Studio"):
            newcomer.types(command, newcomer.home / "setup", **variables)
    (made,) = SageMaker.made
    assert made["StudioLifecycleConfigAppType"] == "JupyterLab"
    # From here on we are in Studio, which has the script and nothing of ours.
    newcomer.forget_us()
    script = base64.b64decode(made["StudioLifecycleConfigContent"]).decode()
    newcomer.program("lifecycle", script)
    root.mkdir()
    (root / "lesson.py").write_text(notebook_source)
    place = newcomer.environment
    if conda:
        # Studio Classic keeps Jupyter in an environment below.
        place = newcomer.home / "conda"
        (place / conda).parent.mkdir(parents=True)
        (place / conda).symlink_to(newcomer.environment)
    newcomer.program("restart-jupyter-server", '#!/bin/sh\ntouch "$HOME/restarted"\n')
    newcomer.types("lifecycle", newcomer.home, CONDA=str(place))
    assert (newcomer.home / "restarted").exists()
    with newcomer.jupyter(prefix, root) as url:
        page.goto(f"{url}reactive/open/lesson.py?token={TOKEN}")
        Notebook(page).expect_follows()


def test_studio_lab(newcomer: Newcomer, page: Page, notebook_source: str):
    """An environment of its own, made by the script, beside a Jupyter that only forwards ports."""
    home, port = newcomer.home, free_port()
    (home / "lesson.py").write_text(notebook_source)
    *before, last = commands_of("platforms/studiolab.md", "SageMaker Studio Lab")
    for command in before:
        newcomer.types(command, home)
    newcomer.forget_us()
    with newcomer.jupyter("/studiolab/default/jupyter/", home) as url:
        command = ["bash", "-c", f"PORT={port} exec {last}"]
        with FixedPort(newcomer, command=command) as served:
            assert served.path == f"/studiolab/default/jupyter/proxy/{port}/"
            page.goto(f"{url}api/status?token={TOKEN}")
            page.goto(f"{url}proxy/{port}/")
            Notebook(page).expect_follows()


def test_binder_of_a_course(newcomer: Newcomer, page: Page, notebook_source: str):
    """repo2docker's own order is in test_binder.py."""
    author = newcomer.home / "author"
    author.mkdir()
    course = new_course(author)
    course.write("lesson.py", notebook_source)
    course.push("lesson.py")
    for command in commands_of("platforms/binder.md", "Binder"):
        newcomer.types(command, course.folder, HOME=str(author))
    assert course.git("status", "--short", "--branch") == "## main...origin/main"
    newcomer.forget_us()
    for command in ("pip install -r binder/requirements.txt", "./binder/postBuild"):
        newcomer.types(command, course.folder)
    with newcomer.jupyter("/user/ada-course-x1y2z3/", course.folder) as url:
        for route in ("reactive/open/lesson.py", "reactive/run/lesson.py/"):
            page.goto(f"{url}{route}?token={TOKEN}")
            Notebook(page).expect_output("square: 1")


def test_the_two_commands_of_the_readme(newcomer: Newcomer, source: Path, page: Page):
    """`make test` is what runs this; `make lab` opens Jupyter on the examples."""
    clone, port = newcomer.home / "clone", free_port()
    shutil.copytree(source, clone)
    url = f"http://127.0.0.1:{port}/"
    arguments = f"--no-browser --IdentityProvider.token={TOKEN}"
    command = ["make", "lab", f"PORT={port}", f"ARGS={arguments}"]
    log = newcomer.home / "make.log"
    with started(command, url, TOKEN, clone, newcomer.variables, log, seconds=600):
        page.goto(f"{url}lab?token={TOKEN}")
        page.get_by_role("button", name="Reactive Notebook").first.wait_for()
        page.goto(f"{url}reactive/")
        with page.expect_popup() as opened:
            page.get_by_role("link", name="welcome.py").click()
        Notebook(opened.value).expect_output("its cells form a graph")


def test_environment_of_the_users_of_a_hub(newcomer: Newcomer, page: Page, notebook_source: str):
    (newcomer.home / "lesson.py").write_text(notebook_source)
    for command in commands_of("platforms/jupyterhub.md", "JupyterHub"):
        newcomer.types(command, newcomer.home)
    with newcomer.jupyter("/user/ada/", newcomer.home) as url:
        page.goto(f"{url}reactive/open/lesson.py?token={TOKEN}")
        Notebook(page).expect_follows()
