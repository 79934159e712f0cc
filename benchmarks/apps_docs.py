"""Writes the figures of `apps.py` into docs/apps-speed.md."""

from __future__ import annotations

from figures import Figures, Measured
from speed_docs import ROOT

PAGE = ROOT / "docs/apps-speed.md"
REFERENCE = "marimo run"
ROWS = (
    Measured("few", "cold", "1 visitor, the first one, in a browser", "s"),
    Measured("few", "warm", "1 visitor, the next one, in a browser", "s"),
    Measured("few", "half", "10 visitors at once, until half of them see it", "s"),
    Measured("few", "all", "10 visitors at once, until all of them do", "s"),
    Measured("many", "half", "50 visitors at once, until half of them see it", "s"),
    Measured("many", "all", "50 visitors at once, until all of them do", "s"),
    Measured("memory", "megabytes1", "memory, 1 app", "MB"),
    Measured("memory", "megabytes5", "memory, 5 apps", "MB"),
    Measured("memory", "megabytes20", "memory, 20 apps", "MB"),
    Measured("memory", "each", "memory of one more app", "MB"),
    Measured("memory", "per_gib", "apps in 1 GiB", ""),
)
READ = f"""\
Seconds from the link to the first output, and what the processes hold, for the same notebook shown
by each. Less is better, but for the last row. Behind a figure stands what it is of
`{REFERENCE}`'s. Where one app is open, "ours, own process" is what "ours" is.
"""
HOW = f"""\
All contenders ran in one go and took turns, in another order each round. A figure is the median of
the rounds, with the lower and upper quartile.
Everybody shows the same: a slider, and what numpy computes of a month of tides. The clock starts
with the navigation to the app's link.

| | |
|---|---|
| marimo run | `marimo run`, of the same version, with its token; one process for each app |
| voila | one Voilà for all apps, as installed; each visitor has a kernel, a process |
| ours | jupyter-reactive in JupyterLab's server, as installed; all apps share one process |
| ours, own process | the same with `c.AppServers.own_process = True` |

**One visitor** is a Chromium without a window, whose profile is empty; the clock stops in the frame
in which the output is painted. For the first one the server has just started: Jupyter, `marimo run`
and Voilà answer, and ours has to start the process of the apps besides. The next one comes with a
new profile.

**Visitors at once** are no browsers, of which fifty do not fit on this machine: each is a client
that fetches the app's page, connects by websocket as the page does, and stops the clock when the
output has come. That is what browsers do that have the static files already; fetching those, which
{REFERENCE} sends as they are and ours compressed, is left out. Voilà's answer is a page that has
the output in it. Others were there before. The clients share the machine with the servers. Fifty
come in two rounds at most.

**Memory** is PSS of the whole family of processes, which shares out what several of them use,
Jupyter and its extensions included, while each app has one visitor; the apps are copies of one
file. It is measured once, since it hardly varies. The memory of one more app is the slope of the
straight line through 1, 5 and 20 apps, and how many fit into 1 GiB is where that line meets it.
"""


def table(figures: Figures) -> str:
    """Markdown: medians with quartiles, and their ratio to those of the reference."""
    names = figures.contenders
    lines = [["", *names], ["---"] * (len(names) + 1)]
    for row in ROWS:
        cells = [_cell(figures, row, name) for name in names]
        if any(cell != "-" for cell in cells):
            lines.append([f"{row.title} ({row.unit})" if row.unit else row.title, *cells])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(figures: Figures, row: Measured, name: str) -> str:
    spread, reference = figures.spread(row, name), figures.spread(row, REFERENCE)
    if spread is None:
        return "-"
    if reference is None or name == REFERENCE:
        return str(spread)
    return f"{spread}; {spread.median / reference.median:.2f}"


def write(figures: Figures, facts: dict[str, str]) -> None:
    """Write the page."""
    failed = "".join(f"- {error}\n" for error in figures.errors())
    parts = [
        "# Apps: how soon, and how many",
        "Written by `benchmarks/apps.py --docs`, which measures all of it anew.",
        READ.rstrip(),
        table(figures),
        # Who tries something out with `--docs` must not pass it for a result.
        *(["Provisional, of fewer than three rounds."] if int(facts["rounds"]) < 3 else []),
        "\n".join(f"- {name}: {text}" for name, text in facts.items()),
        *([f"What failed:\n\n{failed.rstrip()}"] if failed else []),
        "## How it is measured",
        HOW.rstrip(),
    ]
    PAGE.write_text("\n\n".join(parts) + "\n", "utf-8")
