"""From the click to the first output: ours, the official extension, and marimo without Jupyter.

    python benchmarks/speed.py --official PYTHON --rounds 5 --docs

Run it with the Python of the environment that this extension and the tests' packages are in, on a
quiet Linux machine. The contenders take turns, in another order each round; each median is over
the rounds. `--official` names the interpreter of an environment with the official extension;
without it one is made for this run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

import psutil
import speed_docs
from contenders import DIRECT, OURS, Contender, make_official, official, variants, without_sandbox
from figures import Figures, Sample
from playwright.sync_api import sync_playwright
from scenarios import SCENARIOS, Measure, Scenario, Stage
from servers import marked, until

RUN = "BENCHMARK_RUN"
# Of one measurement; the longest waits are shorter.
LIMIT = 900
CONTENDERS = ("direct", "official", "ours", "warmed")


def measure(
    scenario: Scenario, stage: Stage, chosen: list[Contender], rounds: int
) -> Iterator[Sample]:
    """Prepare all contenders, then measure them by turns; who fails is told and left out."""
    with contextlib.ExitStack() as stack:
        ready: dict[str, Measure] = {}
        for contender in chosen:
            if scenario.needs_jupyter and not contender.has_jupyter:
                continue
            try:
                with time_limit():
                    prepared = stack.enter_context(scenario.prepare(stage, contender))
                ready[contender.name] = prepared
            except Exception as e:  # noqa: BLE001  # one contender must not end the others
                traceback.print_exc()
                yield Sample(scenario.key, contender.name, 0, error=first_line(e))
        for number in range(1, rounds + 1):
            turn = number % max(len(ready), 1)
            for name in [*list(ready)[turn:], *list(ready)[:turn]]:
                sample = Sample(scenario.key, name, number)
                try:
                    with time_limit():
                        yield replace(sample, figures=ready[name](number))
                except Exception as e:  # noqa: BLE001  # nor a round the next ones
                    traceback.print_exc()
                    yield replace(sample, error=first_line(e))


@contextlib.contextmanager
def time_limit() -> Iterator[None]:
    signal.alarm(LIMIT)
    try:
        yield
    finally:
        signal.alarm(0)


def first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).split("\n")[0][:200]


@contextlib.contextmanager
def clean_run(left: list[str]) -> Iterator[Path]:
    """A folder in which everything happens; what the run leaves behind is told, and removed."""
    run = secrets.token_hex(8)
    folder = Path(tempfile.mkdtemp(prefix="speed-"))
    # Chromium and Playwright's driver write there too.
    os.environ.update({RUN: run, "TMPDIR": str(folder)})
    tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        until(lambda: not marked(RUN, run), 15)
        for process in marked(RUN, run):
            with contextlib.suppress(psutil.Error):
                left.append(f"process {process.pid}: {' '.join(process.cmdline())[:80]}")
                process.kill()
        left += [str(path) for name in ("server-*", "profile-*") for path in folder.glob(name)]
        shutil.rmtree(folder, ignore_errors=True)
        tempfile.tempdir = None


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
    with clean_run(left) as folder:
        chosen = chosen_contenders(options, folder)
        environments = {c.name: c.python for c in chosen if not c.arguments}
        facts = speed_docs.facts(options.rounds, environments)
        with sync_playwright() as playwright:
            # Compiles what an installation leaves to the first use.
            for _sample in measure(SCENARIOS["link"], Stage(playwright), chosen, 1):
                pass
            stage = Stage(playwright, options.waterfalls)
            for key in options.scenarios:
                for sample in measure(SCENARIOS[key], stage, chosen, options.rounds):
                    samples.append(sample)
                    words = " ".join(f"{k} {v:.4g}" for k, v in sample.figures.items())
                    told = f"{sample.number} {sample.contender}: {words or sample.error}"
                    print(f"{key} {told}", flush=True)
    return facts, Figures([contender.name for contender in chosen], samples)


def _give_up(*_: object) -> NoReturn:
    raise TimeoutError("the measurement did not end")


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
    parser.add_argument("--rounds", type=int, default=5, help="of each scenario (default: 5)")
    parser.add_argument(
        *("--scenarios", "--scenario"),
        nargs="+",
        choices=SCENARIOS,
        default=list(SCENARIOS),
        metavar="NAME",
        help=", ".join(SCENARIOS),
    )
    parser.add_argument(
        "--contenders",
        nargs="+",
        choices=CONTENDERS,
        default=CONTENDERS,
        metavar="NAME",
        help=", ".join(CONTENDERS),
    )
    parser.add_argument(
        "--ours",
        action="append",
        default=[],
        metavar="'CLASS.TRAIT=VALUE …'",
        help="ours once more, with these options; may be given again",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--from", type=Path, metavar="FILE", dest="saved", help="measure nothing")
    parser.add_argument("--waterfalls", type=Path, metavar="DIR", help="what was fetched when")
    parser.add_argument("--docs", action="store_true", help="write docs/speed.md, README, the plot")
    return parser.parse_args()


def main() -> None:
    options = parse()
    signal.signal(signal.SIGALRM, _give_up)
    # An end by SIGTERM cleans up as any other.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    left: list[str] = []
    if options.saved:
        saved = json.loads(options.saved.read_text())
        facts = saved["facts"]
        figures = Figures(saved["contenders"], [Sample(**row) for row in saved["samples"]])
    else:
        facts, figures = run(options, left)
    print(f"\n{figures.table()}", *figures.errors(), sep="\n")
    if options.json:
        rows = [asdict(sample) for sample in figures.samples]
        saved = {"facts": facts, "contenders": figures.contenders, "samples": rows}
        options.json.write_text(json.dumps(saved, indent=1) + "\n")
    if options.docs:
        speed_docs.write(figures, facts)
    if left:
        sys.exit("left behind by this run, which is a fault of it:\n" + "\n".join(left))


if __name__ == "__main__":
    main()
