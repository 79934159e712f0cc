"""marimo's own converter and ours, each in a process of its own."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from worlds import Ended
from worlds.forker import Forker

SECONDS = 60
_OURS = Path(__file__).with_name("convert_once.py")
WARM = """\
import jupyter_reactive.notebooks.convert.pipeline, jupyter_reactive.notebooks.convert.report
"""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Converted:
    """What a converter made of a notebook.

    Attributes:
        text: of the new notebook; None where it made none.
        cpu: seconds of processor time.
        hung: whether it was stopped for its time.
        message: what it said where it made none.
        places: for each old cell the new ones that it is in, both counted from 0.
        told: for each old cell what the report says of it; empty for a cell that was kept.
        told_of_all: what the report says of the notebook as a whole.
    """

    text: str | None
    cpu: float
    hung: bool = False
    message: str = ""
    places: Sequence[Sequence[int]] = ()
    told: Sequence[str] = ()
    told_of_all: Sequence[str] = field(default=())


# The notebook's file, which stands where it would run, and a folder for what the converter writes.
Converter = Callable[[Path, Path], Converted]


def marimos(warm: Forker) -> Converter:
    """marimo's own converter.

    Args:
        warm: an interpreter that has imported marimo.
    """

    def convert(source: Path, folder: Path) -> Converted:
        new = folder / "converted.py"
        argv = ["-m", "marimo", "-q", "-y", "convert", str(source), "-o", str(new)]
        ended = warm.run(argv, folder, SECONDS)
        if not new.exists():
            return _failed(ended)
        text = new.read_text("utf-8")
        cells = json.loads(source.read_text("utf-8")).get("cells", [])
        old = ["".join(cell.get("source", "")) for cell in cells]
        return Converted(text, ended.cpu, places=_aligned(old, _cells(text)), told=[""] * len(old))

    return convert


def ours(warm: Forker) -> Converter:
    """Our converter.

    Args:
        warm: an interpreter made with `WARM`.
    """

    def convert(source: Path, folder: Path) -> Converted:
        new, told = folder / "converted.py", folder / "report.json"
        ended = warm.run([str(_OURS), str(source), str(new), str(told)], folder, SECONDS)
        if not new.exists():
            return _failed(ended)
        report = json.loads(told.read_text("utf-8"))
        return Converted(
            new.read_text("utf-8"),
            ended.cpu,
            places=[[number - 1 for number in cell["new_cells"]] for cell in report["cells"]],
            told=["; ".join(_words(note) for note in cell["notes"]) for cell in report["cells"]],
            told_of_all=[_words(note) for note in report["notes"]],
        )

    return convert


def _words(note: dict[str, Any]) -> str:
    return f"{note['verdict']}: {note['code']}"


def _failed(ended: Ended) -> Converted:
    lines = (ended.err or ended.out).strip().splitlines()
    return Converted(None, ended.cpu, hung=ended.status is None, message=lines[-1] if lines else "")


def _cells(text: str) -> list[str]:
    """The sources of a marimo notebook's cells, roughly: enough to recognise them."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []
    return [
        ast.get_source_segment(text, node) or ""
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.With)
    ]


def _aligned(old: Sequence[str], new: Sequence[str]) -> list[list[int]]:
    """Which new cell comes from which old one: the likest ones, in order."""
    words = [[set(_WORD.findall(cell)) for cell in cells] for cells in (old, new)]
    likeness = [[_likeness(one, other) for other in words[1]] for one in words[0]]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            both = likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], both)
    places: list[list[int]] = [[] for _ in old]
    i = j = 0
    while i < len(old) and j < len(new):
        if likeness[i][j] and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            places[i].append(j)
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return places


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one) if one else 0.0
