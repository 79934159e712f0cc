"""Opens a notebook in a browser, as a person does: from JupyterLab, or by its link."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from page_clock import PageClock
from person import start_profile
from playwright.sync_api import BrowserContext, Page, Playwright
from servers import Server
from traffic import Request, Traffic

# Says its process, so that no output of an earlier run can be taken for this one's.
NOTEBOOK = """\
import marimo

app = marimo.App()


@app.cell
def _():
    import os
    import marimo as mo
    return mo, os


@app.cell
def _(mo):
    slider = mo.ui.slider(1, 90, label="number")
    slider
    return (slider,)


@app.cell
def _(mo, os, slider):
    mo.md(f"square: {slider.value**2} by process {os.getpid()}")
    return
"""
LIMIT = 180


@dataclass
class Opening:
    """How a notebook was opened.

    Attributes:
        start: when the user clicked, seconds since 1970.
        output: seconds until an output of its kernel was on the screen.
        code: seconds until its code was.
        kernel: the number of the kernel's process, as the output says it.
        requests: all from the click until nothing more came.
        ahead: those from before the click.
    """

    start: float
    output: float
    code: float
    kernel: int
    requests: list[Request]
    ahead: list[Request]


@contextlib.contextmanager
def profile(playwright: Playwright) -> Iterator[BrowserContext]:
    """A browser that knows nothing yet; what it wrote is gone with it."""
    folder = Path(tempfile.mkdtemp(prefix="profile-"))
    try:
        context = start_profile(playwright, folder)
        try:
            yield context
        finally:
            context.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Visitor:
    """Somebody at a browser."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self._clock = PageClock(context)

    def by_link(self, server: Server, name: str, url: str | None = None) -> tuple[Page, Opening]:
        """Open a notebook in a new tab by its address; the page stays open."""

        def click(page: Page) -> float:
            began = time.time()
            page.goto(server.notebook_link(name, url), timeout=LIMIT * 1000, wait_until="commit")
            return began

        return self._open(server, name, click)

    def by_lab(
        self, server: Server, name: str, idle: float, look: Callable[[], None]
    ) -> tuple[Page, Opening]:
        """Open JupyterLab, be idle for some seconds, then `look` and double-click a notebook."""

        def click(page: Page) -> float:
            page.goto(server.link("lab"), timeout=LIMIT * 1000, wait_until="commit")
            item = page.locator(".jp-DirListing-item", has_text=name)
            item.wait_for(timeout=LIMIT * 1000)
            page.locator(".jp-Launcher").first.wait_for(timeout=LIMIT * 1000)
            page.wait_for_timeout(idle * 1000)
            look()
            before = time.time()
            item.dblclick()
            return self._clock.wait_for(page, "press", before, 10).at

        return self._open(server, name, click)

    def press(self, page: Page, key: str) -> float:
        """Press a key on the slider; seconds until the output that depends on it changed."""
        slider = page.get_by_role("slider").first
        before = time.time()
        slider.press(key)
        return float(self._clock.wait_for(page, "move", before, 30).text) / 1000

    def _open(
        self, server: Server, name: str, click: Callable[[Page], float]
    ) -> tuple[Page, Opening]:
        (server.root / name).write_text(NOTEBOOK)
        page = self.context.new_page()
        # A page that is left asks whether to go.
        page.on("dialog", lambda dialog: dialog.accept())
        traffic = Traffic(page)
        start = click(page)
        output = self._clock.wait_for(page, "output", start, LIMIT)
        code = self._clock.wait_for(page, "code", start, 10)
        traffic.settle()
        return page, Opening(
            start=start,
            output=output.at - start,
            code=code.at - start,
            kernel=int(output.text.rsplit(maxsplit=1)[1]),
            requests=[request for request in traffic.requests if request.began >= start],
            ahead=[request for request in traffic.requests if request.began < start],
        )
