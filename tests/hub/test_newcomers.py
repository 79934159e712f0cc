"""What `jupyter reactive setup` writes for places with a Hub, as it is, to a notebook in a browser.

The users' servers have this package, as the next steps of each place say. The Littlest JupyterHub
is in tests/package/test_machines.py; in tests/unit/test_setup_places.py each file is read by what
reads it at its place.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from front_end import Notebook
from hub.login import sign_in
from hub.process import CONFIG, Hub
from playwright.sync_api import Browser

PROGRAM = Path(sys.executable).with_name("jupyter-reactive")

pytestmark = [pytest.mark.hub, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def hub_log() -> None:
    """Each test has a Hub of its own."""


def set_up(place: str, folder: Path) -> None:
    """Run the command as the documentation has it, in a clean home."""
    subprocess.run(
        [PROGRAM, "setup", place],
        cwd=folder,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin"},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def jupyterhub(folder: Path) -> Path:
    config = folder / "jupyterhub_config.py"
    config.write_text(CONFIG.read_text())
    set_up("jupyterhub", folder)
    return config


def z2jh(folder: Path) -> Path:
    """The chart executes the values of extraConfig one after the other, ordered by their names.

    https://github.com/jupyterhub/zero-to-jupyterhub-k8s/blob/main/jupyterhub/files/hub/jupyterhub_config.py
    """
    set_up("z2jh", folder)
    values = yaml.safe_load((folder / "reactive-values.yaml").read_text())
    config = folder / "jupyterhub_config.py"
    extra = [f"exec({text!r})" for _name, text in sorted(values["hub"]["extraConfig"].items())]
    config.write_text("\n".join([CONFIG.read_text(), *extra]))
    return config


@pytest.fixture(params=[jupyterhub, z2jh], ids=lambda place: place.__name__)
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    place: Callable[[Path], Path] = request.param
    folder = tmp_path / "setup"
    folder.mkdir()
    (tmp_path / "hub").mkdir()
    hub = Hub(tmp_path / "hub", config=place(folder))
    try:
        hub.start()
        yield hub
    finally:
        assert hub.stop() == []


def test_a_link_ends_in_a_notebook(hub: Hub, browser: Browser, notebook_source: str):
    hub.user("nora").write("slider.py", notebook_source)
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{hub.url}hub/user-redirect/reactive/open/slider.py")
        sign_in(page, hub.user("nora"))
        notebook = Notebook(page)
        notebook.expect_output("square: 1")
        # What the lines are for: the address of places that only forward ports.
        page.goto(hub.user("nora").url("proxy/8888/?file=slider.py"))
        notebook.slider().press("ArrowRight")
        notebook.expect_output("square: 4")
