"""From the click to the first output: ours, the official extension, and marimo without Jupyter.

    python benchmarks/speed.py --official PYTHON --rounds 5 --docs

Run it with the Python of the environment that this extension and the tests' packages are in, on a
quiet Linux machine. The contenders take turns, in another order each round; each median is over
the rounds. `--official` names the interpreter of an environment with the official extension;
without it one is made for this run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import speed_docs
from contenders import DIRECT, OURS, Contender, make_official, official, variants, without_sandbox
from figures import Figures, Sample
from playwright.sync_api import sync_playwright
from runs import add_choices, add_results, clean_run, conclude, keep, measure
from scenarios import SCENARIOS, Stage

CONTENDERS = ("direct", "official", "ours", "warmed")


def warmed(python: str, folder: Path) -> Contender:
    """Ours as in an image in which `jupyter reactive warm` was run."""
    command = (python, "-m", "jupyter", "reactive", "warm", "--user")
    place = f"--AssetStore.cache_dir={folder / 'warmed'}"
    subprocess.run([*command, place], check=True)
    return replace(OURS, name="ours warmed", arguments=(place,))


def chosen_contenders(options: argparse.Namespace, folder: Path) -> list[Contender]:
    """Who takes part; an environment that is missing is made."""
    python = options.python
    make: dict[str, Callable[[], Contender]] = {
        "direct": lambda: replace(DIRECT, python=python),
        "official": lambda: without_sandbox(
            official(
                options.official or make_official(options.make_official or folder / "official")
            )
        ),
        "ours": lambda: replace(OURS, python=python),
        "warmed": lambda: replace(warmed(python, folder), python=python),
    }
    more = (replace(contender, python=python) for contender in variants(options.ours))
    return [*(make[name]() for name in options.contenders), *more]


def run(options: argparse.Namespace, left: list[str]) -> tuple[dict[str, str], Figures]:
    """Measure; the facts of the run and its figures. `left` gets what the run leaves behind."""
    samples: list[Sample] = []

    def note(sample: Sample) -> None:
        samples.append(sample)
        if options.json:
            # What is there is not lost with a run that is broken off.
            keep(options.json, facts, figures())

    def figures() -> Figures:
        return Figures([contender.name for contender in chosen], samples)

    with clean_run(left) as folder:
        chosen = chosen_contenders(options, folder)
        environments = {c.name: c.python for c in chosen if not c.arguments}
        facts = speed_docs.facts(options.rounds, environments)
        with sync_playwright() as playwright:
            # Compiles what an installation leaves to the first use.
            measure(SCENARIOS["link"], Stage(playwright), chosen, 1, tell=False)
            stage = Stage(playwright, options.waterfalls)
            for key in options.scenarios:
                measure(SCENARIOS[key], stage, chosen, options.rounds, note=note)
    return facts, figures()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--python",
        default=sys.executable,
        metavar="PYTHON",
        help="of an environment with this extension alone (default: this one)",
    )
    parser.add_argument("--official", metavar="PYTHON", help="of the official extension")
    parser.add_argument("--make-official", metavar="DIR", type=Path, help="create it there first")
    add_choices(parser, SCENARIOS, CONTENDERS, rounds=5)
    parser.add_argument(
        "--ours",
        action="append",
        default=[],
        metavar="'CLASS.TRAIT=VALUE …'",
        help="ours once more, with these options; may be given again",
    )
    parser.add_argument("--waterfalls", type=Path, metavar="DIR", help="what was fetched when")
    add_results(parser, "docs/speed.md, README, the plot")
    return parser.parse_args()


def main() -> None:
    conclude(parse(), run, Figures.table, speed_docs.write)


if __name__ == "__main__":
    main()
