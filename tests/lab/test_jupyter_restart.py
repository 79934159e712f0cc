"""Jupyter itself ends under an open tab and comes back."""

from __future__ import annotations

import pytest
from front_end import own_lab
from playwright.sync_api import expect

# Lab asks again for a server that is away after seconds that it doubles.
BACK = 90_000


jupyter = own_lab()


@pytest.fixture
def opened(new_lab, page, write):
    write("slider.py")
    lab = new_lab()
    lab.open_slider("slider.py")
    # Lab says so itself when a server is away for long.
    dialog = page.locator(".jp-Dialog").filter(has_text="Server Connection Error")
    page.add_locator_handler(dialog, lambda _: dialog.locator(".jp-Dialog-button").last.click())
    return lab


def test_tab_finds_its_way_back_by_itself(opened, jupyter):
    jupyter.stop()
    jupyter.start()
    expect(opened.bar).to_contain_text(
        "Jupyter was started again. Variables are gone", timeout=BACK
    )
    opened.bar.get_by_role("button", name="Run all cells").click()
    expect(opened.bar).not_to_be_visible(timeout=60_000)
    opened.notebook.expect_computes()


def test_tab_with_unsaved_edits_asks(opened, jupyter):
    jupyter.stop()
    # At once: Lab's dialog takes the focus of who types.
    opened.notebook.cells.nth(0).fill("import marimo as mo; unsaved = 1")
    jupyter.start()
    expect(opened.bar).to_contain_text("has edits that were not saved", timeout=BACK)
    expect(opened.notebook.cells.nth(0)).to_contain_text("unsaved = 1")
    opened.bar.get_by_role("button", name="Load again").click()
    expect(opened.bar).not_to_be_visible()
    opened.notebook.expect_computes()
