"""Many small cases in one notebook: what each shows in Jupyter, and converted in marimo."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
from worlds import Seen, Worlds, together

from jupyter_reactive.notebooks.convert.pipeline import convert

# A code cell, or several that belong together.
Case = str | tuple[str, ...]


def in_both(
    worlds: Worlds, cases: Mapping[str, Case], head: str = "", folder: Path | None = None
) -> dict[str, tuple[Seen, Seen]]:
    """What each case shows in Jupyter and in marimo; one run of each world for all of them.

    Args:
        worlds: that the notebook runs in.
        cases: cells that get along with those of the other cases.
        head: a cell before all of them.
        folder: where the notebook runs, in copies of it; an empty one if None.
    """
    cells = [head]
    numbers = {}
    for name, case in cases.items():
        texts = (case,) if isinstance(case, str) else case
        numbers[name] = range(len(cells), len(cells) + len(texts))
        cells += texts
    notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, cells)])
    conversion = convert(nbformat.writes(notebook).encode(), folder=folder)
    with _copy(folder) as place:
        old = worlds.in_jupyter(notebook, place)
    with _copy(folder) as place:
        new = worlds.in_marimo(conversion.text, place)
    assert new, f"marimo does not run it:\n{conversion.text}"
    shown = {}
    for name, those in numbers.items():
        places = {number - 1 for n in those for number in conversion.report.cells[n].new_cells}
        shown[name] = (
            together([old[number] for number in those]),
            together([new[place] for place in sorted(places)]),
        )
    return shown


@contextmanager
def _copy(folder: Path | None) -> Iterator[Path | None]:
    """A folder like another one, which what runs there leaves as it is."""
    if folder is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="both-") as name:
        yield Path(shutil.copytree(folder, name, dirs_exist_ok=True))
