"""From the cells of a marimo notebook to those of one of Jupyter, one by one."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ....translation import _
from ...reactive_file import ReactiveCell, ReactiveFile
from ..model import Note, Verdict
from ..names.analysis import analyse
from ..names.order import running_order
from ..names.usage import Usage
from ..text import Source
from ..write import is_private
from .carry import Carried, carried
from .elements import Marimo, marimo_of
from .latex import with_dollars
from .private import separated


@dataclass
class JupyterCell:
    """A cell of the notebook for Jupyter.

    Attributes:
        kind: as nbformat has it.
        source: its text.
        origin: the index of the cell that it was in marimo's file; None for one that was added.
        metadata: of the cell.
        notes: what was changed.
    """

    kind: Literal["code", "markdown"]
    source: str
    origin: int | None
    metadata: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def jupyter_cells(file: ReactiveFile, *, as_in_file: bool = False) -> list[JupyterCell]:
    """The cells in the order in which Jupyter can run them.

    Args:
        file: marimo's notebook.
        as_in_file: keep the order of the file even where Jupyter cannot run it from top to bottom.
    """
    usages = [_usage(cell) for cell in file.cells]
    order = list(range(len(file.cells))) if as_in_file else _order(usages)
    private = separated([cell.source for cell in file.cells], usages)
    sources = [
        private[index][0] if index in private else cell.source
        for index, cell in enumerate(file.cells)
    ]
    marimo = marimo_of(
        Source(text) for text, usage in zip(sources, usages, strict=True) if usage is not None
    )
    idle = _idle(file.cells, usages)
    cells, imports = [], set[str]()
    for index in order:
        old = file.cells[index]
        cell, needed = _cell(old, sources[index], index, marimo, parses=usages[index] is not None)
        imports |= needed
        if index in private:
            cell.notes.append(private[index][1])
        if index in idle:
            cell.metadata.setdefault("tags", []).append("skip-execution")
            if not old.settings.get("disabled"):
                cell.notes.append(_idle_note())
        cells.append(cell)
    if as_in_file:
        _tell_of_order(cells, usages)
    elif order != sorted(order):
        _tell_of_places(cells, order)
    if imports:
        cells.insert(0, JupyterCell("code", "\n".join(sorted(imports)), None))
    return cells


def _usage(cell: ReactiveCell) -> Usage | None:
    try:
        return analyse(cell.source)
    except (SyntaxError, ValueError):
        return None


def _edges(usages: Sequence[Usage | None]) -> set[tuple[int, int]]:
    """Pairs of a cell and one that needs it, as marimo has them."""
    binding = {
        name: index
        for index, usage in enumerate(usages)
        for name in (usage.bound if usage is not None else ())
        if not is_private(name)
    }
    return {
        (binding[name], index)
        for index, usage in enumerate(usages)
        for name in (usage.read if usage is not None else ())
        if name in binding and binding[name] != index
    }


def _order(usages: Sequence[Usage | None]) -> list[int]:
    """The order of marimo; cells of a cycle, which it does not run, come last."""
    order = running_order(len(usages), _edges(usages))
    return [*order, *(index for index in range(len(usages)) if index not in set(order))]


def _idle(cells: Sequence[ReactiveCell], usages: Sequence[Usage | None]) -> set[int]:
    """The cells that marimo does not run: disabled, or in need of one that is."""
    idle = {index for index, cell in enumerate(cells) if cell.settings.get("disabled")}
    edges = _edges(usages)
    while more := {child for parent, child in edges if parent in idle} - idle:
        idle |= more
    return idle


def _idle_note() -> Note:
    return Note(
        Verdict.CHANGED,
        "needs-disabled",
        _("The cell needs one that is disabled, and is skipped as in marimo."),
    )


def _tell_of_order(cells: Sequence[JupyterCell], usages: Sequence[Usage | None]) -> None:
    for parent, child in sorted(_edges(usages)):
        if parent > child:
            cells[child].notes.append(
                Note(
                    Verdict.NEEDS_YOU,
                    "order",
                    _("The cell needs cell {number}, which stands below it.").format(
                        number=parent + 1
                    ),
                    _("Move that cell up, or leave the order to the conversion."),
                )
            )


def _tell_of_places(cells: Sequence[JupyterCell], order: Sequence[int]) -> None:
    """Name the cells that have another place than in the file, as few as can be."""
    # The longest row of cells, by its last one, that stand as in the file.
    rows: dict[int, list[int]] = {}
    for index in order:
        before = [row for last, row in rows.items() if last < index]
        rows[index] = [*max([[], *before], key=len), index]
    as_before = max(rows.values(), key=len)
    for cell, index in zip(cells, order, strict=True):
        if index not in as_before:
            message = _("The cell has another place: Jupyter runs cells from top to bottom.")
            cell.notes.append(Note(Verdict.CHANGED, "order", message))


def _cell(
    old: ReactiveCell, source: str, index: int, marimo: Marimo, *, parses: bool
) -> tuple[JupyterCell, set[str]]:
    text = _markdown(source, marimo) if parses else None
    metadata = _metadata(old, markdown=text is not None)
    if text is not None:
        dollars = with_dollars(text)
        cell = JupyterCell("markdown", dollars, index, metadata)
        if dollars != text:
            message = _("The formulas have dollars around them, as Jupyter wants it.")
            cell.notes.append(Note(Verdict.CHANGED, "formulas", message))
        return cell, set()
    if old.settings.get("hide_code"):
        metadata["jupyter"] = {"source_hidden": True}
    carry = carried(source, marimo) if parses else Carried(source)
    cell = JupyterCell("code", carry.source, index, metadata, carry.notes)
    if carry.parameters:
        metadata["tags"] = ["parameters"]
    if not parses:
        cell.notes.append(
            Note(
                Verdict.NEEDS_YOU,
                "no-python",
                _("The cell is no Python, in marimo neither."),
                _("Mend the cell, or delete it."),
            )
        )
    return cell, carry.imports


def _metadata(old: ReactiveCell, *, markdown: bool) -> dict[str, Any]:
    """What marimo's own converter reads when the notebook comes back to it."""
    marimo: dict[str, Any] = {}
    # The code of a text is hidden in any case.
    config = {
        name: old.settings[name] for name in old.settings if name != "hide_code" or not markdown
    }
    if config:
        marimo["config"] = config
    if old.name:
        marimo["name"] = old.name
    return {"marimo": marimo} if marimo else {}


def _markdown(source: str, marimo: Marimo) -> str | None:
    """The text of a cell that is nothing but Markdown; None for another cell."""
    tree = ast.parse(source)
    match tree.body:
        case [
            ast.Expr(
                value=ast.Call(args=[ast.Constant(value=str(text))], keywords=[]) as call
            ) as statement
        ] if marimo.called(call) == "md":
            lines = source.split("\n")
            around = [*lines[: statement.lineno - 1], *lines[statement.end_lineno :]]
            if any(line.strip() for line in around):
                return None
            return inspect.cleandoc(text)
    return None
