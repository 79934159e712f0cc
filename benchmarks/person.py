"""What a person does with a notebook in a browser, and what they see."""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Dialog, Frame, Locator, Page, Playwright
from playwright.sync_api import Error as PlaywrightError
from servers import Jupyter

BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The words of buttons that promise to bring a notebook back.
REMEDIES = re.compile(
    r"^\W*(run all( cells)?|(confirm )?(re)?start( again| now| kernel)?|load again|reload"
    r"|re-?connect|try again|retry|resume|take over( session)?|dismiss|close|ok)\W*$",
    re.IGNORECASE,
)
# Numbers that move by themselves, and what the notebook itself shows.
NOISE = re.compile(
    r"square:|number|notes|import |^\W*[\d.]+ ?\w*$|^\S*$|mem:|cpu:|last saved| ago$|^notification"
    r"|showing fix|show prompt|keep change"
)


def start_browser(playwright: Playwright) -> Browser:
    """Chromium from PATH where it is, else Playwright's own."""
    return playwright.chromium.launch(executable_path=chromium(), args=BROWSER_ARGUMENTS)


def start_profile(playwright: Playwright, folder: Path) -> BrowserContext:
    """A browser of its own that keeps what it knows in a folder, as a person's does."""
    return playwright.chromium.launch_persistent_context(
        folder,
        executable_path=chromium(),
        args=BROWSER_ARGUMENTS,
        viewport={"width": 1400, "height": 900},
    )


