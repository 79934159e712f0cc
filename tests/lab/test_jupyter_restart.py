"""Jupyter itself ends under an open tab and comes back."""

from __future__ import annotations

from playwright.sync_api import expect

# Lab asks again for a server that is away after seconds that it doubles.
BACK = 90_000


def test_tab_finds_its_way_back(new_lab, page, write, jupyter, subtests):
    write("slider.py")
    lab = new_lab()
    lab.open_slider("slider.py")
    # Lab says so itself when a server is away for long.
    dialog = page.locator(".jp-Dialog").filter(has_text="Server Connection Error")
    page.add_locator_handler(dialog, lambda _: dialog.locator(".jp-Dialog-button").last.click())
    with subtests.test("by itself"):
        jupyter.stop()
        jupyter.start()
        expect(lab.bar).to_contain_text(
            "Jupyter was started again. Variables are gone", timeout=BACK
        )
        lab.bar.get_by_role("button", name="Run all cells").click()
        expect(lab.bar).not_to_be_visible(timeout=60_000)
        lab.notebook.expect_computes()

    with subtests.test("with edits that are not saved it asks"):
        jupyter.stop()
        # At once: Lab's dialog takes the focus of who types.
        lab.notebook.cells.nth(0).fill("import marimo as mo; unsaved = 1")
        jupyter.start()
        expect(lab.bar).to_contain_text("has edits that were not saved", timeout=BACK)
        expect(lab.notebook.cells.nth(0)).to_contain_text("unsaved = 1")
        lab.bar.get_by_role("button", name="Load again").click()
        expect(lab.bar).not_to_be_visible()
        lab.notebook.expect_computes()
