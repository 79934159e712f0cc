"""The report on a conversion: what became of each cell, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...translation import _
from .model import CellReport, Draft, Note, Report, SourceCell, Verdict, worst


def report(
    cells: Sequence[SourceCell],
    drafts: Sequence[Draft],
    lines: Sequence[int],
    *,
    notes: Sequence[Note] = (),
    dependencies: Sequence[str] = (),
) -> Report:
    """Tell what became of each cell.

    Args:
        cells: of the old notebook.
        drafts: of the new one.
        lines: where these begin in the new file.
        notes: on the notebook as a whole.
        dependencies: requirements that the new notebook names.
    """
    return Report(
        cells=tuple(_cell(cell, drafts, lines) for cell in cells),
        notes=(*notes, *(note for draft in drafts if not draft.origins for note in draft.notes)),
        new_cells=len(drafts),
        dependencies=tuple(dependencies),
    )


def _cell(cell: SourceCell, drafts: Sequence[Draft], lines: Sequence[int]) -> CellReport:
    places = [index for index, draft in enumerate(drafts) if cell.index in draft.origins]
    notes = tuple(
        note
        for index in places
        for note in drafts[index].notes
        if note.cell is None or note.cell == cell.index
    )
    if not places:
        notes = (_left_out(cell),)
    return CellReport(
        number=cell.index + 1,
        kind=cell.kind,
        verdict=worst(notes),
        notes=notes,
        new_cells=tuple(index + 1 for index in places),
        lines=tuple(lines[index] for index in places),
    )


def _left_out(cell: SourceCell) -> Note:
    if not cell.source.strip():
        return Note(Verdict.CHANGED, "empty-cell", _("The cell is empty and was left out."))
    return Note(
        Verdict.NEEDS_YOU,
        "lost-cell",
        _("The cell is not in the new notebook."),
        _("Copy what you need of it from the old one."),
    )


def to_json(report: Report) -> dict[str, Any]:
    """The report for programs."""
    return {
        "verdict": report.verdict.value,
        "summary": counts(report),
        "new_cells": report.new_cells,
        "dependencies": list(report.dependencies),
        "notes": [note_to_json(note) for note in report.notes],
        "cells": [
            {
                "number": cell.number,
                "kind": cell.kind,
                "verdict": cell.verdict.value,
                "new_cells": list(cell.new_cells),
                "lines": list(cell.lines),
                "notes": [note_to_json(note) for note in cell.notes],
            }
            for cell in report.cells
        ],
    }


def note_to_json(note: Note) -> dict[str, Any]:
    """A note for programs."""
    return {
        "verdict": note.verdict.value,
        "code": note.code,
        "message": note.message,
        "suggestion": note.suggestion,
        "line": note.line,
    }


def counts(report: Report) -> dict[str, int]:
    """How many cells there are of each verdict."""
    return {
        verdict.value: sum(cell.verdict is verdict for cell in report.cells) for verdict in Verdict
    }


def summary(report: dict[str, Any]) -> str:
    """A report, in the form of `to_json`, in a line."""
    found = report["summary"]
    return _("{cells} cells: {kept} kept, {changed} changed, {needs} need you.").format(
        cells=len(report["cells"]),
        kept=found[Verdict.KEPT.value],
        changed=found[Verdict.CHANGED.value],
        needs=found[Verdict.NEEDS_YOU.value],
    )


def to_text(report: dict[str, Any], old: str, new: str) -> str:
    """A report for people, with the places in both files; cells that were kept are left out.

    Args:
        report: in the form of `to_json`.
        old: the path of the old file, as it is shown.
        new: the path of the new file, as it is shown.
    """
    lines = [f"{old} -> {new}: {summary(report)}"]
    for note in report["notes"]:
        lines += _lines(note, "  ")
    for cell in report["cells"]:
        if not cell["notes"]:
            continue
        places = ", ".join(f"{new}:{line}" for line in cell["lines"])
        heading = _("Cell {number}, {verdict}").format(
            number=cell["number"], verdict=_WORDS[Verdict(cell["verdict"])]
        )
        lines.append(f"  {heading} ({places})" if places else f"  {heading}")
        for note in cell["notes"]:
            lines += _lines(note, "    ")
    return "\n".join(lines)


_WORDS = {
    Verdict.KEPT: _("kept"),
    Verdict.CHANGED: _("changed"),
    Verdict.NEEDS_YOU: _("needs you"),
}


def _lines(note: dict[str, Any], indent: str) -> list[str]:
    line = note["line"]
    where = _("line {line}: ").format(line=line) if line is not None else ""
    lines = [f"{indent}{where}{note['message']}"]
    if note["suggestion"]:
        lines.append(f"{indent}  {note['suggestion']}")
    return lines
