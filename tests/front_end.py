"""What a person does in JupyterLab and in marimo's page, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jupyter_process import JupyterProcess
from playwright.sync_api import (
    BrowserContext,
    CDPSession,
    Error,
    FrameLocator,
    Locator,
    Page,
    expect,
)

# Lab's news come from the network; to ask whether it must be built anew runs Node.js twice.
PAGE_CONFIG = {
    "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True},
    "buildCheck": False,
}

CLOSE_ALL = """() => {
  for (const widget of [...(window.jupyterapp?.shell.widgets('main') ?? [])]) {
    widget.dispose();
  }
}"""
# What has been said or asked in the page does not go with what is open.
BEGIN_ANEW = """async () => {
  const launchers = document.querySelectorAll('#jp-main-dock-panel .jp-Launcher').length;
  const tabs = document.querySelectorAll('#jp-main-dock-panel .lm-TabBar-tab').length;
  const rest = document.querySelector('.jp-Dialog, .Toastify__toast, body > .lm-Menu');
  if (!window.jupyterapp || rest || launchers !== 1 || tabs !== 1) {
    return false;
  }
  const { commands } = window.jupyterapp;
  await commands.execute('filebrowser:activate');
  await commands.execute('filebrowser:go-to-path', { path: '/' });
  await commands.execute('filebrowser:refresh');
  return true;
}"""


def exactly(text: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(text)}$")


def eventually(page: Page, condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something outside the page is true."""
    for _ in range(int(seconds * 10)):
        if condition():
            return
        page.wait_for_timeout(100)
    assert condition()


def lab_in(
    home: Path,
    *arguments: str,
    runs_cells: bool = True,
    own_copies: bool = False,
    base_url: str = "/jupyter/default/",
) -> JupyterProcess:
    """A JupyterLab that is not started yet.

    Args:
        home: its home.
        arguments: of its command line.
        runs_cells: whether opening a notebook runs it.
        own_copies: whether it compresses marimo's files itself, 0.7 s of a processor. Else it takes
            what those in the homes beside its own have compressed.
        base_url: its address on the host.
    """
    if not own_copies:
        arguments = (f"--AssetStore.cache_dir={home.parent / 'assets'}", *arguments)
    server = JupyterProcess(
        home,
        app="lab",
        base_url=base_url,
        arguments=["--LabApp.expose_app_in_browser=True", *arguments],
    )
    config = server.home / "config"
    (config / "jupyter/labconfig").mkdir(parents=True)
    (config / "jupyter/labconfig/page_config.json").write_text(json.dumps(PAGE_CONFIG))
    (config / "marimo").mkdir()
    (config / "marimo/marimo.toml").write_text(
        f"[runtime]\nauto_instantiate = {str(runs_cells).lower()}\n"
    )
    return server


def own_lab(*arguments: str, **options: Any) -> Callable[..., Iterator[JupyterProcess]]:
    """A fixture: the JupyterLab of one module, which it may configure, and stop.

    Args:
        arguments: of its command line.
        options: as `lab_in` takes them.
    """

    @pytest.fixture(scope="module")
    def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
        with lab_in(tmp_path_factory.mktemp("lab"), *arguments, **options) as server:
            yield server

    return jupyter


@contextmanager
def closing_new_pages(context: BrowserContext) -> Iterator[None]:
    """Close the pages that have been opened meanwhile."""
    before = context.pages
    yield
    for page in context.pages:
        if page not in before:
            page.close()


@contextmanager
def without_program(page: Page) -> Iterator[None]:
    """marimo's pages, here and in what is opened here, come without what draws them.

    They take 0.2 s of a processor then, not 2. What Playwright itself can hold back is not cached.
    """
    sessions: list[CDPSession] = []

    def block(page: Page) -> None:
        # One that is closed at once needs nothing.
        with suppress(Error):
            session = page.context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.setBlockedURLs", {"urls": ["*/assets/index-*.js"]})
            sessions.append(session)

    block(page)
    page.context.on("page", block)
    yield
    page.context.remove_listener("page", block)
    for session in sessions:
        with suppress(Error):
            session.detach()


@pytest.fixture(scope="module")
def one_page(context: BrowserContext) -> Iterator[Page]:
    """A page for all tests of a module: as `page` there, JupyterLab need not be loaded for each."""
    page = context.new_page()
    yield page
    page.close()


