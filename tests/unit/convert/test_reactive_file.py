"""Our reader of marimo's files sees the cells that marimo's own parser sees."""

from __future__ import annotations

from pathlib import Path

import pytest
from cells import source_of
from marimo._ast.parse import parse_notebook

from jupyter_reactive.notebooks.reactive_file import read_reactive

CELLS = {
    "comment-only": "# nothing",
    "comment-last": "x = 1\n# the end",
    "string": 'x = """a\n  b\n\n      c"""',
    "blank-in-string": 'x = """a\n   \nb"""',
    "decorated": "@staticmethod\ndef f():\n    return 1",
    "return-inside": "def f():\n    return 1\nf()",
    "async": "async def f():\n    pass",
    "tabs": "if 1:\n\tx = 1",
    "umlaut": "ä = 'ü'",
    "empty": "",
}


def both(text: str) -> tuple[list[str], list[str]]:
    parsed = parse_notebook(text)
    assert parsed is not None
    return [cell.source for cell in read_reactive(text).cells], [
        cell.code.strip() for cell in parsed.cells
    ]


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS.keys())
def test_sees_a_cell_as_marimo_does(cell: str):
    ours, marimos = both(source_of(cell, "y = 2"))
    assert ours == marimos


def test_sees_the_tutorials_as_marimo_does(tutorials: list[Path]):
    for path in tutorials:
        if path.suffix == ".py":
            ours, marimos = both(path.read_text("utf-8"))
            assert ours == marimos, path.name


def test_sees_a_long_head_as_marimo_does():
    text = source_of("x = a + b").replace("def _():", "def _(\n    a: dict,\n    b,\n):")
    ours, marimos = both(text)
    assert ours == marimos == ["x = a + b"]
