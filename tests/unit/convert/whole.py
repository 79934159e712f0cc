"""Converts a notebook and runs it in both worlds."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from worlds import Difference, Ended, Seen, Worlds, differences, groups, together

from jupyter_reactive.notebooks.convert.model import Conversion
from jupyter_reactive.notebooks.convert.pipeline import convert


@dataclass(frozen=True)
class Both:
    """A notebook in both worlds.

    Attributes:
        conversion: with the report.
        old: what the cells show in Jupyter, those that became one together.
        new: what they show in marimo.
        script: how the converted notebook ended as a program.
    """

    conversion: Conversion
    old: list[Seen]
    new: list[Seen]
    script: Ended

    @property
    def differs(self) -> list[Difference]:
        return [
            difference
            for old, new in zip(self.old, self.new, strict=True)
            for difference in differences(old, new)
            if difference.what not in {"error", "stderr"} or not old.error
        ]


def cases(name: str) -> dict[str, list[str]]:
    """The notebooks of a file in `cases`: each with a heading, and a line between its cells."""
    text = (Path(__file__).parent / "cases" / f"{name}.txt").read_text("utf-8")
    found = {}
    for part in re.split(r"^===== ", text, flags=re.MULTILINE)[1:]:
        heading, _line, rest = part.partition("\n")
        found[heading] = re.split(r"\n-----\n", rest.rstrip("\n"))
    return found


def notebook_of(*cells: str | nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook of code cells, and of others as they are."""
    made = [
        nbformat.v4.new_code_cell(cell, id=str(number)) if isinstance(cell, str) else cell
        for number, cell in enumerate(cells)
    ]
    return nbformat.v4.new_notebook(cells=made)


def converted(notebook: nbformat.NotebookNode | Sequence[str]) -> Conversion:
    """What becomes of a notebook, or of code cells."""
    if not isinstance(notebook, nbformat.NotebookNode):
        notebook = notebook_of(*notebook)
    return convert(json.dumps(notebook).encode())


def in_both(worlds: Worlds, notebook: nbformat.NotebookNode | Sequence[str]) -> Both:
    """Convert a notebook and run it everywhere."""
    if not isinstance(notebook, nbformat.NotebookNode):
        notebook = notebook_of(*notebook)
    conversion = converted(notebook)
    jupyter = worlds.in_jupyter(notebook)
    marimo = worlds.in_marimo(conversion.text)
    places = [[number - 1 for number in cell.new_cells] for cell in conversion.report.cells]
    pairs = groups(places)
    return Both(
        conversion,
        [together([jupyter[number] for number in olds]) for olds, _news in pairs],
        [together([marimo[number] for number in news]) for _olds, news in pairs],
        worlds.as_script(conversion.text),
    )
