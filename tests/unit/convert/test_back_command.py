"""`jupyter reactive convert` with reactive notebooks: back to Jupyter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from cells import source_of
from nbformat import v4

PROGRAM = Path(sys.executable).with_name("jupyter-reactive")

_RICH = """\
class Rich:
    def __repr__(self):
        return "plain"
    def _repr_html_(self):
        return "<b>rich</b>"
Rich()"""


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(PROGRAM), "convert", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def cells(path: Path) -> list[dict[str, Any]]:
    found = json.loads(path.read_text("utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in found]


def test_there_and_back_in_other_folders_keeps_all(tmp_path: Path):
    old = tmp_path / "old" / "lesson.ipynb"
    old.parent.mkdir()
    tagged = v4.new_code_cell("%time x = 1", metadata={"tags": ["mine"]})
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# Title"), tagged])
    old.write_text(json.dumps(notebook), "utf-8")
    there = run(old, "-o", tmp_path / "new")
    assert there.returncode == 0, there.stderr
    back = run(tmp_path / "new" / "lesson.py", "-o", tmp_path / "back")
    assert back.returncode == 0, back.stderr
    assert cells(tmp_path / "back" / "lesson.ipynb") == cells(old)


def test_executed_cells_have_outputs_and_the_report_names_those_that_raise(tmp_path: Path):
    reactive = tmp_path / "some.py"
    reactive.write_text(source_of("[1, 2]", "1 / 0", _RICH), "utf-8")
    ended = run(reactive, "-o", tmp_path / "some.ipynb", "--execute", "--json")
    assert ended.returncode == 1
    first, second, third = cells(tmp_path / "some.ipynb")
    assert first["outputs"][0]["data"] == {"text/plain": ["[1, 2]"]}
    rich = {"text/html": ["<b>rich</b>"], "text/plain": ["plain"]}
    assert third["outputs"][0]["data"] == rich
    assert second["outputs"][0]["ename"] == "ZeroDivisionError"
    (outcome,) = json.loads(ended.stdout)
    assert [note["code"] for note in outcome["report"]["notes"]] == ["raises"]


def test_a_notebook_that_is_there_is_not_replaced(tmp_path: Path):
    (tmp_path / "some.py").write_text(source_of("x = 1"), "utf-8")
    old = tmp_path / "some.ipynb"
    old.write_text(json.dumps(v4.new_notebook()), "utf-8")
    before = old.read_bytes()
    assert run(tmp_path / "some.py").returncode == 2
    assert old.read_bytes() == before
