"""What a user moves goes through the notebook's websocket, and by a request where that fails."""

from __future__ import annotations

import pytest
from front_end import Notebook, eventually
from playwright.sync_api import Page, WebSocketRoute

from jupyter_reactive.values import MARK


@pytest.fixture
def posted(page: Page) -> list[str]:
    """The requests for values that the page makes."""
    posted: list[str] = []
    page.on(
        "request",
        lambda request: posted.append(request.url) if "set_ui_element" in request.url else None,
    )
    return posted


@pytest.fixture
def notebook(page: Page, jupyter, write):
    def open_() -> Notebook:
        write("slider.py")
        page.goto(f"{jupyter.url}reactive/open/slider.py?token={jupyter.token}")
        notebook = Notebook(page)
        notebook.expect_output("square: 1")
        return notebook

    return open_


def test_slider_needs_no_request(notebook, posted):
    moved = notebook()
    moved.slider().press("ArrowRight")
    moved.expect_output("square: 4")
    moved.slider().press("ArrowLeft")
    moved.expect_output("square: 1")
    assert not posted


def test_broken_websocket_leaves_the_page_its_own_way(notebook, posted, page):
    """marimo itself takes no value before the page has a websocket again."""
    is_broken = False

    def forward(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def send(message: str | bytes) -> None:
            nonlocal is_broken
            if not is_broken and isinstance(message, str) and message.startswith(MARK):
                is_broken = True
                socket.close()
                server.close()
            else:
                server.send(message)

        socket.on_message(send)

    page.route_web_socket("**/reactive/edit/ws?*", forward)
    moved = notebook()
    moved.slider().press("ArrowRight")
    eventually(page, lambda: posted)
    page.get_by_text("You have reconnected").first.wait_for()
    moved.slider().press("ArrowRight")
    moved.expect_output("square: 9")
    assert len(posted) == 1
