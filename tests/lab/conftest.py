"""A real JupyterLab (and Notebook 7) and a real browser.

jupyter   the server process, one for the whole folder; its root is emptied for each test
page      a page of its own for each test, or with `page = one_page` one for the module
lab       JupyterLab in that page, opened and ready, with nothing open in it
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from front_end import Lab, closing_new_pages, lab_in
from jupyter_process import JupyterProcess
from playwright.sync_api import Browser, BrowserContext, Page, expect

expect.set_options(timeout=30_000)

# Most of their time something has to come back or to run out.
WAITING = {"test_jupyter_restart", "test_idle", "test_endings"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits comes first, while another worker computes."""
    items.sort(key=lambda item: item.path.stem not in WAITING)


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    server = lab_in(tmp_path_factory.mktemp("lab"))
    validate = ["printf", "%s is valid", "{path}"]
    fetch = ["mkdir", "-v", "{folder}"]
    options = {"LessonHooks": {"commands": {"fetch": fetch, "validate": validate}}}
    (server.home / "config/jupyter/jupyter_server_config.json").write_text(json.dumps(options))
    with server:
        yield server


@pytest.fixture(autouse=True)
def clean(jupyter: JupyterProcess) -> None:
    """Each test begins with an empty root, no session, default settings and a fresh workspace."""
    jupyter.request("reactive/api/sessions", "DELETE")
    for path in jupyter.root.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    for folder in ("lab/workspaces", "lab/user-settings", "serverconfig"):
        shutil.rmtree(jupyter.home / "config/jupyter" / folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """A browser in which the pages of a site share a process, however many there are."""
    arguments = [*browser_type_launch_args["args"], "--renderer-process-limit=1"]
    return {**browser_type_launch_args, "args": arguments}


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all tests: what it has cached need not be fetched and compiled again.

    It emulates no colour scheme: that would hide that of the frame, which is what is tested.
    """
    context = browser.new_context(color_scheme="null")
    # While a page of the site is open its process lives, with the scripts that it has compiled.
    first = context.new_page()
    first.route("**/*", lambda route: route.fulfill(body=""))
    first.goto("http://127.0.0.1/")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page for one test, which takes along what it has opened."""
    with closing_new_pages(context):
        yield context.new_page()


@pytest.fixture
def write(jupyter: JupyterProcess, notebook_source: str) -> Callable[..., Path]:
    """Write a file into the contents root; a small notebook when no text is given."""

    def write_(path: str, text: str | None = None) -> Path:
        file = jupyter.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(notebook_source if text is None else text, "utf-8")
        return file

    return write_


@pytest.fixture
def new_lab(jupyter: JupyterProcess, page: Page) -> Iterator[Callable[..., Lab]]:
    """Open JupyterLab; the root's files are what they are at that moment."""
    lab = Lab(page, jupyter)

    def open_(**options: str) -> Lab:
        if options or not lab.begins_anew():
            lab.open(**options)
        return lab

    with closing_new_pages(page.context):
        yield open_
    if page.url.startswith(jupyter.url):
        lab.close_all()


@pytest.fixture
def lab(new_lab: Callable[..., Lab]) -> Lab:
    """JupyterLab, opened on an empty root."""
    return new_lab()
