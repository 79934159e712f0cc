"""A copy of a folder in which reactive notebooks are ones of Jupyter."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from ipynb import ipynb

from jupyter_reactive.errors import ConversionFailed, NotANotebook
from jupyter_reactive.notebooks.convert.converter import Converter
from jupyter_reactive.notebooks.convert.for_jupyter import copy_for_jupyter
from jupyter_reactive.notebooks.convert.pipeline import convert


@pytest.fixture(scope="module")
def converter() -> Iterator[Converter]:
    with closing(Converter()) as converter:
        yield converter


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lesson in both kinds; the reactive one was saved last."""
    folder = tmp_path / "week é"
    folder.mkdir()
    old = folder / "lesson.ipynb"
    old.write_text(ipynb("x = 1", "x + 1"))
    os.utime(old, (1, 1))
    (folder / "lesson.py").write_text(convert(old.read_bytes()).text.replace("x + 1", "x + 2"))
    return folder


def sources(notebook: Path) -> list[str]:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells]


def test_what_was_saved_last_counts_unless_the_other_is_chosen(
    folder: Path, tmp_path: Path, converter: Converter
):
    for number, (chosen, saved_last, expected) in enumerate(
        [
            (None, "lesson.py", "x + 2"),
            (None, "lesson.ipynb", "x + 1"),
            ("lesson.py", "lesson.ipynb", "x + 2"),
            ("lesson.ipynb", "lesson.py", "x + 1"),
        ]
    ):
        for name in ("lesson.py", "lesson.ipynb"):
            os.utime(folder / name, (2, 2) if name == saved_last else (1, 1))
        copy = tmp_path / str(number) / folder.name
        meant = folder / chosen if chosen else folder
        made = copy_for_jupyter(folder, copy, converter, meant)
        assert sources(copy / "lesson.ipynb") == ["x = 1", expected]
        assert made == (
            {folder / "lesson.py": copy / "lesson.ipynb"} if expected == "x + 2" else {}
        )


def test_everything_else_is_there_and_what_is_hidden_is_not(
    folder: Path, tmp_path: Path, converter: Converter
):
    (folder / "data").mkdir()
    (folder / "data/a.csv").write_text("1")
    (folder / "helper.py").write_text("x = 1")
    for name in (".git", ".venv", "__marimo__", "__pycache__"):
        (folder / name).mkdir()
    copy = tmp_path / "copy"
    copy_for_jupyter(folder, copy, converter)
    assert sorted(path.name for path in copy.iterdir()) == [
        *("data", "helper.py", "lesson.ipynb", "lesson.py")
    ]
    assert (copy / "data/a.csv").read_text() == "1"


def test_a_cell_that_may_not_be_deleted_is_not_lost(
    folder: Path, tmp_path: Path, converter: Converter
):
    # Cells that fail by themselves and give the same name become one.
    blank = "x = 0\n# YOUR CODE HERE\nraise NotImplementedError()"
    old = json.loads(ipynb(blank, "assert x == 1", blank, "assert x == 2"))
    for number, cell in enumerate(old["cells"]):
        cell["metadata"] = {"deletable": False, "nbgrader": {"grade_id": f"cell {number}"}}
    made = convert(json.dumps(old).encode()).text
    (folder / "lesson.ipynb").write_text(json.dumps(old))
    (folder / "lesson.py").write_text(made.replace("raise NotImplementedError()", "x = 1"))
    with pytest.raises(ConversionFailed, match="without losing the cell “assert x == 1”") as told:
        copy_for_jupyter(folder, tmp_path / "copy", converter)
    assert "“lesson.ipynb”" in told.value.remedy


def test_what_is_chosen_must_be_a_notebook(folder: Path, tmp_path: Path, converter: Converter):
    (folder / "helper.py").write_text("x = 1")
    with pytest.raises(NotANotebook):
        copy_for_jupyter(folder, tmp_path / "copy", converter, folder / "helper.py")
