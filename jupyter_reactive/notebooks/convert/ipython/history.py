"""`_`, `__`, `_5` and `Out[5]`: values that earlier cells have shown, by names of their own."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from ..model import SourceCell
from ..names.analysis import analyse
from ..outputs import is_silent
from ..text import Edit, Source, edited, is_silenced, quoted
from .syntax import to_python

_RECENT = {"_": 1, "__": 2, "___": 3}
_BY_NUMBER = re.compile(r"_(?P<number>[1-9]\d*)")


@dataclass
class Step:
    """A code cell without its magics.

    Attributes:
        cell: that it comes from.
        text: in Python; changed where the cell shows or uses a value of the history.
        uses: whether a value of the history is used.
        shown_as: the name of the value that the cell shows; empty if nobody asks for it.
        lost: what asks for a value that cannot be told.
    """

    cell: SourceCell
    text: str
    uses: bool = False
    shown_as: str = ""
    lost: list[str] = field(default_factory=list)


def name_values(steps: Sequence[Step], bound: AbstractSet[str]) -> None:
    """Give names to the values that cells show and others ask for.

    Args:
        steps: all code cells, in order.
        bound: names that the notebook gives a value, in whichever scope: no new one is like them.

    Raises:
        SyntaxError: a text is no Python.
    """
    sources = [Source(step.text) for step in steps]
    recorded = any(step.cell.outputs for step in steps)
    shown = [
        number
        for number, source in enumerate(sources)
        if _shows_value(source, steps[number].cell, recorded=recorded)
    ]
    numbers = _by_number(steps)
    edits: list[list[Edit]] = [[] for _step in steps]
    asked: dict[int, str] = {}
    hidden: set[str] = set()
    for place, source in enumerate(sources):
        before = [number for number in shown if number < place]
        usage = analyse(source.text)
        # Where IPython's name has been given another value, it keeps that.
        hidden |= usage.bound
        for node in ast.walk(source.tree):
            told = _input(node, numbers, hidden)
            if told is not None and isinstance(node, ast.expr):
                text = quoted(to_python(steps[told].cell.source, frozenset()))
                edits[place].append(Edit(source.start(node), source.end(node), text))
                steps[place].uses = True
                continue
            found = _asked(node, before, numbers, hidden)
            if found is None or not isinstance(node, ast.expr):
                continue
            if isinstance(node, ast.Name) and not usage.reads_at(node.lineno, source.column(node)):
                # Of a function's or a comprehension's own.
                continue
            if found not in before:
                steps[place].lost.append(source.of(node))
                continue
            name = asked.setdefault(found, _free(f"out_{_number(found, numbers)}", bound))
            steps[place].uses = True
            edits[place].append(Edit(source.start(node), source.end(node), name))
    for place, name in asked.items():
        source, step = sources[place], steps[place]
        last = source.tree.body[-1]
        step.shown_as = name
        edits[place].append(Edit(source.start(last), source.start(last), f"{name} = "))
        edits[place].append(Edit(source.end(last), source.end(last), f"\n{name}"))
    for step, changes in zip(steps, edits, strict=True):
        step.text = edited(step.text, changes)


def _asked(
    node: ast.AST, before: Sequence[int], numbers: Mapping[int, int], hidden: AbstractSet[str]
) -> int | None:
    """The place of the cell whose value is asked for, -1 if there is none; None for other nodes."""
    match node:
        case ast.Name(id=name, ctx=ast.Load()) if name in _RECENT and name not in hidden:
            back = _RECENT[name]
            return before[-back] if len(before) >= back else -1
        case ast.Name(id=name, ctx=ast.Load()) if name not in hidden and (
            match := _BY_NUMBER.fullmatch(name)
        ):
            return numbers.get(int(match["number"]), -1)
        case ast.Subscript(value=ast.Name(id="Out"), slice=ast.Constant(value=int(number))) if (
            "Out" not in hidden
        ):
            return numbers.get(number, -1)
    return None


def _input(node: ast.AST, numbers: Mapping[int, int], hidden: AbstractSet[str]) -> int | None:
    """The place of the cell whose text is asked for by `In[5]`; None for other nodes."""
    match node:
        case ast.Subscript(value=ast.Name(id="In"), slice=ast.Constant(value=int(number))) if (
            "In" not in hidden
        ):
            return numbers.get(number)
    return None


def _by_number(steps: Sequence[Step]) -> dict[int, int]:
    """The places of the cells by Jupyter's numbers: as stored, else as they run in order."""
    stored = [step.cell.execution_count for step in steps]
    if None not in stored and len(set(stored)) == len(stored):
        return {number: place for place, number in enumerate(stored) if number is not None}
    return {place + 1: place for place in range(len(steps))}


def _number(place: int, numbers: Mapping[int, int]) -> int:
    return next((number for number, other in numbers.items() if other == place), place + 1)


def _free(name: str, bound: AbstractSet[str]) -> str:
    while name in bound:
        name += "_"
    return name


def _shows_value(source: Source, cell: SourceCell, *, recorded: bool) -> bool:
    """Whether a cell shows a value at its end; what is stored knows it best."""
    body = source.tree.body
    if not body or not isinstance(body[-1], ast.Expr) or is_silenced(source.text):
        return False
    if recorded and cell.execution_count is not None:
        return any(output.get("output_type") == "execute_result" for output in cell.outputs)
    return not is_silent(body[-1].value)
