"""What a server and all that it started hold and do while nobody asks for anything. Linux only."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

import psutil
from opening import Visitor
from playwright.sync_api import BrowserContext
from servers import Jupyter, Server

# Of one processor. An open notebook's websocket is pinged each second.
RESTLESS = 0.05
WINDOW = 20
LIMIT = 200


def footprint(server: Server, context: BrowserContext) -> dict[str, float]:
    """Memory in MB, processes, and processor time a minute with 0, 1 and 5 notebooks open."""
    visitor = Visitor(context)
    if isinstance(server, Jupyter):
        page = context.new_page()
        page.goto(server.link("lab"), timeout=120_000)
        page.locator(".jp-Launcher").first.wait_for(timeout=120_000)
        page.wait_for_timeout(10_000)
    found: dict[str, float] = {}
    opened = 0
    for notebooks in (0, 1, 5):
        while opened < notebooks:
            opened += 1
            visitor.by_link(server, f"open{opened}_mo.py")
        _rest(server)
        found[f"processes{notebooks}"] = len(server.family())
        found[f"megabytes{notebooks}"] = megabytes(server)
        found[f"busy{notebooks}"] = _processor_time(server, WINDOW) * 60 / WINDOW
    return found


def megabytes(server: Server) -> float:
    """What all its processes hold, PSS."""
    return sum(map(_pss, server.family())) / 1e6


@contextlib.contextmanager
def sizes_of(process: psutil.Process) -> Iterator[list[int]]:
    """What a process holds in memory, while it lasts."""
    sizes = [process.memory_info().rss]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            sizes.append(process.memory_info().rss)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield sizes
    finally:
        done.set()
        thread.join()


def _rest(server: Server) -> None:
    """Wait until what was begun in the background is done."""
    deadline = time.monotonic() + LIMIT
    while _processor_time(server, 3) > 3 * RESTLESS and time.monotonic() < deadline:
        pass


def _processor_time(server: Server, seconds: float) -> float:
    """Seconds of processor that the family takes within some seconds."""
    before = _times(server)
    time.sleep(seconds)
    return sum(now - before.get(pid, 0) for pid, now in _times(server).items())


def _times(server: Server) -> dict[int, float]:
    found = {}
    for process in server.family():
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            found[process.pid] = times.user + times.system
    return found


def _pss(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):
        return float(process.memory_full_info().pss)
    return 0
