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
        notes=tuple(notes),
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
        "notes": [_note_to_json(note) for note in report.notes],
        "cells": [
            {
                "number": cell.number,
                "kind": cell.kind,
                "verdict": cell.verdict.value,
                "new_cells": list(cell.new_cells),
                "lines": list(cell.lines),
                "notes": [_note_to_json(note) for note in cell.notes],
            }
            for cell in report.cells
        ],
    }


def _note_to_json(note: Note) -> dict[str, Any]:
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


def summary(report: Report) -> str:
    """The report in a line."""
    found = counts(report)
    return _("{cells} cells: {kept} kept, {changed} changed, {needs} need you.").format(
        cells=len(report.cells),
        kept=found[Verdict.KEPT.value],
        changed=found[Verdict.CHANGED.value],
        needs=found[Verdict.NEEDS_YOU.value],
    )


def to_text(report: Report, old: str, new: str) -> str:
    """The report for people, cells that were kept left out.

    Args:
        report: what became of the notebook.
        old: the path of the old file, as it is shown.
        new: the path of the new file, as it is shown.
    """
    paragraphs = [f"{old} -> {new}", summary(report)]
    paragraphs += [_line(note, "") for note in report.notes]
    for cell in report.cells:
        if not cell.notes:
            continue
        where = ", ".join(f"{new}:{line}" for line in cell.lines)
        paragraphs.append(
            _("Cell {number} ({verdict})").format(number=cell.number, verdict=cell.verdict.value)
            + (f", {where}" if where else "")
        )
        paragraphs += [_line(note, "  ") for note in cell.notes]
    return "\n".join(paragraphs)


def _line(note: Note, indent: str) -> str:
    line = _("line {line}: ").format(line=note.line) if note.line is not None else ""
    suggestion = f"\n{indent}  {note.suggestion}" if note.suggestion else ""
    return f"{indent}{line}{note.message}{suggestion}"
