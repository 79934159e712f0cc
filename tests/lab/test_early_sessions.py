"""The kernel of a notebook starts while marimo's program is still on its way to the browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from front_end import Notebook, eventually
from jupyter_process import JupyterProcess
from playwright.sync_api import Browser, Page, Route


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page to which all comes by requests that a test can hold, and nothing by a worker."""
    context = browser.new_context(service_workers="block")
    yield context.new_page()
    context.close()


@pytest.fixture
def held(page: Page) -> Callable[[], None]:
    """marimo's program does not arrive until this is called."""
    waiting: list[Route] = []
    is_free = threading.Event()

    def hold(route: Route) -> None:
        if is_free.is_set():
            route.continue_()
        else:
            waiting.append(route)

    page.route("**/assets/index-*.js", hold)

    def release() -> None:
        is_free.set()
        for route in waiting:
            route.continue_()

    return release


@pytest.fixture
def opened(page: Page, jupyter: JupyterProcess, write) -> list[str]:
    """The page of a notebook, with its kernel and without its program; its websockets."""
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    write("slider.py")
    jupyter.post("reactive/api/servers/edit/start")
    url = f"{jupyter.url}reactive/open/slider.py?token={jupyter.token}"
    page.goto(url, wait_until="commit")
    eventually(page, lambda: len(ids(jupyter)) == 1)
    return sockets


def ids(jupyter: JupyterProcess) -> list[str]:
    return [session["id"] for session in jupyter.get("reactive/api/sessions")]


def expect_works(page: Page) -> None:
    notebook = Notebook(page)
    notebook.expect_output("square: 1")
    notebook.slider().press("ArrowRight")
    notebook.expect_output("square: 4")


def test_marimo_goes_on_with_the_websocket_of_ours(held, opened, page, jupyter):
    before = ids(jupyter)
    held()
    expect_works(page)
    assert ids(jupyter) == before
    # partysocket gives up a connection after ten seconds that it has not seen open.
    page.wait_for_timeout(11_000)
    assert len([url for url in opened if "/edit/ws?" in url]) == 1
    assert "session_id" not in page.url
    page.reload()
    Notebook(page).expect_output("square:")
    assert len(ids(jupyter)) == 1


def test_notebook_runs_once_while_the_program_is_on_its_way(held, page, jupyter, write):
    runs = jupyter.root / "runs.txt"
    file = write("once.py")
    noted = f"    open({str(runs)!r}, 'a').write('run ')\n    import marimo as mo"
    file.write_text(file.read_text().replace("    import marimo as mo", noted))
    jupyter.post("reactive/api/servers/edit/start")
    page.goto(f"{jupyter.url}reactive/open/once.py?token={jupyter.token}", wait_until="commit")
    eventually(page, lambda: runs.exists() and runs.read_text())
    held()
    expect_works(page)
    assert runs.read_text() == "run "


def test_page_that_is_loaded_again_before_its_program_came(held, opened, page, jupyter):
    for _again in range(2):
        page.reload(wait_until="commit")
    held()
    expect_works(page)
    assert len(ids(jupyter)) == 1


def test_page_that_is_left_before_its_program_came(held, opened, page, jupyter):
    page.close()
    eventually(page.context.new_page(), lambda: not ids(jupyter))
