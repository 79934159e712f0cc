"""Apps: how many fit into memory, and how soon visitors see one. Ours, `marimo run` and Voilà.

    python benchmarks/apps.py --voila PYTHON --rounds 3 --docs

Run it with the Python of the environment that this extension, numpy and the tests' packages are
in, on a quiet Linux machine, where three rounds take about ten minutes. The contenders take turns,
in another order each round; fifty visitors come twice at most, and memory is measured once.
`--voila` names the interpreter of an environment with Voilà, ipykernel, ipywidgets and numpy;
without it one is made for this run.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import apps_docs
import speed_docs
from app_hosts import VOILA, Host, hosts, make_voila
from app_visitors import Crowd, in_browser
from contenders import Contender
from figures import Figures, Sample
from memory import megabytes
from playwright.sync_api import sync_playwright
from runs import add_choices, add_results, clean_run, conclude, keep, measure
from scenarios import Measure, Scenario, Stage
from servers import Server

COUNTS = (1, 5, 20)
# What was begun in the background is done by then.
SETTLE_SECONDS = 3


@contextlib.contextmanager
def memory(found: dict[str, Host], _stage: Stage, contender: Contender) -> Iterator[Measure]:
    """What all processes hold with so many apps, each with one visitor who has it open."""
    host = found[contender.name]

    def measure_(_number: int) -> dict[str, float]:
        names = [f"app{number}" for number in range(max(COUNTS))]
        held: dict[int, float] = {}
        servers: set[Server] = set()
        with host.running(names) as server_of, Crowd() as visitors:
            for count, name in enumerate(names, 1):
                # One after the other: how many fit is asked, not how quick it is.
                visitors.arrive((server_of(name), name))
                servers.add(server_of(name))
                if count in COUNTS:
                    time.sleep(SETTLE_SECONDS)
                    held[count] = sum(map(megabytes, servers))
        line = statistics.linear_regression([*held], [*held.values()])
        return {
            **{f"megabytes{count}": value for count, value in held.items()},
            "each": line.slope,
            "per_gib": (2**30 / 1e6 - line.intercept) / line.slope,
        }

    yield measure_


@contextlib.contextmanager
def few(found: dict[str, Host], stage: Stage, contender: Contender) -> Iterator[Measure]:
    """The server just started, a browser that knows nothing, another one, then ten at once."""
    host = found[contender.name]

    def measure_(_number: int) -> dict[str, float]:
        with host.running(["app0"]) as server_of, Crowd() as visitors:
            server = server_of("app0")
            look = partial(in_browser, stage.playwright, host, server, "app0")
            return {"cold": look(), "warm": look(), **_at_once(visitors, server, 10)}

    yield measure_


@contextlib.contextmanager
def many(found: dict[str, Host], _stage: Stage, contender: Contender) -> Iterator[Measure]:
    """Fifty at once, after one who was there before."""
    host = found[contender.name]

    def measure_(_number: int) -> dict[str, float]:
        with host.running(["app0"]) as server_of, Crowd() as visitors:
            server = server_of("app0")
            visitors.arrive((server, "app0"))
            return _at_once(visitors, server, 50)

    yield measure_


def _at_once(visitors: Crowd, server: Server, count: int) -> dict[str, float]:
    seconds = visitors.arrive(*[(server, "app0")] * count)
    return {"half": statistics.median(seconds), "all": max(seconds)}


SCENARIOS = {"few": few, "memory": memory, "many": many}
# What a file's copies hold is the same each time; fifty take as long as all the rest.
MOST_ROUNDS = {"memory": 1, "many": 2}


def run(options: argparse.Namespace, left: list[str]) -> tuple[dict[str, str], Figures]:
    """Measure; the facts of the run and its figures. `left` gets what the run leaves behind."""
    samples: list[Sample] = []

    def note(sample: Sample) -> None:
        samples.append(sample)
        if options.json:
            # What is there is not lost with a run that is broken off.
            keep(options.json, facts, Figures(list(found), samples))

    with clean_run(left) as folder:
        voila = options.voila or make_voila(options.make_voila or folder / "voila")
        everybody = hosts(options.python, voila)
        found = {name: everybody[name] for name in options.contenders}
        facts = speed_docs.facts(options.rounds, {"marimo run, ours": options.python})
        facts["voila"] = f"{VOILA.replace('==', ' ')}, {speed_docs.versions(voila)}"
        with sync_playwright() as playwright:
            for key in options.scenarios:
                scenario = Scenario(key, partial(SCENARIOS[key], found))
                chosen = [
                    host.contender
                    for host in found.values()
                    if key == "memory" or not host.differs_by_apps
                ]
                rounds = min(options.rounds, MOST_ROUNDS.get(key, options.rounds))
                measure(scenario, Stage(playwright), chosen, rounds, note=note)
    return facts, Figures(list(found), samples)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--python",
        default=sys.executable,
        metavar="PYTHON",
        help="of an environment with this extension and numpy (default: this one)",
    )
    parser.add_argument("--voila", metavar="PYTHON", help="of an environment with Voilà")
    parser.add_argument("--make-voila", metavar="DIR", type=Path, help="create it there first")
    add_choices(parser, SCENARIOS, list(hosts("", "")), rounds=3)
    add_results(parser, "docs/apps-speed.md")
    return parser.parse_args()


def main() -> None:
    conclude(parse(), run, apps_docs.table, apps_docs.write)


if __name__ == "__main__":
    main()
