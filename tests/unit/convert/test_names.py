"""Each name gets one cell that binds it, and the notebook shows what it showed in Jupyter."""

from __future__ import annotations

import pytest
from worlds import Worlds

from .whole import cases, in_both

SEPARATE = cases("names")
# Cells become one where nothing less keeps their meaning; the number tells how many are left.
MERGED = cases("merged")


@pytest.mark.parametrize("cells", SEPARATE.values(), ids=SEPARATE.keys())
def test_shows_the_same_in_separate_cells(worlds: Worlds, cells: list[str]):
    both = in_both(worlds, cells)
    assert both.differs == [], both.conversion.text
    assert both.script.status == 0, both.script.err
    assert len(both.old) == len(cells)


@pytest.mark.parametrize("name", MERGED)
def test_shows_the_same_in_fewer_cells(worlds: Worlds, name: str):
    both = in_both(worlds, MERGED[name])
    assert both.differs == [], both.conversion.text
    assert both.script.status == 0, both.script.err
    assert f"({len(both.old)})" in name
    assert "merged" in {note.code for cell in both.conversion.report.cells for note in cell.notes}
