"""What our converter makes of notebooks, and what marimo's own makes of them.

    python benchmarks/convert.py CORPUS --python ENVIRONMENT/bin/python --cache FOLDER --json FILE

CORPUS is a folder with notebooks and the files that they read. They run in the environment that
`--python` names: it needs ipykernel, marimo and what they import; `--ours` may name it too when it
has this package, so that star imports are known. Each runs twice in Jupyter, which
`--cache` keeps: a cell that shows something else the second time is not compared. The converted
notebook runs as a script and in marimo's own runtime, and its cells are compared with Jupyter's.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

# The judge of the tests is the judge here.
sys.path.append(str(Path(__file__).parents[1] / "tests"))

import converters
from conversions import Outcome, outcome, seen_twice
from corpus import Notebook, notebooks
from worlds import Worlds
from worlds.forker import Forker

NAMES = ("marimo", "ours")


@dataclass(frozen=True)
class Result:
    """What became of a notebook.

    Attributes:
        runs: whether it runs in Jupyter to its end.
        raises: whether a cell raises there.
        outcomes: by converter.
    """

    runs: bool
    raises: bool
    outcomes: dict[str, Outcome]


def main() -> int:
    options = _options()
    found = [one for folder in options.corpus for one in notebooks(folder, options.only)]
    results: dict[str, Result] = {}
    lock = Lock()
    # What a notebook installs is installed already, or is not there.
    os.environ["PIP_NO_INDEX"] = "1"
    with (
        Worlds(options.python, options.seconds) as worlds,
        Forker(options.ours, converters.WARM) as ours,
        ThreadPoolExecutor(options.jobs) as pool,
    ):
        known = {"marimo": converters.marimos(worlds.marimo), "ours": converters.ours(ours)}

        def measure(notebook: Notebook) -> None:
            start = time.monotonic()
            jupyter = seen_twice(notebook, worlds, options.cache)
            outcomes = {
                name: outcome(notebook, known[name], worlds, jupyter) for name in options.converters
            }
            took = time.monotonic() - start
            raised = any(seen.error for run in jupyter for seen in run)
            note = "" if jupyter else ", does not run in Jupyter"
            note = ", raises in Jupyter" if raised else note
            lines = [f"{notebook.name} ({took:.0f} s{note})"]
            lines += [f"    {name:7} {_in_a_line(one)}" for name, one in outcomes.items()]
            print("\n".join(lines), file=sys.stderr, flush=True)
            result = Result(bool(jupyter), raised, outcomes)
            with lock:
                results[notebook.name] = result
                if options.json:
                    # After each: what is known stays known when the run is ended.
                    told = {name: _plain(one) for name, one in results.items()}
                    options.json.write_text(json.dumps(told, indent=1), "utf-8")

        for _done in pool.map(measure, found):
            pass
    print(_table([*results.values()], options.converters))
    return 0


def _plain(result: Result) -> dict[str, object]:
    """A result for programs."""
    outcomes = {
        name: {
            **asdict(one),
            "same_text": one.same_text,
            "silent": [list(cells.old) for cells in one.silent],
        }
        for name, one in result.outcomes.items()
    }
    return {"runs": result.runs, "raises": result.raises, **outcomes}


def _in_a_line(one: Outcome) -> str:
    if not one.converts:
        return f"does not convert: {one.message}"
    words = [
        "" if one.checked else "check complains",
        "" if one.runs else "fails as a script",
        f"hangs {one.hangs}" if one.hangs else "",
        f"{one.figures_lost} of {one.figure_cells} figures lost" if one.figures_lost else "",
    ]
    for kind in ("text", "not run", "error", "stderr"):
        numbers = [str(cells.old[0]) for cells in one.cells if kind in cells.differs]
        if numbers:
            words.append(f"{kind}: {' '.join(numbers)}")
    if one.silent:
        words.append(f"silent: {' '.join(str(cells.old[0]) for cells in one.silent)}")
    return "; ".join(filter(None, words)) or "all well"


def _figures(every: list[Outcome]) -> str:
    all_of_them = sum(one.figure_cells for one in every)
    if not all_of_them:
        return "-"
    shown = all_of_them - sum(one.figures_lost for one in every)
    return f"{shown} of {all_of_them} ({100 * shown / all_of_them:.0f} %)"


def _share(those: list[bool]) -> str:
    return f"{sum(those)} ({100 * sum(those) / len(those):.0f} %)"


def _median(every: list[Outcome]) -> float:
    return statistics.median(one.cpu for one in every)


ROWS: dict[str, Callable[[list[Outcome]], str]] = {
    "converts": lambda every: _share([one.converts for one in every]),
    "`marimo check` clean": lambda every: _share([one.checked for one in every]),
    "runs as a script": lambda every: _share([one.runs for one in every]),
    "all text outputs equal": lambda every: _share([one.same_text for one in every]),
    "figures shown": _figures,
    "differs without a word": lambda every: _share([bool(one.silent) for one in every]),
    "hangs": lambda every: str(sum(bool(one.hangs) for one in every)),
    "CPU s per notebook, median": lambda every: f"{_median(every):.2f}",
}


def _table(results: list[Result], names: list[str]) -> str:
    """The figures, apart for notebooks that run in Jupyter without an error, and for the others."""
    clean = [result for result in results if result.runs and not result.raises]
    others = [result for result in results if not result.runs or result.raises]
    lines = []
    for title, chosen in (("that run in Jupyter", clean), ("that raise or do not run", others)):
        if not chosen:
            continue
        lines += [
            f"\n| {len(chosen)} notebooks {title} | {' | '.join(names)} |",
            "|---|" + "---|" * len(names),
        ]
        for row, figure in ROWS.items():
            values = [figure([result.outcomes[name] for result in chosen]) for name in names]
            lines.append(f"| {row} | {' | '.join(values)} |")
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("--python", default=sys.executable, help="interpreter of the notebooks")
    parser.add_argument(
        "--ours", default=sys.executable, help="interpreter with this package; star imports ask it"
    )
    parser.add_argument("--cache", type=Path, default=Path(".convert-cache"))
    parser.add_argument("--json", type=Path, help="write every outcome to this file")
    parser.add_argument("--only", default="*", help="part of a notebook's name, or a pattern")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=180, help="for a cell, and for a notebook")
    parser.add_argument("--converters", nargs="*", choices=NAMES, default=list(NAMES))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
