"""What the benchmarks that let contenders run side by side share: turns, limits, results."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

import psutil
from contenders import Contender
from figures import Figures, Sample
from scenarios import Measure, Scenario, Stage
from servers import marked, until

RUN = "BENCHMARK_RUN"
# Of one measurement; the longest waits are shorter.
LIMIT = 900


def measure(
    scenario: Scenario,
    stage: Stage,
    chosen: list[Contender],
    rounds: int,
    *,
    tell: bool = True,
    note: Callable[[Sample], object] | None = None,
) -> list[Sample]:
    """Prepare all contenders, then measure them by turns; who fails is told and left out.

    Args:
        scenario: what is measured.
        stage: where.
        chosen: the contenders.
        rounds: how often.
        tell: whether to print each sample.
        note: called with each sample when it is there.
    """
    samples = []
    for sample in _measured(scenario, stage, chosen, rounds):
        samples.append(sample)
        if note:
            note(sample)
        if tell:
            words = " ".join(f"{name} {figure:.4g}" for name, figure in sample.figures.items())
            told = f"{sample.number} {sample.contender}: {words or sample.error}"
            print(f"{scenario.key} {told}", flush=True)
    return samples


def _measured(
    scenario: Scenario, stage: Stage, chosen: list[Contender], rounds: int
) -> Iterator[Sample]:
    with contextlib.ExitStack() as stack:
        ready: dict[str, Measure] = {}
        for contender in chosen:
            if scenario.needs_jupyter and not contender.has_jupyter:
                continue
            try:
                with _time_limit():
                    prepared = stack.enter_context(scenario.prepare(stage, contender))
                ready[contender.name] = prepared
            except Exception as e:  # noqa: BLE001  # one contender must not end the others
                traceback.print_exc()
                yield Sample(scenario.key, contender.name, 0, error=_first_line(e))
        for number in range(1, rounds + 1):
            turn = number % max(len(ready), 1)
            for name in [*list(ready)[turn:], *list(ready)[:turn]]:
                sample = Sample(scenario.key, name, number)
                try:
                    with _time_limit():
                        yield replace(sample, figures=ready[name](number))
                except Exception as e:  # noqa: BLE001  # nor a round the next ones
                    traceback.print_exc()
                    yield replace(sample, error=_first_line(e))


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    signal.alarm(LIMIT)
    try:
        yield
    finally:
        signal.alarm(0)


def _first_line(error: Exception) -> str:
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


def add_choices(
    parser: argparse.ArgumentParser,
    scenarios: Collection[str],
    contenders: Collection[str],
    rounds: int,
) -> None:
    """Let the command choose what is measured, of whom, and how often."""
    help_ = f"of each scenario (default: {rounds})"
    parser.add_argument("--rounds", type=int, default=rounds, help=help_)
    flags: list[tuple[tuple[str, ...], Collection[str]]] = [
        (("--scenarios", "--scenario"), scenarios),
        (("--contenders",), contenders),
    ]
    for names, choices in flags:
        parser.add_argument(
            *names,
            nargs="+",
            choices=choices,
            default=list(choices),
            metavar="NAME",
            help="; ".join(choices),
        )


def add_results(parser: argparse.ArgumentParser, pages: str) -> None:
    """Let the command say what becomes of the figures.

    Args:
        parser: the command's.
        pages: what `--docs` writes.
    """
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--from", type=Path, metavar="FILE", dest="saved", help="measure nothing")
    parser.add_argument("--docs", action="store_true", help=f"write {pages}")


def keep(path: Path, facts: dict[str, str], figures: Figures) -> None:
    """Write what was found, for `--from`."""
    rows = [asdict(sample) for sample in figures.samples]
    saved = {"facts": facts, "contenders": figures.contenders, "samples": rows}
    path.write_text(json.dumps(saved, indent=1) + "\n")


def conclude(
    options: argparse.Namespace,
    run: Callable[[argparse.Namespace, list[str]], tuple[dict[str, str], Figures]],
    table: Callable[[Figures], str],
    write: Callable[[Figures, dict[str, str]], None],
) -> None:
    """Measure, or read what was measured; show and keep it as the options say.

    Args:
        options: of a command with `add_results`.
        run: gives the facts of the run and its figures, and adds to a list what it leaves behind.
        table: shows the figures.
        write: writes them into the documentation.
    """
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
    print(f"\n{table(figures)}", *figures.errors(), sep="\n")
    if options.json:
        keep(options.json, facts, figures)
    if options.docs:
        write(figures, facts)
    if left:
        sys.exit("left behind by this run, which is a fault of it:\n" + "\n".join(left))


def _give_up(*_: object) -> NoReturn:
    raise TimeoutError("the measurement did not end")
