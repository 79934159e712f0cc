"""Apps in real browsers: two visitors, a reload, a change, a crash, and the ways to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from cells import source_of
from front_end import Notebook, closing_new_pages
from playwright.sync_api import Browser, BrowserContext, Page, expect

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
def visit(context: BrowserContext, jupyter) -> Iterator[Callable[..., Page]]:
    """Open an app, in the browser of all tests or in another one."""

    def open_(path: str, browser: BrowserContext = context) -> Page:
        page = browser.new_page()
        page.goto(f"{jupyter.url}reactive/run/{path}/?token={jupyter.token}")
        return page

    with closing_new_pages(context):
        yield open_


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[BrowserContext]:
    """The browser of somebody else."""
    context = browser.new_context()
    yield context
    context.close()


def test_visitors_use_an_app_side_by_side(visit, elsewhere, write):
    path = write("tides.py", APP)
    first, second = visit("tides.py"), visit("tides.py", elsewhere)
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
    one.slider().press("ArrowRight")
    one.expect_output("area: 4")
    two.expect_output("area: 1")


def test_pages_come_back_after_a_crash(visit, write):
    write("good.py", APP)
    write("bad.py", APP)
    good, bad = Notebook(visit("good.py")), Notebook(visit("bad.py"))
    good.expect_output("square: 1")
    for _again in range(2):
        bad.expect_output("square: 1")
        with bad.frame.expect_navigation(timeout=60_000):
            bad.slider().press("End")
    expect(bad.frame.get_by_role("heading", name="This app does not work")).to_be_visible()
    good.expect_output("square: 1")
    bad.frame.get_by_role("button", name="Try again").click()
    bad.expect_output("square: 1")


def test_the_gallery_leads_to_apps(visit, write, jupyter):
    write("tides.py", APP)
    write("moons.py", APP)
    page = visit("tides.py")
    page.goto(f"{jupyter.url}reactive/run/")
    search = page.get_by_label("Search")
    search.fill("nothing like it")
    expect(page.get_by_text("No app fits these words.")).to_be_visible()
    search.fill("moon")
    expect(page.get_by_role("link")).to_have_count(1)
    search.press("ArrowDown")
    page.keyboard.press("Enter")
    Notebook(page).expect_output("square: 1")


def test_what_is_wrong_is_said(visit, write, jupyter, subtests):
    endless = source_of('"before"', "while True:\n    pass")
    endless_file = write("endless.py", endless)
    write("lacks file.py", source_of('open("nowhere.csv")', '"after"'))
    write("lacks package.py", source_of("import no_such_package"))
    write("slider.py", APP)
    busy = visit("endless.py")
    Notebook(busy).expect_output("before")

    with subtests.test("a part that has failed, beside what works"):
        page = visit("lacks%20file.py")
        Notebook(page).expect_output("after")
        note = page.locator(".reactive-failed")
        expect(note.get_by_role("status")).to_contain_text("A cell of this app has failed")
        link = note.get_by_role("link", name="Open the notebook")
        place = f"{jupyter.base_url}reactive/open/lacks%20file.py"
        expect(link).to_have_attribute("href", place)
        note.get_by_role("button", name="Close").press("Enter")
        expect(note).to_have_count(0)

    with subtests.test("a package that is missing"):
        note = visit("lacks%20package.py").locator(".reactive-failed")
        expect(note).to_contain_text("not installed where the notebooks run: no-such-package.")

    with subtests.test("others run on beside one that computes for ever"):
        page = visit("slider.py")
        Notebook(page).expect_output("square: 1")
        expect(page.locator(".reactive-computing, .reactive-failed")).to_have_count(0)
        note = busy.locator(".reactive-computing")
        expect(note.get_by_role("status")).to_have_text(re.compile(r"^Computing since \d"))
        busy.evaluate("const { now } = Date; Date.now = () => now() + 60_000")
        expect(note).to_contain_text("mend the notebook and save it")
        endless_file.write_text(endless.replace("while True:\n        pass", '"mended"'))
        Notebook(busy).expect_output("mended")
        expect(note).to_have_count(0)

    with subtests.test("one that is deleted goes on until its page is loaded again"):
        (jupyter.root / "slider.py").unlink()
        Notebook(page).slider().press("ArrowRight")
        Notebook(page).expect_output("square: 4")
        page.reload()
        expect(page.get_by_role("heading", name="This notebook is not here")).to_be_visible()