@dataclass
class Notebook:
    """marimo's page, in a frame or alone."""

    frame: FrameLocator | Page

    @property
    def outputs(self) -> Locator:
        return self.frame.locator(".output-area")

    @property
    def cells(self) -> Locator:
        return self.frame.locator("[data-cell-id] .cm-content")

    def expect_output(self, text: str | re.Pattern[str]) -> None:
        expect(self.outputs.filter(has_text=text).first).to_be_visible()

    def expect_ready(self) -> None:
        """The page is there and its kernel answers."""
        expect(self.frame.locator("[data-cell-id]").first).to_be_visible()
        expect(self.frame.get_by_test_id("shutdown-button")).to_be_enabled()

    def type_into_cell(self, number: int, code: str) -> None:
        cell = self.cells.nth(number)
        cell.click()
        cell.press("ControlOrMeta+a")
        cell.press_sequentially(code)

    def run_cell(self, number: int, code: str) -> None:
        """Type code into a cell and run it."""
        self.type_into_cell(number, code)
        self.cells.nth(number).press("ControlOrMeta+Enter")

    def run_stale(self) -> None:
        """Press marimo's own button that runs what has not run."""
        controls = self.frame.get_by_test_id("chrome-controls-bottom-right")
        controls.get_by_test_id("run-button").click()

    def expect_settled(self) -> None:
        """Nothing waits for a run, and nothing runs."""
        controls = self.frame.get_by_test_id("chrome-controls-bottom-right")
        for button in ("run-button", "interrupt-button"):
            expect(controls.get_by_test_id(button)).to_have_class(re.compile("inactive-button"))

    def slider(self, number: int = 0) -> Locator:
        return self.frame.get_by_role("slider").nth(number)

    def expect_follows(self) -> None:
        """The small notebook has run, and follows its slider from 1 to 2."""
        self.expect_output("square: 1")
        self.slider().press("ArrowRight")
        self.expect_output("square: 4")

    def expect_computes(self) -> None:
        """The small notebook follows its slider. Until it has run, marimo shows earlier outputs."""
        self.expect_settled()
        self.slider().press("End")
        self.expect_output("square: 81")
        self.slider().press("Home")
        self.expect_output(re.compile("square: 1$"))

    def menu(self, entry: str) -> None:
        """Choose from marimo's own menu of the notebook."""
        self.frame.get_by_test_id("notebook-menu-dropdown").click()
        self.frame.get_by_role("menuitem", name=entry).click()

    def rename(self, name: str) -> None:
        """Rename the notebook in marimo's own header."""
        box = self.frame.get_by_test_id("dir-completion-input")
        box.click()
        box.fill(name)
        box.press("Enter")


class Lab:
    """JupyterLab in a page."""

    def __init__(self, page: Page, jupyter: JupyterProcess) -> None:
        self.page = page
        self.jupyter = jupyter

    def open(self, path: str = "", **query: str) -> None:
        route = f"lab/tree/{path}" if path else "lab"
        words = "&".join(f"{key}={value}" for key, value in {"reset": "", **query}.items())
        self.page.goto(f"{self.jupyter.url}{route}?token={self.jupyter.token}&{words}")
        self.wait_until_ready()

    def close_all(self) -> None:
        """Close what is open in the main area, without a question."""
        self.page.evaluate(CLOSE_ALL)

    def begins_anew(self) -> bool:
        """Show JupyterLab as it is when it has been loaded, if it is open already; was it?"""
        is_open = self.page.url.startswith(f"{self.jupyter.url}lab")
        return is_open and bool(self.page.evaluate(BEGIN_ANEW))

    def reload(self) -> None:
        self.page.reload()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0)
        expect(self.page.locator("#jp-main-dock-panel")).to_be_visible()
        self.page.wait_for_function("window.jupyterapp !== undefined")
        self.page.evaluate("window.jupyterapp.restored")

    def execute(self, command: str, **args: object) -> None:
        """Execute a command of JupyterLab without waiting for a dialog that it may show."""
        self.page.evaluate(
            "([command, args]) => { void window.jupyterapp.commands.execute(command, args); }",
            [command, args],
        )

    def file(self, name: str) -> Locator:
        """A file in the file browser."""
        return self.page.locator(".jp-DirListing-item").filter(
            has=self.page.locator(".jp-DirListing-itemText", has_text=exactly(name))
        )

    def double_click(self, name: str) -> None:
        self.file(name).dblclick()

    def open_slider(self, name: str) -> None:
        """Open the small notebook and move its slider from 1 to 2."""
        self.double_click(name)
        expect(self.tab(name)).to_be_visible()
        self.notebook.expect_follows()

    def expect_sessions(self, *paths: str) -> None:
        """The server's open notebooks are those of these files."""

        def open_() -> list[str]:
            return sorted(str(s["path"]) for s in self.jupyter.get("reactive/api/sessions"))

        eventually(self.page, lambda: open_() == sorted(paths))

    def file_browser(self, name: str, *menu: str) -> None:
        """Choose from the context menu of a file."""
        self.file(name).click(button="right")
        self._choose(*menu)

    def menu(self, name: str, *entries: str) -> None:
        """Choose from the menu bar."""
        self.page.get_by_role("menuitem", name=name, exact=True).click()
        self._choose(*entries)

    def _choose(self, *entries: str) -> None:
        for entry in entries:
            # Lumino gives the entries of submenus no role of their own.
            self.page.locator(".lm-Menu-item:visible").filter(
                has=self.page.locator(".lm-Menu-itemLabel", has_text=exactly(entry))
            ).click()

    def rename_file(self, name: str, new: str) -> None:
        self.file(name).click()
        self.page.keyboard.press("F2")
        box = self.page.locator(".jp-DirListing-editor")
        box.fill(new)
        box.press("Enter")
        expect(self.file(new)).to_be_visible()

    def delete_file(self, name: str) -> None:
        self.file(name).click()
        self.page.keyboard.press("Delete")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        expect(self.file(name)).to_have_count(0)

    def tab(self, name: str) -> Locator:
        """The tab of a document in the main area."""
        return self.page.locator("#jp-main-dock-panel .lm-TabBar-tab").filter(
            has=self.page.locator(".lm-TabBar-tabLabel", has_text=exactly(name))
        )

    @property
    def iframe(self) -> Locator:
        return self.page.locator(".jp-ReactiveFrame:visible")

    @property
    def bar(self) -> Locator:
        """What the visible notebook's tab says above the page; not visible when it says nothing."""
        return self.page.locator(".jp-ReactiveDocument:visible .jp-ReactiveBar")

    @property
    def notebook(self) -> Notebook:
        """marimo's page in the visible tab."""
        return Notebook(self.page.frame_locator(".jp-ReactiveFrame:visible"))

    @property
    def tile(self) -> Locator:
        return self.page.locator(".jp-LauncherCard").filter(has_text="Reactive notebook")
