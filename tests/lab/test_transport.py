"""Where a gateway drops websockets the notebook works all the same, and says so once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from front_end import Notebook
from gateway import Gateway
from playwright.sync_api import Browser, Page, expect

TRIAL = "api/transport"
SLOW = pytest.mark.slow


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that has found nothing out yet."""
    context = browser.new_context(color_scheme="null")
    yield context.new_page()
    context.close()


# To a browser a connection that is cut is one that is refused.
@pytest.mark.parametrize("manner", ["refuse", pytest.param("kill", marks=SLOW), "swallow"])
def test_notebook_works_without_websockets(page, jupyter, write, manner):
    write("slider.py")
    with Gateway(jupyter.port, manner) as gateway:
        url = f"http://127.0.0.1:{gateway.port}{jupyter.base_url}reactive/open/slider.py"
        note = page.get_by_role("status").filter(has_text="does not let websockets through")
        page.goto(f"{url}?token={jupyter.token}")
        expect(note).to_be_visible()
        notebook = Notebook(page)
        notebook.expect_output("square: 1")
        notebook.slider().press("ArrowRight")
        notebook.expect_output("square: 4")
        note.get_by_role("button", name="Close").click()
        expect(note).to_have_count(0)
        assert gateway.asked_for(TRIAL) == 1
        sockets = gateway.asked_for("edit/ws")
        page.goto(url)
        notebook.expect_output("square:")
        expect(note).to_have_count(0)
        assert gateway.asked_for(TRIAL) == 1
        assert gateway.asked_for("edit/ws") == sockets
        page.close()


def test_where_websockets_work_one_trial_is_made(page, jupyter, write):
    write("slider.py")
    with Gateway(jupyter.port, "pass") as gateway:
        url = f"http://127.0.0.1:{gateway.port}{jupyter.base_url}reactive/open/slider.py"
        page.goto(f"{url}?token={jupyter.token}")
        Notebook(page).expect_output("square: 1")
        page.wait_for_function("document.cookie.includes('reactive-transport=websocket')")
        page.goto(url)
        Notebook(page).expect_output("square: 1")
        assert gateway.asked_for(TRIAL) == 1
        assert gateway.asked_for("edit/ws") == 2
        page.close()