def chromium() -> str | None:
    """Chromium's program, if it is on PATH."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@dataclass
class Recovery:
    """How a notebook came to compute again, or did not."""

    seconds: str
    steps: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return ", ".join([self.seconds, *dict.fromkeys(self.steps)])


class Tab:
    """A browser's tab with one notebook, in JupyterLab or alone."""

    def __init__(self, browser: Browser, *, in_lab: bool = True) -> None:
        self.page: Page = browser.new_context().new_page()
        self.page.set_default_timeout(3000)
        self.page.on("dialog", self._accept)
        self.in_lab = in_lab
        self.saw: list[str] = []
        self._known: set[str] = set()

    def close(self) -> None:
        with contextlib.suppress(PlaywrightError):
            self.page.context.close()

    def _accept(self, dialog: Dialog) -> None:
        if dialog.type != "beforeunload":
            self.saw.append(dialog.message)
        with contextlib.suppress(PlaywrightError):
            dialog.accept()

    def open(self, jupyter: Jupyter, name: str, url: str | None = None) -> None:
        """Go to a notebook; `url` when Jupyter is reached by another one than its own."""
        in_lab = jupyter.link(f"lab/tree/{name}", url)
        address = in_lab if self.in_lab else jupyter.notebook_link(name, url)
        self.page.goto(address, timeout=60_000, wait_until="commit")

    @property
    def frame(self) -> Frame:
        """marimo's page."""
        if not self.in_lab:
            return _answering(self.page.main_frame)
        iframe = self.page.locator("#jp-main-dock-panel iframe:visible").first
        frame = iframe.element_handle(timeout=1000).content_frame()
        if frame is None:
            raise PlaywrightError("the frame is empty")
        return _answering(frame)

    def output(self, pattern: str) -> str | None:
        """The first group, or all, of what an output says."""
        with contextlib.suppress(PlaywrightError):
            for text in self.frame.locator(".output-area").all_inner_texts():
                if found := re.search(pattern, text):
                    return found[found.re.groups]
        return None

    def wait_for(self, pattern: str, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.output(pattern) is None:
            if time.monotonic() > deadline:
                return False
            self.page.wait_for_timeout(200)
        return True

    def process(self) -> str | None:
        """The kernel's process, as the kernel has written it."""
        return self.output(r"by process (\d+)")

    def move_slider(self) -> str:
        """Press an arrow key on the slider; its new value."""
        slider = self.frame.get_by_role("slider").first
        slider.press("ArrowRight")
        return slider.get_attribute("aria-valuenow") or ""

    def computes(self, seconds: float = 3) -> bool:
        """Whether a move of the slider changes what depends on it."""
        with contextlib.suppress(PlaywrightError, ValueError):
            return self.wait_for(rf"square: {int(self.move_slider()) ** 2} ", seconds)
        return False

    def type_note(self, text: str) -> None:
        cell = self._notes
        cell.click()
        cell.press("End")
        cell.press_sequentially(f" {text}")

    def losses(self, note: str, source: Path, process: str | None) -> str:
        """What of the typed text and of the kernel is gone."""
        now = self.process()
        in_page = False
        with contextlib.suppress(PlaywrightError):
            in_page = note in self._notes.inner_text()
        in_file = note in source.read_text("utf-8")
        places = [name for name, is_there in (("page", in_page), ("file", in_file)) if is_there]
        text = (
            f"typed text in {' and '.join(places)}"
            if places
            else "typed text neither in page nor file"
        )
        if now is None:
            return f"{text}, no output shown"
        return f"{text}, variables {'kept' if now == process else 'lost'}"

    @property
    def _notes(self) -> Locator:
        return self.frame.locator("[data-cell-id] .cm-content", has_text="# notes").first

    def look(self) -> None:
        """Read what is new on the page; the first time, all of it is known."""
        lines: dict[str, None] = {}
        for frame in self.page.frames:
            with contextlib.suppress(PlaywrightError):
                text = _answering(frame).evaluate("document.body ? document.body.innerText : ''")
                lines.update(dict.fromkeys(line.strip() for line in text.splitlines()))
        is_first = not self._known
        new = [line for line in lines if line not in self._known and not _is_noise(line)]
        self._known.update(lines)
        if not is_first:
            self.saw += new

    def quote(self, lines: int = 4) -> str:
        cut = [line if len(line) <= 110 else f"{line[:107]}…" for line in self.saw[:lines]]
        return " / ".join(f"“{line}”" for line in cut) or "nothing new"

    def recover(self, limit: float) -> Recovery:
        """Try what the page offers until the notebook computes again; last, reload by hand."""
        steps: list[str] = []
        seconds = self._try(steps, limit)
        if seconds is not None:
            return Recovery(f"{seconds:.0f} s", steps)
        steps.append("reload by hand")
        with contextlib.suppress(PlaywrightError):
            self.page.reload(timeout=limit * 1000, wait_until="commit")
        seconds = self._try(steps, limit)
        by_hand = "nor so" if seconds is None else f"then {seconds:.0f} s"
        return Recovery(f"not within {limit:.0f} s", [*steps, by_hand])

    def _try(self, steps: list[str], limit: float) -> float | None:
        began = time.monotonic()
        while time.monotonic() - began < limit:
            self.look()
            if self.computes():
                return time.monotonic() - began
            self.look()
            with contextlib.suppress(PlaywrightError):
                for button in self._remedies():
                    name = (button.inner_text() or "run button").strip()
                    button.click(timeout=1000)
                    steps.append(f"“{name}”")
                    break
            self.page.wait_for_timeout(300)
        return None

    def _remedies(self) -> Iterator[Locator]:
        for place in (self.page, self.frame):
            for button in place.get_by_role("button", name=REMEDIES).all():
                if button.is_visible() and button.is_enabled():
                    yield button
        for button in self.frame.get_by_test_id("run-button").all():
            if button.is_visible() and button.is_enabled():
                yield button


def _is_noise(line: str) -> bool:
    # Buttons that were clicked are told with the recovery.
    return bool(NOISE.search(line.lower()) or REMEDIES.search(line))


def _answering(frame: Frame) -> Frame:
    """The frame, if it can be asked: one that waits for a hung server keeps `evaluate` for ever."""
    frame.locator("body").wait_for(state="attached", timeout=1000)
    return frame
