"""A walk through everything that there is to see: no other machine is asked, no secret is shown.

Everything that browser and server say to each other is written down. The browser resolves no name,
and no Python process of the server gets out. Where the tests run as root, the kernel itself keeps
both from every network.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
import shlex
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from front_end import Lab, Notebook, lab_in
from jupyter_process import JupyterProcess
from known_secret import CONFIG, SECRET
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    Error,
    Page,
    Request,
    Response,
    WebSocket,
    expect,
)

# What Python 3.10 has no names for.
CLONE_NEWNET, SIOCSIFFLAGS, IFF_UP = 0x40000000, 0x8914, 1
RESOURCES = Path(__file__).parent.parent / "resources"

# Everything that marimo's page draws with code of its own: mathematics, tables, diagrams, editors.
NOTEBOOK = """\
import marimo

app = marimo.App()


@app.cell
def _():
    import os
    import marimo as mo

    return mo, os


@app.cell
def _(mo):
    slider = mo.ui.slider(1, 9, label="number")
    [slider, mo.md("$x^2$"), mo.mermaid("graph TD; a-->b"), mo.ui.code_editor("x = 1")]
    return (slider,)


@app.cell
def _(mo, slider):
    [mo.md(f"square: {slider.value**2}"), mo.ui.table([{"a": 1}, {"a": 2}]), mo.tree({"a": [1]})]
    return


@app.cell
def _(os):
    "environment: " + " ".join(f"{name}={value}" for name, value in os.environ.items())
    return
