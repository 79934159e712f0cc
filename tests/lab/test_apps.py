"""Apps in real browsers: two visitors, a reload, a change, a crash, and the ways to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from front_end import Notebook
from playwright.sync_api import Browser, Page, expect

# A slider, what follows it, and a value that ends the process.
APP = """\
import marimo

app = marimo.App()


@app.cell
def _():
    import os

    import marimo as mo

    slider = mo.ui.slider(1, 9, label="number")
    slider
    return mo, os, slider


@app.cell
def _(mo, os, slider):
    if slider.value == 9:
        os._exit(3)
    mo.md(f"square: {slider.value**2}")
    return
"""


@pytest.fixture
def visitor(browser: Browser, jupyter) -> Iterator[Callable[[str], Page]]:
    """Open an app as somebody else; each visitor has a browser of their own."""
    contexts = []

    def open_(path: str) -> Page:
        context = browser.new_context()
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{jupyter.url}reactive/run/{path}/?token={jupyter.token}")
        return page

    yield open_
    for context in contexts:
        context.close()


def test_visitors_use_an_app_side_by_side(visitor, write):
    path = write("tides.py", APP)
    first, second = visitor("tides.py"), visitor("tides.py")
    one, two = Notebook(first), Notebook(second)
    one.expect_output("square: 1")
    two.expect_output("square: 1")
    one.slider().press("ArrowRight")
    one.expect_output("square: 4")
    two.expect_output("square: 1")
    # No code, and no editor around it.
    expect(first.locator(".cm-editor")).to_have_count(0)
    assert "token" not in first.url
    first.reload()
    one.expect_output("square: 4")
    expect(first.get_by_text("Reconnected")).to_have_count(0)
    one.slider().press("ArrowRight")
    one.expect_output("square: 9")
    path.write_text(APP.replace("square: {", "area: {"))
    one.expect_output("area: 1")
    two.expect_output("area: 1")


def test_pages_come_back_after_a_crash(visitor, write):
    write("good.py", APP)
    write("bad.py", APP)
    good, bad = Notebook(visitor("good.py")), Notebook(visitor("bad.py"))
    good.expect_output("square: 1")
    for _again in range(2):
        bad.expect_output("square: 1")
        with bad.frame.expect_navigation(timeout=60_000):
            bad.slider().press("End")
    expect(bad.frame.get_by_role("heading", name="This app does not work")).to_be_visible()
    good.expect_output("square: 1")
    bad.frame.get_by_role("button", name="Try again").click()
    bad.expect_output("square: 1")


def test_the_gallery_leads_to_apps(visitor, write, jupyter):
    write("tides.py", APP)
    write("moons.py", APP)
    page = visitor("tides.py")
    page.goto(f"{jupyter.url}reactive/run/")
    search = page.get_by_label("Search")
    search.fill("nothing like it")
    expect(page.get_by_text("No app fits these words.")).to_be_visible()
    search.fill("moon")
    expect(page.get_by_role("link")).to_have_count(1)
    search.press("ArrowDown")
    page.keyboard.press("Enter")
    Notebook(page).expect_output("square: 1")
