"""Makes the pictures of README and documentation: `make screenshots`. Look at them afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from course import new_course
from front_end import Lab, Notebook
from ipynb import ipynb
from playwright.sync_api import Browser, Page, expect

DOCS = Path(__file__).parent.parent.parent / "docs"
IMAGES = DOCS / "images"

# One that stays as it is, some that are changed, one that has to be looked at.
CELLS = (
    "# Waves on a string",
    "import math\nspeed = 340",
    "%time heights = [math.sin(x / speed) for x in range(10_000)]",
    "speed = speed / 2",
    "!date",
    "max(heights",
)

pytestmark = pytest.mark.slow


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with the size and sharpness of the pictures."""
    context = browser.new_context(
        viewport={"width": 1200, "height": 750}, device_scale_factor=1.5, color_scheme="light"
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def examples(write) -> None:
    """The examples of the documentation in the contents root."""
    for example in sorted((DOCS / "examples").glob("*.py")):
        write(example.name, example.read_text("utf-8"))


def test_notebook_in_lab(jupyter, browser, examples):
    context = browser.new_context(
        viewport={"width": 1360, "height": 920}, device_scale_factor=2, color_scheme="null"
    )
    lab = Lab(context.new_page(), jupyter)
    lab.open()
    lab.double_click("epidemic.py")
    lab.notebook.expect_ready()
    expect(lab.notebook.outputs.locator("svg").first).to_be_visible()
    lab.notebook.slider().press("ArrowRight")
    lab.notebook.expect_output("day 37")
    # Its value stands over the code as long as it has the focus.
    lab.notebook.slider().blur()
    lab.notebook.cells.filter(has_text="contagion =").evaluate(
        "cell => { cell.style.scrollMarginTop = '24px'; cell.scrollIntoView(); }"
    )
    # Until nothing moves any more.
    lab.page.wait_for_timeout(2000)
    lab.page.screenshot(path=IMAGES / "lab.png")
    context.close()


def test_gallery_and_app(jupyter, page, examples):
    page.goto(f"{jupyter.url}reactive/run/?token={jupyter.token}")
    expect(page.get_by_role("link", name="epidemic")).to_be_visible()
    page.screenshot(
        path=IMAGES / "gallery.png", clip={"x": 0, "y": 0, "width": 1200, "height": 400}
    )
    page.goto(f"{jupyter.url}reactive/run/epidemic.py/")
    app = Notebook(page)
    expect(app.outputs.locator("svg").last).to_be_visible()
    app.slider(0).press("ArrowRight")
    app.outputs.locator("svg").last.scroll_into_view_if_needed()
    page.mouse.move(0, 0)
    page.wait_for_timeout(1500)
    page.screenshot(path=IMAGES / "app.png")


def test_conversion_report(write, new_lab):
    write("waves.ipynb", ipynb(*CELLS))
    lab = new_lab()
    lab.file_browser("waves.ipynb", "Convert to Reactive Notebook…")
    expect(lab.page.get_by_role("dialog").locator(".jp-ReactiveReport")).to_be_visible()
    lab.page.wait_for_timeout(500)
    lab.page.screenshot(path=IMAGES / "conversion.png")


def test_course_link_dialog(jupyter, tmp_path, new_lab):
    course = new_course(tmp_path, jupyter.root / "course")
    (jupyter.home / ".gitconfig").write_text((tmp_path / ".gitconfig").read_text())
    course.write("epidemic.py", (DOCS / "examples/epidemic.py").read_text("utf-8"))
    course.write("binder/requirements.txt", "jupyter-reactive")
    course.push(".")
    lab = new_lab()
    lab.double_click("course")
    lab.file_browser("epidemic.py", "Copy Course Link…")
    dialog = lab.page.get_by_role("dialog")
    dialog.get_by_label("Begins at").select_option("parameters")
    expect(dialog.get_by_label("Link", exact=True)).to_have_value(re.compile("parameters"))
    dialog.get_by_label("Form").select_option("markdown")
    lab.page.wait_for_timeout(500)
    lab.page.screenshot(path=IMAGES / "course-link.png")
