"""Writes the figures into docs/speed.md, its picture and the README."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from textwrap import fill

import psutil
from figures import Figures
from person import chromium

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/speed.md"
PICTURE = ROOT / "docs/images/speed.svg"
README = ROOT / "README.md"
BEGIN = "<!-- speed: written by benchmarks/speed.py -->"
END = "<!-- end of speed -->"
PACKAGES = ("jupyter-reactive", "marimo", "jupyterlab", "jupyter-server", "jupyter-server-proxy")
COLOURS = {"direct": "#8a8a8a", "official": "#c77d2e", "ours": "#1f7a8c"}
HOW = """\
All contenders ran in one go and took turns, in another order each round. Each opening is that of a
new notebook, in Chromium without a window, on the machine of the servers. The clock starts at the
press of the mouse button on the file, or with the navigation to the link, and stops in the frame in
which an output of the notebook's kernel is painted: the number of its process stands in it. marimo
is set to run a notebook when it is opened (`runtime.auto_instantiate`). A figure is the median of
the rounds, with the lower and upper quartile.

| | |
|---|---|
| direct | `marimo edit` of the same version without any Jupyter, with its token |
| official | marimo-jupyter-extension 0.5.0 with `no_sandbox` in an environment of its own |
| ours | jupyter-reactive as `pip install` leaves it: nothing compressed before, an empty home |
| ours warmed | the same after `jupyter reactive warm`: in an image, or from the second day on |

**Cold**: the server was started just before, marimo has never run in it, the browser's profile is
empty. For JupyterLab, the file browser and the launcher are shown and ten seconds pass before the
double click. Of direct, marimo itself is up when the clock starts, which is its best case: its own
start does not count.

**Slow lines** are a gateway that all connections of the browser share, websockets included: in each
direction the rate as given, half of the milliseconds as delay, and one round trip before the first
byte of a connection. TCP's slow start and losses are left out.

**Warm**: servers and browser have opened three notebooks before, with the browser's caches full.

**Bytes and requests** are all that the gateway of the 20 Mbit/s line carried to the browser for one
cold open, headers, websockets and service workers included, until two seconds after the last one.

**Slider**: from the key event to the change of the output, both by the clock of the page; median of
thirty moves a round.

**Requests a second**: a client with kept connections; files by marimo's download route, assets as a
browser asks for them, compressed where the server does that.

**Memory**: PSS of the whole family of processes, which shares out what several of them use; the
browser is not part of it. JupyterLab was open for ten seconds before, and what was begun in the
background is done.
"""


# Ours with another trait, and what is said of it.
AHEAD = "ours Prestart.when="
WHEN = """\
The marimo server can start before anybody opens a notebook (`c.Prestart.when`): `seen`, when an
idle JupyterLab lists a reactive notebook; `lab`, when JupyterLab is idle; `use`, with the first
notebook. `seen` is the default: it opens as quickly as `lab`, and whoever has no reactive notebook
pays for no process. `use` holds the least and opens the slowest.
"""


def facts(rounds: int, pythons: dict[str, str]) -> dict[str, str]:
    """When and on what it is measured; `pythons` are the interpreters of the contenders."""
    version = subprocess.run(
        [chromium() or "chromium", "--version"], capture_output=True, text=True, check=False
    ).stdout
    return {
        "date": datetime.now(timezone.utc).strftime("%d %B %Y"),
        "machine": f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GB, "
        f"{platform.system()} {platform.machine()}",
        "rounds": str(rounds),
        "processes that ran besides": f"{os.getloadavg()[1]:.1f} (load average before the run)",
        "browser": " ".join(version.split()[:2]),
        "Python": platform.python_version(),
        **{name: versions(python) for name, python in pythons.items()},
    }


def versions(python: str) -> str:
    """The packages of an environment that matter."""
    code = (
        "import sys, importlib.metadata as m\n"
        "known = {d.name.lower().replace('_', '-'): d.version for d in m.distributions()}\n"
        "print(', '.join(f'{name} {known[name]}' for name in sys.argv[1:] if name in known))"
    )
    words = [python, "-c", code, *PACKAGES, "marimo-jupyter-extension"]
    return subprocess.check_output(words, text=True).strip()


def write(figures: Figures, facts: dict[str, str]) -> None:
    """Write all three."""
    ahead = [name for name in figures.contenders if name.startswith(AHEAD)]
    contenders = [name for name in figures.contenders if name not in ahead]
    table = figures.table(contenders)
    draw(figures, contenders)
    # Who tries something out with `--docs` must not pass it for a result.
    warning = "" if int(facts["rounds"]) >= 5 else "Provisional, of fewer than five rounds. "
    told = "\n".join(f"- {name}: {text}" for name, text in facts.items())
    failed = "".join(f"- {error}\n" for error in figures.errors())
    parts = [
        "# From the click to the first output",
        "Written by `benchmarks/speed.py --docs`, which measures all of it anew.",
        f"![The openings as bars]({PICTURE.relative_to(PAGE.parent).as_posix()})",
        table,
        *([warning.rstrip()] if warning else []),
        told,
        *([f"What failed:\n\n{failed.rstrip()}"] if failed else []),
        *(["## Starting ahead", WHEN.rstrip(), figures.table(ahead)] if ahead else []),
        "## How it is measured",
        HOW.rstrip(),
    ]
    PAGE.write_text("\n\n".join(parts) + "\n", "utf-8")
    old = README.read_text("utf-8")
    head, _, rest = old.partition(BEGIN)
    _, _, tail = rest.partition(END)
    words = [facts["date"], facts["machine"], facts["browser"], f"rounds: {facts['rounds']}"]
    # The first is the environment of ours too.
    words += [facts[name] for name in ("direct", "ours", "official") if name in facts]
    where = fill(warning + "; ".join(words) + ".", 119)
    README.write_text(f"{head}{BEGIN}\n\n{table}\n\n{where}\n\n{END}{tail}", "utf-8")


def draw(figures: Figures, names: list[str]) -> None:
    """The openings as bars: medians, with the quartiles as whiskers."""
    # Only here: whoever does not want the picture does not need it.
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    # The same picture from the same figures, and letters that a reader may choose.
    mpl.rcParams.update({"svg.hashsalt": "speed", "svg.fonttype": "none", "font.size": 9})
    rows = [row for row in figures.rows() if row.unit == "s" and row.figure == "seconds"]
    thick = 0.8 / len(names)
    figure = Figure(figsize=(8, 0.5 + len(rows) * (0.3 + 0.2 * len(names))), layout="constrained")
    axes = figure.add_subplot()
    for index, name in enumerate(names):
        found = [(y, spread) for y, row in enumerate(rows) if (spread := figures.spread(row, name))]
        axes.barh(
            [y + (index - (len(names) - 1) / 2) * thick for y, _spread in found],
            [spread.median for _y, spread in found],
            thick * 0.9,
            xerr=(
                [spread.median - spread.low for _y, spread in found],
                [spread.high - spread.median for _y, spread in found],
            ),
            label=name,
            color=COLOURS.get(name),
            ecolor="#444444",
            capsize=2,
        )
    axes.set_yticks(range(len(rows)), [row.title for row in rows])
    axes.invert_yaxis()
    axes.set_xlabel("seconds until the first output is on the screen")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(PICTURE, metadata={"Date": None})
