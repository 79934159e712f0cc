"""Writes the figures of `convert.py` into docs/conversion.md."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from conversions import Outcome, Result
from figures import Goal
from speed_docs import ROOT

PAGE = ROOT / "docs/conversion.md"
HOW = """\
Every notebook runs twice in Jupyter, with nbclient and a kernel of its own; a cell that shows
something else the second time is not compared. The new notebook runs as a script and in marimo's
own runtime, in the same environment and beside the same files. Its cells are compared with
Jupyter's: what is printed and displayed, without addresses, times and temporary folders. The
report tells which cells belong together; for marimo's own converter the likest ones do.

| | |
|---|---|
| converts | there is a new notebook |
| `marimo check` clean | `marimo check` has nothing to say of it |
| runs as a script | `python notebook.py` ends with 0 |
| all text outputs equal | every cell has run, and prints and displays the same text |
| figures shown | of the cells that show a figure in Jupyter, those that show as many in marimo |
| differs without a word | a cell shows other text or figures, raises nothing, and no report tells |
| hangs | did not end in three minutes |
| CPU s | processor time of one conversion in a process that has imported the converter |

Notebooks in which a cell raises on purpose, and those that do not run in Jupyter, are a table of
their own: what they should show is less clear.
"""


@dataclass(frozen=True)
class _Row:
    """A row of the table: what is told of some notebooks, and what is wanted of its number."""

    title: str
    told: Callable[[Sequence[Outcome]], str]
    value: Callable[[Sequence[Outcome]], float | None]
    goal: Goal | None = None


def _share_row(title: str, holds: Callable[[Outcome], bool], goal: Goal | None = None) -> _Row:
    def value(every: Sequence[Outcome]) -> float:
        return 100 * sum(map(holds, every)) / len(every)

    def told(every: Sequence[Outcome]) -> str:
        return f"{sum(map(holds, every))} ({value(every):.0f} %)"

    return _Row(title, told, value, goal)


def _figures_shown(every: Sequence[Outcome]) -> float | None:
    cells = sum(one.figure_cells for one in every)
    return 100 * (cells - sum(one.figures_lost for one in every)) / cells if cells else None


def _figures(every: Sequence[Outcome]) -> str:
    cells = sum(one.figure_cells for one in every)
    shown = cells - sum(one.figures_lost for one in every)
    return f"{shown} of {cells} ({_figures_shown(every):.0f} %)" if cells else "-"


def _hangs(every: Sequence[Outcome]) -> int:
    return sum(bool(one.hangs) for one in every)


def _cpu(every: Sequence[Outcome]) -> float:
    return statistics.median(one.cpu for one in every)


ROWS = (
    _share_row("converts", lambda one: one.converts),
    _share_row("`marimo check` clean", lambda one: one.checked),
    _share_row("runs as a script", lambda one: one.runs, Goal(95, at_least=True)),
    _share_row("all text outputs equal", lambda one: one.same_text, Goal(92, at_least=True)),
    _Row("figures shown", _figures, _figures_shown, Goal(97, at_least=True)),
    _share_row("differs without a word", lambda one: bool(one.silent), Goal(0)),
    _Row("hangs", lambda every: str(_hangs(every)), _hangs, Goal(0)),
    _Row("CPU s per notebook, median", lambda every: f"{_cpu(every):.2f}", _cpu, Goal(0.3)),
)


def table(results: Sequence[Result], names: Sequence[str]) -> str:
    """The figures, apart for notebooks that run in Jupyter without an error, and for the others.

    Args:
        results: by notebook.
        names: of the converters; ours is held against the goals.
    """
    clean = [result for result in results if result.runs and not result.raises]
    others = [result for result in results if not result.runs or result.raises]
    titles = {"that run in Jupyter": clean, "that raise, or do not run": others}
    return "\n\n".join(
        _table(f"{len(chosen)} notebooks {title}", chosen, names)
        for title, chosen in titles.items()
        if chosen
    )


def _table(title: str, results: Sequence[Result], names: Sequence[str]) -> str:
    lines = [[title, *names, "goal"], ["---"] * (len(names) + 2)]
    for row in ROWS:
        cells = [_cell(row, [result.outcomes[name] for result in results], name) for name in names]
        unit = " %" if row.goal and row.goal.limit > 1 else ""
        lines.append([row.title, *cells, f"{row.goal}{unit}" if row.goal else ""])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(row: _Row, outcomes: Sequence[Outcome], name: str) -> str:
    value = row.value(outcomes)
    if row.goal is None or value is None or name != "ours":
        return row.told(outcomes)
    return f"{row.told(outcomes)}; {'' if row.goal.is_reached(value) else 'not '}reached"


def write(results: Mapping[str, Result], names: Sequence[str], facts: Mapping[str, str]) -> None:
    """Write the page.

    Args:
        results: by the notebooks' names.
        names: of the converters.
        facts: when and on what it is measured.
    """
    parts = [
        "# Converting notebooks",
        "Written by `benchmarks/convert.py --docs`, which measures all of it anew.",
        table([*results.values()], names),
        "\n".join(f"- {name}: {text}" for name, text in facts.items()),
        *_left(results),
        "## How it is measured",
        HOW.rstrip(),
    ]
    PAGE.write_text("\n\n".join(parts) + "\n", "utf-8")


def _left(results: Mapping[str, Result]) -> list[str]:
    """The notebooks that differ with ours, each with what differs and where."""
    lines = []
    for name, result in sorted(results.items()):
        one = result.outcomes.get("ours")
        if one is None or result.raises or not result.runs:
            continue
        kinds = {
            kind: [str(cells.old[0] + 1) for cells in one.cells if kind in cells.differs]
            for kind in ("text", "not run", "figures", "error")
        }
        words = [f"{kind} (cell {', '.join(cells)})" for kind, cells in kinds.items() if cells]
        words += [] if one.runs else ["fails as a script"]
        if words:
            lines.append(f"- {name}: {'; '.join(words)}")
    return ["## What differs with ours", "\n".join(lines)] if lines else []
