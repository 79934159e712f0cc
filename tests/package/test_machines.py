"""What the pages of platforms say, typed into a machine as it stands there.

Real: Debian, systemd, sudo, nginx, certbot and an authority that asks as Let's Encrypt does,
JupyterHub with systemd's spawner, a container engine and a registry. What would come from elsewhere
is made here: images to begin with, and of The Littlest JupyterHub what its page touches.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from documented import commands_of
from front_end import Notebook, eventually
from jupyter_process import free_port
from machines import REGISTRY, Engine, Machine, engine, obstacle
from newcomers import TOKEN, Newcomer
from playwright.sync_api import Browser, Error, Page, expect

HOST = "notebooks.example.org"
PASSWORD = "open sesame"
MARIMO_CONFIG = "[runtime]\nauto_instantiate = true\n"
HEALTH_SECONDS = 120

# What templates begin from, with another Python.
PYTHON = "python:3.12-slim"
PYTHON_FILE = """
FROM machine
RUN python3 -m venv /usr/local
"""
STACK = "quay.io/jupyter/scipy-notebook"
STACK_FILE = """
FROM machine
RUN useradd --create-home --uid 1000 jovyan && mkdir /opt/conda && chown jovyan /opt/conda
USER 1000
WORKDIR /home/jovyan
ENV PATH=/opt/conda/bin:$PATH
RUN python3 -m venv /opt/conda && pip install -q jupyterlab
CMD ["jupyter", "lab", "--no-browser", "--ip=0.0.0.0"]
"""
# Where TLJH keeps its two environments, and how the Hub runs and is told of plugins. Its own proxy
# is another one. https://github.com/jupyterhub/the-littlest-jupyterhub/tree/main/tljh
TLJH = "tljh"
TLJH_FILE = """
FROM machine
RUN python3 -m venv /opt/tljh/user && /opt/tljh/user/bin/pip install -q jupyterlab jupyterhub
RUN python3 -m venv /opt/tljh/hub \
 && /opt/tljh/hub/bin/pip install -q jupyterhub jupyterhub-systemdspawner pluggy
COPY hooks.py jupyterhub_config.py /opt/tljh/hub/lib/python3.11/site-packages/tljh/
COPY jupyterhub.service /etc/systemd/system/
COPY tljh-config /usr/bin/
RUN chmod +x /usr/bin/tljh-config && systemctl enable jupyterhub
"""
TLJH_FILES = {
    "hooks.py": """import pluggy
hookspec, hookimpl = pluggy.HookspecMarker("tljh"), pluggy.HookimplMarker("tljh")
@hookspec
def tljh_extra_user_pip_packages(): ...
@hookspec
def tljh_custom_jupyterhub_config(c): ...
""",
    "jupyterhub_config.py": """c = get_config()
c.JupyterHub.spawner_class = "systemd"
c.SystemdSpawner.extra_paths = ["/opt/tljh/user/bin"]
c.SystemdSpawner.default_shell = "/bin/bash"
c.Spawner.cmd = ["/opt/tljh/user/bin/jupyterhub-singleuser"]
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
import pluggy
from tljh import hooks
manager = pluggy.PluginManager("tljh")
manager.add_hookspecs(hooks)
manager.load_setuptools_entrypoints("tljh")
manager.hook.tljh_custom_jupyterhub_config(c=c)
""",
    "jupyterhub.service": """[Service]
WorkingDirectory=/opt/tljh
ExecStart=/opt/tljh/hub/bin/python -m jupyterhub \
 -f /opt/tljh/hub/lib/python3.11/site-packages/tljh/jupyterhub_config.py
[Install]
WantedBy=multi-user.target
""",
    "tljh-config": """#!/bin/sh
[ "$*" = "reload hub" ] && systemctl restart jupyterhub
""",
}

# A page comes from a machine that was installing a moment ago.
expect.set_options(timeout=60_000)

pytestmark = [
    pytest.mark.package,
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(obstacle() is not None, reason=str(obstacle())),
]


@pytest.fixture(scope="module")
def docker(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    needed = ("jupyterlab", "jupyterhub", "jupyterhub-systemdspawner", "pluggy", "setuptools")
    with engine(tmp_path_factory.mktemp("engine"), wheel, *needed) as running:
        yield running


@contextmanager
def server(docker: Engine, image: str, notebook_source: str) -> Iterator[Machine]:
    """A server that somebody has rented, with a notebook in the home of ada."""
    with docker.machine(image, HOST) as machine:
        machine.add_user("ada")
        machine.write("/home/ada/lesson.py", notebook_source)
        machine.write("/home/ada/.config/marimo/marimo.toml", MARIMO_CONFIG)
        machine.shell("chown -R ada: /home/ada")
        yield machine


def bring_lesson(docker: Engine, container: str, notebook_source: str) -> None:
    """A notebook where the container's user works, who is not root."""
    inside = ("exec", "-i", container, "sh", "-c")
    assert docker.docker(*inside, "id -u").strip() == "1000"
    docker.docker(*inside, "cat > lesson.py", said=notebook_source)
    config = "mkdir -p ~/.config/marimo && cat > ~/.config/marimo/marimo.toml"
    docker.docker(*inside, config, said=MARIMO_CONFIG)


