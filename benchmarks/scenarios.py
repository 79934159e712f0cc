"""What is measured: each scenario prepares a contender, then measures it once for each round."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from contenders import Contender
from line import slow_line
from memory import footprint, megabytes
from opening import Opening, Visitor, profile
from playwright.sync_api import Playwright
from rates import fetch_rates, start_marimo
from servers import Server, server_of
from traffic import over_the_line, waterfall

Measure = Callable[[int], dict[str, float]]
IDLE = 10
MOVES = 30


@dataclass(frozen=True)
class Stage:
    """Where a scenario plays.

    Attributes:
        waterfalls: the folder for what each opening fetched and when, if it is wanted.
    """

    playwright: Playwright
    waterfalls: Path | None = None


@dataclass(frozen=True)
class Scenario:
    """One of the things that are measured.

    Attributes:
        prepare: what lasts for all rounds; it gives what measures one of them.
        needs_jupyter: whether there is nothing to measure without one.
    """

    key: str
    prepare: Callable[[Stage, Contender], AbstractContextManager[Measure]]
    needs_jupyter: bool = False


@contextlib.contextmanager
def from_lab(stage: Stage, contender: Contender) -> Iterator[Measure]:
    """Jupyter just started, JupyterLab open and idle; a double click."""

    def measure(number: int) -> dict[str, float]:
        with server_of(contender) as server, profile(stage.playwright) as context:
            held: list[float] = []
            _page, opening = Visitor(context).by_lab(
                server, f"n{number}_mo.py", IDLE, lambda: held.append(megabytes(server))
            )
            return {**_figures(stage, "lab", number, server, opening), "idle": held[0]}

    yield measure


@contextlib.contextmanager
def by_link(
    stage: Stage, contender: Contender, *, key: str, line: tuple[float, float] | None = None
) -> Iterator[Measure]:
    """The server just started, a browser that knows nothing; a link, maybe over a slow line."""

    def measure(number: int) -> dict[str, float]:
        name = f"n{number}_mo.py"
        with server_of(contender) as server, profile(stage.playwright) as context:
            visitor = Visitor(context)
            if line is None:
                _page, opening = visitor.by_link(server, name)
                return _figures(stage, key, number, server, opening)
            with slow_line(server.port, *line) as running:
                url = f"http://127.0.0.1:{running.port}/"
                _page, opening = visitor.by_link(server, name, url)
                passed = running.passed()
                return {
                    **_figures(stage, key, number, server, opening),
                    "connections": passed.connections,
                    "asked": passed.requests,
                    "up": passed.up / 1e6,
                    "down": passed.down / 1e6,
                }

    yield measure


@contextlib.contextmanager
def warm(stage: Stage, contender: Contender) -> Iterator[Measure]:
    """All runs and the browser has opened notebooks before; a link to a new one."""
    with server_of(contender) as server, profile(stage.playwright) as context:
        visitor = Visitor(context)

        def open_and_close(name: str) -> Opening:
            page, opening = visitor.by_link(server, name)
            page.close()
            return opening

        # A browser keeps compiled scripts from their second use on.
        for number in range(3):
            open_and_close(f"before{number}_mo.py")

        def measure(number: int) -> dict[str, float]:
            opening = open_and_close(f"n{number}_mo.py")
            return _figures(stage, "warm", number, server, opening)

        yield measure


@contextlib.contextmanager
def slider(stage: Stage, contender: Contender) -> Iterator[Measure]:
    """An open notebook; from a key on its slider to the output that depends on it."""
    with server_of(contender) as server, profile(stage.playwright) as context:
        visitor = Visitor(context)
        page, _opening = visitor.by_link(server, "n_mo.py")
        visitor.press(page, "ArrowRight")

        def measure(_number: int) -> dict[str, float]:
            keys = ("ArrowRight", "ArrowLeft") * (MOVES // 2)
            times = [visitor.press(page, key) for key in keys]
            return {"milliseconds": statistics.median(times) * 1000}

        yield measure


@contextlib.contextmanager
def rates(_stage: Stage, contender: Contender) -> Iterator[Measure]:
    """What a client gets through in a second, with marimo running."""
    with server_of(contender) as server, ThreadPoolExecutor(1) as thread:
        start_marimo(server)
        yield lambda _number: thread.submit(fetch_rates, server).result()


@contextlib.contextmanager
def memory(stage: Stage, contender: Contender) -> Iterator[Measure]:
    """What the idle processes hold."""

    def measure(_number: int) -> dict[str, float]:
        with server_of(contender) as server, profile(stage.playwright) as context:
            return footprint(server, context)

    yield measure


SCENARIOS = {
    scenario.key: scenario
    for scenario in (
        Scenario("lab", from_lab, needs_jupyter=True),
        Scenario("link", partial(by_link, key="link")),
        Scenario("link-20", partial(by_link, key="link-20", line=(20, 40))),
        Scenario("link-4", partial(by_link, key="link-4", line=(4, 100))),
        Scenario("warm", warm),
        Scenario("slider", slider),
        Scenario("rates", rates),
        Scenario("memory", memory),
    )
}


def _figures(
    stage: Stage, key: str, number: int, server: Server, opening: Opening
) -> dict[str, float]:
    groups = over_the_line(opening.requests)
    socket = next((r for r in opening.requests if r.is_kernels_socket), None)
    figures = {
        "seconds": opening.output,
        "code": opening.code,
        # Of marimo and the kernel: when their processes began, after the click.
        "marimo": server.began(server.marimo().pid) - opening.start,
        "kernel": server.began(opening.kernel) - opening.start,
        "socket": socket.began - opening.start if socket else 0,
        "requests": sum(count for count, _size in groups.values()),
        "megabytes": sum(size for _count, size in groups.values()),
        "ahead": sum(size for _count, size in over_the_line(opening.ahead).values()),
    }
    if stage.waterfalls is not None:
        lines = [f"{name:10}{value:10.3f}" for name, value in figures.items()]
        lines += [f"{group:30}{count:5}{size:8.2f} MB" for group, (count, size) in groups.items()]
        lines.append(waterfall(opening.requests, opening.start))
        name = f"{key} {server.contender.name} {number}.txt".replace("/", "_")
        stage.waterfalls.mkdir(parents=True, exist_ok=True)
        (stage.waterfalls / name).write_text("\n".join(lines))
    return figures
