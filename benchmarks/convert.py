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
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from threading import Lock

# The judge of the tests is the judge here.
sys.path.append(str(Path(__file__).parents[1] / "tests"))

import convert_docs
import converters
import speed_docs
from conversions import Outcome, Result, outcome, seen_twice
from corpus import Notebook, notebooks
from worlds import Worlds
from worlds.forker import Forker

NAMES = ("marimo", "ours")
# What notebooks are about, and shows in what they print.
PACKAGES = ("marimo", "ipykernel", "ipywidgets", "numpy", "pandas", "matplotlib", "seaborn")
_VERSIONS = """\
import platform, sys
from importlib.metadata import distributions
known = {found.name: found.version for found in distributions()}
named = [f"{name} {known[name]}" for name in sys.argv[1:] if name in known]
print(", ".join([f"Python {platform.python_version()}", *named]))
"""


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
    print(convert_docs.table([*results.values()], options.converters))
    if options.docs:
        convert_docs.write(results, options.converters, _facts(options))
    return 0


def _facts(options: argparse.Namespace) -> dict[str, str]:
    """When and on what it was measured."""
    words = [options.python, "-c", _VERSIONS, *PACKAGES]
    return {
        **{name: speed_docs.facts(1, {})[name] for name in ("date", "machine")},
        "the notebooks' environment": subprocess.check_output(words, text=True).strip(),
        "ours": speed_docs.versions(options.ours),
    }


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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("--python", default=sys.executable, help="interpreter of the notebooks")
    parser.add_argument(
        "--ours", default=sys.executable, help="interpreter with this package; star imports ask it"
    )
    parser.add_argument("--cache", type=Path, default=Path(".convert-cache"))
    parser.add_argument("--json", type=Path, help="write every outcome to this file")
    parser.add_argument("--docs", action="store_true", help="write docs/conversion.md")
    parser.add_argument("--only", default="*", help="part of a notebook's name, or a pattern")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=180, help="for a cell, and for a notebook")
    parser.add_argument("--converters", nargs="*", choices=NAMES, default=list(NAMES))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