def open_lesson(page: Page, address: str) -> None:
    page.goto(f"{address}reactive/open/lesson.py?token={TOKEN}")
    Notebook(page).expect_follows()


def test_a_server_of_ones_own(
    docker: Engine, launch_browser, browser_type_launch_args, notebook_source: str
):
    page_of_docs = "platforms/vps.md"
    # What asks for a password asks twice.
    typed = f"{PASSWORD}\n" * 2
    with server(docker, "machine", notebook_source) as machine:
        for command in commands_of(page_of_docs, "A server of your own"):
            said = machine.shell(command, user="ada", said=typed)
        assert "Jupyter Server" in said
        certificate = machine.shell(
            f"openssl s_client -connect {HOST}:443 -servername {HOST} | openssl x509 -noout -issuer"
        )
        assert "Pebble" in certificate
        # Whoever finds the machine by its name.
        name = f"--host-resolver-rules=MAP {HOST} {machine.address}"
        browser: Browser = launch_browser(args=[*browser_type_launch_args["args"], name])
        page = browser.new_context(ignore_https_errors=True).new_page()
        page.goto(f"https://{HOST}/jupyter/reactive/")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        with page.expect_popup() as lesson:
            page.get_by_role("link", name="lesson.py").click()
        Notebook(lesson.value).expect_follows()
        page.context.close()

        for command in commands_of(page_of_docs, "A password of nginx's own"):
            machine.shell(command, user="ada", said=typed)
        for credentials, status in (None, 401), ({"username": "ada", "password": PASSWORD}, 200):
            page = browser.new_page(ignore_https_errors=True, http_credentials=credentials)
            # nginx's workers of before go on until they have nothing to do.
            url = f"https://{HOST}/jupyter/login"
            eventually(page, partial(has_status, page, url, status), HEALTH_SECONDS)
            page.close()
        browser.close()


def test_a_container(docker: Engine, page: Page, notebook_source: str, newcomer: Newcomer):
    folder, port = newcomer.home / "setup", free_port()
    docker.build(PYTHON, PYTHON_FILE)
    set_up = next(c for c in commands_of("platforms/vps.md", "A server of your own") if "vps" in c)
    newcomer.types("pip install jupyter-reactive", folder)
    newcomer.types(set_up.replace("~/.venv/bin/", ""), folder)
    build, run = commands_of("platforms/vps.md", "A container")
    newcomer.types(build, folder, **docker.variables)
    # A port that is free here, and a token as the page has it.
    run = run.replace("127.0.0.1:8888", f"127.0.0.1:{port}")
    run = run.replace("docker run", f"docker run --name notebooks -e JUPYTER_TOKEN={TOKEN}")
    process = subprocess.Popen(
        ["bash", "-c", f"exec {run}"],
        env={**newcomer.variables, **docker.variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(page, lambda: docker.is_healthy("notebooks"), HEALTH_SECONDS)
        bring_lesson(docker, "notebooks", notebook_source)
        open_lesson(page, f"http://127.0.0.1:{port}/jupyter/")
    finally:
        docker.docker("rm", "-f", "-v", "notebooks")
        process.wait(60)


def test_an_image_for_zero_to_jupyterhub(
    docker: Engine, page: Page, notebook_source: str, newcomer: Newcomer
):
    docker.build(STACK, STACK_FILE)
    for command in commands_of("platforms/z2jh.md", "Zero to JupyterHub with Kubernetes"):
        newcomer.types(command, newcomer.home / "setup", **docker.variables)
    image = f"{REGISTRY}/course:1"
    # A node of the cluster has it from the registry.
    docker.docker("rmi", image)
    identity = docker.docker("run", "-d", "-e", f"JUPYTER_TOKEN={TOKEN}", image).split()[-1]
    try:
        bring_lesson(docker, identity, notebook_source)
        address = f"http://{docker.address(identity)}:8888/"
        eventually(page, lambda: answers(page, f"{address}api"), HEALTH_SECONDS)
        open_lesson(page, address)
    finally:
        docker.docker("rm", "-f", "-v", identity)


def test_the_littlest_jupyterhub(docker: Engine, page: Page, notebook_source: str):
    docker.build(TLJH, TLJH_FILE, **TLJH_FILES)
    with server(docker, TLJH, notebook_source) as machine:
        for command in commands_of("platforms/tljh.md", "The Littlest JupyterHub"):
            machine.shell(command, user="ada")
        hub = f"http://{machine.address}:8000/"
        eventually(page, lambda: answers(page, f"{hub}hub/api"), HEALTH_SECONDS)
        page.goto(f"{hub}hub/user-redirect/reactive/open/lesson.py")
        page.get_by_label("Username").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        Notebook(page).expect_follows()
        # What the plugin is for: the address of places that only forward ports.
        page.goto(f"{hub}user/ada/proxy/8888/?file=lesson.py")
        Notebook(page).expect_computes()


def has_status(page: Page, url: str, status: int) -> bool:
    response = page.goto(url)
    return response is not None and response.status == status


def answers(page: Page, url: str) -> bool:
    """Whether a server does that has just been started."""
    try:
        return page.request.get(url).ok
    except Error:
        return False