"""
TOLD = {"application/json", "text/html", "text/plain", "text/markdown"}
# The buttons of its panels: packages, AI, snippets, documentation, ...
PANELS = "[data-testid$='sidebar'] button"


@dataclass
class Recorder:
    """What goes between a browser and everybody else."""

    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("page", lambda page: page.on("websocket", self._websocket))
        context.on("console", lambda message: self.said.append(message.text))

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)
        self.said += [request.url, str(request.headers), request.post_data or ""]

    def _response(self, response: Response) -> None:
        self.said.append(str(response.headers))
        self._bodies.append(response)

    def _websocket(self, socket: WebSocket) -> None:
        self.asked.append(socket.url)
        for event in ("framesent", "framereceived"):
            socket.on(event, lambda payload: self.said.append(str(payload)))

    _bodies: list[Response] = field(default_factory=list)

    def everything(self) -> str:
        """All that was said, in one piece."""
        for response in self._bodies:
            # Streams and redirects have no body, and what never changes has no secret.
            if response.headers.get("content-type", "").split(";")[0] not in TOLD:
                continue
            try:
                self.said.append(response.body().decode("latin-1"))
            except Error:
                continue
        self._bodies.clear()
        return "\n".join(self.said)


@pytest.fixture(scope="module")
def alone() -> Iterator[list[str]]:
    """No network but loopback for what is started from here; what stands before other commands."""
    libc = ctypes.CDLL(None, use_errno=True)
    place = Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/ns/net")
    if os.getuid() or not place.exists():
        yield []
        return
    with place.open() as before:
        if libc.unshare(CLONE_NEWNET):
            yield []
            return
        with socket.socket() as any_:
            fcntl.ioctl(any_, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
        yield ["nsenter", f"--net={place}"]
        libc.setns(before.fileno(), CLONE_NEWNET)


@pytest.fixture(scope="module")
def jupyter(alone: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    home = tmp_path_factory.mktemp("alone")
    server = lab_in(home, "--debug", own_copies=True)
    (home / "config/jupyter/jupyter_server_config.py").write_text(CONFIG)
    server.environment = {
        "PYTHONPATH": str(RESOURCES / "no_network"),
        "NO_NETWORK_LOG": str(home / "network.log"),
    }
    with server:
        yield server


@pytest.fixture(scope="module")
def browser(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    alone: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Browser]:
    """One that finds no other machine."""
    program = browser_type_launch_args.get("executable_path", browser_type.executable_path)
    # Playwright's own process starts it, and that one is not alone.
    script = tmp_path_factory.mktemp("browser") / "browser"
    script.write_text(f'#!/bin/sh\nexec {shlex.join([*alone, str(program)])} "$@"\n')
    script.chmod(0o755)
    lonely = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    arguments = [*browser_type_launch_args["args"], lonely]
    browser = browser_type.launch(
        **{**browser_type_launch_args, "args": arguments, "executable_path": script}
    )
    yield browser
    browser.close()


@pytest.fixture
def context(browser: Browser, recorder: Recorder) -> Iterator[BrowserContext]:
    context = browser.new_context()
    recorder.listen(context)
    yield context
    context.close()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def walk(lab: Lab, page: Page, context: BrowserContext) -> str:
    """Use everything there is; returns what the browser has stored at its end."""
    url = lab.jupyter.url
    lab.double_click("walk.py")
    lab.notebook.expect_output("square: 1")
    lab.notebook.expect_output("environment: ")
    expect(lab.notebook.frame.locator(".katex, marimo-tex").first).to_be_visible()
    expect(lab.notebook.frame.locator("marimo-mermaid svg, marimo-table").first).to_be_visible()
    lab.notebook.slider().press("ArrowRight")
    lab.notebook.expect_output("square: 4")
    lab.notebook.run_cell(0, "import marimo as mo, os; 1 / 0")
    expect(lab.notebook.frame.get_by_text("ZeroDivisionError").first).to_be_visible()
    lab.execute("reactive:show-log")
    lab.execute("reactive:restart-server")
    page.locator(".jp-Dialog .jp-mod-accept").last.click()
    for route in ("reactive/open/nothing.py", "reactive/edit/api/nothing", "reactive/nothing"):
        page.goto(url + route)
    page.goto(f"{url}reactive/doctor")
    expect(page.locator("body")).to_contain_text("marimo")
    page.goto(f"{url}reactive/edit/")
    expect(page.get_by_text("walk.py").first).to_be_visible()
    page.goto(f"{url}reactive/open/walk.py")
    notebook = Notebook(page)
    notebook.expect_ready()
    panels = page.locator(PANELS)
    for number in range(panels.count()):
        panels.nth(number).click()
        page.wait_for_timeout(200)
        # One opens a dialog.
        page.keyboard.press("Escape")
    stored = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    return f"{page.evaluate(stored)} {context.cookies()} {page.content()}"


def test_a_walk_asks_nobody_else_and_shows_no_secret(
    jupyter: JupyterProcess, page: Page, context: BrowserContext, recorder: Recorder
):
    (jupyter.root / "walk.py").write_text(NOTEBOOK)
    lab = Lab(page, jupyter)
    lab.open()
    stored = walk(lab, page, context)

    hosts = {urlsplit(url).hostname for url in recorder.asked if re.match("https?:|wss?:", url)}
    assert hosts == {"127.0.0.1"}
    assert len(recorder.asked) > 300
    tried = jupyter.home / "network.log"
    assert not tried.exists() or tried.read_text() == ""

    said = recorder.everything()
    assert "square: 4" in said, "or the recorder is deaf"
    assert "environment: " in said
    assert SECRET not in said
    assert SECRET not in stored
    for route in ("status", "servers", "servers/edit", "servers/edit/log", "sessions", "doctor"):
        status, text = jupyter.request(f"reactive/api/{route}")
        assert status == 200
        assert SECRET not in text
    assert SECRET not in jupyter.request("metrics")[1]
    log = jupyter.log.read_text("utf-8", "replace")
    assert "marimo: " in log
    assert SECRET not in log
    for written in (jupyter.home / "runtime", jupyter.home / "state", jupyter.home / "cache"):
        for file in written.rglob("*"):
            assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file


def test_a_process_that_asks_would_be_noticed(jupyter: JupyterProcess, alone: list[str]):
    """The same environment, and a program that calls home."""
    if alone:
        pid = jupyter.marimo().pid
        reach = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"
        lost = subprocess.run(
            ["nsenter", f"--net=/proc/{pid}/ns/net", sys.executable, "-c", reach],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Network is unreachable" in lost.stderr
    code = "import urllib.request; urllib.request.urlopen('http://example.org/', timeout=5)"
    environment = {**jupyter.environment, "NO_NETWORK_LOG": str(jupyter.home / "planted.log")}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=False
    )
    assert run.returncode
    assert "example.org" in (jupyter.home / "planted.log").read_text()
