"""What an operator has switched off is not seen in marimo's page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from cells import source_of
from front_end import Lab, Notebook, lab_in
from jupyter_process import JupyterProcess
from playwright.sync_api import Browser, Locator, Page, expect

# Each thing is seen with one of these, and not with another.
SETS = {
    "nothing": frozenset(),
    "tools": frozenset({"terminal", "packages", "secrets", "mcp"}),
    "exchange": frozenset({"ai", "uploads", "downloads"}),
}
PALETTE = {
    "Helper panel > Terminal": "terminal",
    "Helper panel > Packages": "packages",
    "Helper panel > Secrets": "secrets",
    "Helper panel > Ai": "ai",
    "Connect your agent": "ai",
    "Config > Enable GitHub Copilot": "ai",
    "Download > Download as HTML": "downloads",
    "Export…": "downloads",
    "Share > Publish HTML to web": "downloads",
}
TABLE = source_of('import marimo as mo\n\nmo.ui.table([{"a": 1}, {"a": 2}])')


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that remembers no panel."""
    context = browser.new_context(color_scheme="null", viewport={"width": 1300, "height": 900})
    yield context.new_page()
    context.close()


def without(home: Path, switches: frozenset[str]) -> JupyterProcess:
    return lab_in(home, *(f"--Policy.disable_{name}=True" for name in sorted(switches)))


@pytest.mark.parametrize("off", SETS.values(), ids=SETS)
def test_what_is_switched_off_is_not_seen(page: Page, jupyter, tmp_path: Path, off):
    with without(tmp_path, off) if off else nullcontext(jupyter) as server:
        (server.root / "table.py").write_text(TABLE)
        page.goto(f"{server.url}reactive/open/table.py?token={server.token}")
        notebook = Notebook(page)
        notebook.expect_ready()

        def expect_seen(found: Locator, switch: str) -> None:
            expect(found.first).to_be_visible(visible=switch not in off)

        page.get_by_test_id("footer-panel").click()
        expect(page.locator('[data-key="errors"]')).to_be_visible()
        for panel in ("terminal", "packages", "secrets", "ai"):
            expect_seen(page.locator(f'[data-key="{panel}"]'), panel)
        expect(notebook.outputs.first).to_be_visible()
        expect(page.get_by_role("button", name="Columns").first).to_be_visible()
        expect_seen(page.get_by_test_id("export-button"), "downloads")
        expect_seen(page.get_by_role("button", name="Generate with AI"), "ai")

        page.get_by_test_id("notebook-menu-dropdown").click()
        expect(page.get_by_role("menuitem", name="Restart kernel")).to_be_visible()
        for entry in ("Export…", "Share"):
            expect_seen(page.get_by_test_id(f"notebook-menu-dropdown-{entry}"), "downloads")
        expect_seen(page.get_by_test_id("notebook-menu-dropdown-Connect your agent"), "ai")
        page.keyboard.press("Escape")

        page.keyboard.press("ControlOrMeta+k")
        expect(page.get_by_role("option", name="Re-run all cells")).to_be_visible()
        for command, switch in PALETTE.items():
            expect_seen(page.get_by_role("option", name=command, exact=True), switch)
        page.get_by_role("option", name="Helper panel > Files").click()
        expect(page.get_by_test_id("file-explorer-collapse-button")).to_be_visible()
        expect_seen(page.get_by_test_id("file-explorer-upload-button"), "uploads")
        expect_seen(page.get_by_test_id("file-explorer-add-file-button"), "uploads")

        page.get_by_test_id("app-config-button").click()
        page.get_by_text("User settings").click()
        expect(page.get_by_role("tab", name="Labs")).to_be_visible()
        expect_seen(page.get_by_role("tab", name="AI", exact=True), "ai")
        expect_seen(page.get_by_role("tab", name="Optional Dependencies", exact=True), "packages")
        if "ai" not in off:
            page.get_by_role("tab", name="AI", exact=True).click()
            expect(page.get_by_role("tab", name="AI Providers")).to_be_visible()
            expect_seen(page.get_by_role("tab", name="MCP", exact=True), "mcp")
        page.close()


def test_without_editing_a_notebook_is_an_app(page: Page, tmp_path: Path, notebook_source: str):
    with without(tmp_path, frozenset({"editing", "downloads"})) as server:
        file = server.root / "slider.py"
        file.write_text(notebook_source)
        lab = Lab(page, server)
        lab.open()
        expect(page.locator(".jp-LauncherCard").first).to_be_visible()
        expect(lab.tile).to_have_count(0)
        # Opened, it has run, whatever the user's settings are; its elements work.
        lab.open_slider("slider.py")
        frame = lab.notebook.frame
        for control in ("save-button", "run-button", "shutdown-button", "app-config-button"):
            expect(frame.get_by_test_id(control)).to_have_count(0)
        expect(lab.notebook.cells).to_have_count(0)
        expect(frame.locator("[data-key]")).to_have_count(0)
        expect(frame.get_by_label("Back to gallery")).to_be_hidden()
        for key in ("ControlOrMeta+.", "ControlOrMeta+s", "ControlOrMeta+k"):
            lab.notebook.slider().press(key)
        frame.get_by_test_id("notebook-actions-dropdown").click()
        frame.get_by_test_id("notebook-action-show-code").click()
        expect(frame.get_by_text("mo.ui.slider").first).to_be_visible()
        expect(frame.locator('.cm-content[contenteditable="true"]')).to_have_count(0)
        frame.get_by_test_id("notebook-actions-dropdown").click()
        expect(frame.get_by_test_id("notebook-action-show-code")).to_be_visible()
        expect(frame.get_by_test_id("notebook-action-download-html")).to_be_hidden()
        assert file.read_text() == notebook_source
        page.close()
