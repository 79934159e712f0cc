"""A site that the operator names shows apps in a frame; no other one does, and none the editor."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from attacks import served
from front_end import Notebook, lab_in
from jupyter_process import JupyterProcess
from playwright.sync_api import Page, expect

# The server is at 127.0.0.1: a page there has another origin by its port, one at localhost is of
# another site too.
SITE = "http://localhost:*"


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A JupyterLab whose apps one site may frame."""
    server = lab_in(tmp_path_factory.mktemp("framed"))
    # As the help of the option says; a browser takes localhost for secure.
    settings = {
        "AppPages": {"embedders": [SITE]},
        "IdentityProvider": {"cookie_options": {"samesite": "None", "secure": True}},
    }
    config = server.home / "config/jupyter/jupyter_server_config.json"
    config.write_text(json.dumps(settings))
    with server:
        yield server


@pytest.fixture
def framed(jupyter: JupyterProcess, page: Page, write) -> Iterator:
    """What a page of a host shows of a route in a frame, for who is logged in at Jupyter."""
    write("slider.py")
    page.goto(f"{jupyter.url}reactive/run/?token={jupyter.token}")
    expect(page.get_by_role("link", name="slider")).to_be_visible()
    frame = f'<iframe title="theirs" src="{jupyter.url}reactive/ROUTE"></iframe>'

    def open_(host: str, route: str) -> Notebook:
        with served(f"<!doctype html>{frame.replace('ROUTE', route)}") as port:
            page.goto(f"http://{host}:{port}/")
            return Notebook(page.frame_locator('iframe[title="theirs"]'))

    return open_


def test_a_named_site_frames_an_app_that_computes(framed, page: Page):
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    app = framed("localhost", "run/slider.py/")
    app.expect_output("square: 1")
    app.slider().press("End")
    app.expect_output("square: 81")
    assert any("/run/slider.py/ws?" in url for url in sockets)


@pytest.mark.parametrize(
    "host, route",
    [
        ("127.0.0.1", "run/slider.py/"),
        ("localhost", "edit/?file=slider.py"),
        ("localhost", "open/slider.py"),
        ("127.0.0.1", "edit/?file=slider.py"),
    ],
)
def test_nothing_else_is_framed(framed, page: Page, host: str, route: str):
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    theirs = framed(host, route)
    expect(theirs.frame.locator("marimo-filename, .output-area, main")).to_have_count(0)
    assert any("frame-ancestors" in text for text in refused), refused
