"""Many small cases in one notebook: what each shows in Jupyter, and converted in marimo."""

from __future__ import annotations

from collections.abc import Mapping

import nbformat
from worlds import Seen, Worlds, together

from jupyter_reactive.notebooks.convert.pipeline import convert

# A code cell, or several that belong together.
Case = str | tuple[str, ...]


def in_both(
    worlds: Worlds, cases: Mapping[str, Case], head: str = ""
) -> dict[str, tuple[Seen, Seen]]:
    """What each case shows in Jupyter and in marimo; one run of each world for all of them.

    Args:
        worlds: that the notebook runs in.
        cases: cells that get along with those of the other cases.
        head: a cell before all of them.
    """
    cells = [head]
    numbers = {}
    for name, case in cases.items():
        texts = (case,) if isinstance(case, str) else case
        numbers[name] = range(len(cells), len(cells) + len(texts))
        cells += texts
    notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, cells)])
    conversion = convert(nbformat.writes(notebook).encode())
    old, new = worlds.in_jupyter(notebook), worlds.in_marimo(conversion.text)
    assert new, f"marimo does not run it:\n{conversion.text}"
    shown = {}
    for name, those in numbers.items():
        places = {number - 1 for n in those for number in conversion.report.cells[n].new_cells}
        shown[name] = (
            together([old[number] for number in those]),
            together([new[place] for place in sorted(places)]),
        )
    return shown
