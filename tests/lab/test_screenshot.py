"""Makes the picture of the README: `make test-lab PYTEST_ARGS="-m slow"`."""

from __future__ import annotations

from pathlib import Path

import pytest
from front_end import Lab
from playwright.sync_api import expect

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.mark.slow
def test_picture_of_the_readme(jupyter, browser, write):
    for example in sorted((DOCS / "examples").glob("*.py")):
        write(example.name, example.read_text("utf-8"))
    context = browser.new_context(
        viewport={"width": 1360, "height": 850}, device_scale_factor=2, color_scheme="null"
    )
    lab = Lab(context.new_page(), jupyter)
    lab.open()
    lab.double_click("epidemic.py")
    lab.notebook.expect_ready()
    expect(lab.notebook.outputs.locator("svg").first).to_be_visible()
    lab.notebook.slider().press("ArrowRight")
    lab.page.wait_for_timeout(2000)
    lab.notebook.outputs.locator("svg").last.scroll_into_view_if_needed()
    lab.page.wait_for_timeout(500)
    (DOCS / "images").mkdir(exist_ok=True)
    lab.page.screenshot(path=DOCS / "images" / "lab.png")
    context.close()
