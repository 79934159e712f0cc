"""From a marimo notebook back to one for Jupyter. Knows no server, and runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...reactive_file import ReactiveFile, read_reactive
from ..model import CellReport, Note, Report, worst
from .cells import JupyterCell, jupyter_cells
from .notebook import cell_lines, new_cell, new_notebook, to_text
from .restore import Restored, restored

__all__ = ["WayBack", "back", "to_text"]


@dataclass(frozen=True)
class WayBack:
    """A notebook for Jupyter.

    Attributes:
        notebook: of nbformat 4.5, as JSON has it.
        report: what became of each cell of marimo's.
    """

    notebook: dict[str, Any]
    report: Report

    @property
    def text(self) -> str:
        """Of the `.ipynb` file."""
        return to_text(self.notebook)


def back(
    text: str, old: bytes | None = None, folder: Path | None = None, *, as_in_file: bool = False
) -> WayBack:
    """Convert a marimo notebook.

    Args:
        text: of the `.py` file.
        old: the `.ipynb` file that it was converted from, if it is known: cells that are as the
            conversion left them become again what they were, with tags, attachments and outputs.
        folder: where the old notebook stood, to look for modules of its own; None for none.
        as_in_file: keep the order of the file even where Jupyter cannot run it from top to bottom.

    Raises:
        BrokenNotebook: it is no Python.
        NotANotebook: it is Python, but no marimo notebook.
    """
    file = read_reactive(text)
    cells = jupyter_cells(file, as_in_file=as_in_file)
    kept = restored(file, cells, old, folder) if old is not None else None
    if kept is None:
        kept = _as_they_are(cells)
    notebook = new_notebook(kept.cells, _metadata(file, kept))
    return WayBack(notebook, _report(file, cells, kept, cell_lines(notebook)))


def _as_they_are(cells: Sequence[JupyterCell]) -> Restored:
    return Restored(
        [new_cell(cell.kind, cell.source, cell.metadata) for cell in cells],
        [[place] for place in range(len(cells))],
    )


def _metadata(file: ReactiveFile, kept: Restored) -> dict[str, Any]:
    """That of the old notebook, and what marimo's own converter reads when this one comes back.

    What the conversion wrote by itself is left out.
    """
    made = kept.made or ReactiveFile(())
    marimo: dict[str, Any] = {}
    if dict(file.settings) != dict(made.settings):
        marimo["app_config"] = dict(file.settings)
    if file.header != made.header:
        marimo["header"] = file.header
    return {**kept.metadata, **({"marimo": marimo} if marimo else {})}


def _report(
    file: ReactiveFile, cells: Sequence[JupyterCell], kept: Restored, lines: Sequence[int]
) -> Report:
    places = dict(zip((cell.origin for cell in cells), range(len(cells)), strict=True))
    reports = []
    for index, _cell in enumerate(file.cells):
        place = places[index]
        cell, new = cells[place], kept.places[place]
        notes: tuple[Note, ...] = kept.notes.get(place, tuple(cell.notes))
        reports.append(
            CellReport(
                number=index + 1,
                kind=cell.kind,
                verdict=worst(notes),
                notes=notes,
                new_cells=tuple(number + 1 for number in new),
                lines=tuple(lines[number] for number in new),
            )
        )
    return Report(tuple(reports), new_cells=len(lines))
