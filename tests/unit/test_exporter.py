"""`jupyter nbconvert --to reactive`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat


def write(path: Path, *cells: str, language: str = "python") -> Path:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell, id=str(n)) for n, cell in enumerate(cells)],
        metadata={"language_info": {"name": language}},
    )
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def nbconvert(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "reactive", path.name],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_nothing_is_added_where_all_is_well(tmp_path: Path):
    path = write(tmp_path / "a.ipynb", "x = 1", "x + 1")
    ended = nbconvert(path)
    assert ended.returncode == 0, ended.stderr
    assert "#" not in (tmp_path / "a.py").read_text("utf-8").split("import marimo")[0]


def test_hides_no_module_and_logs_what_needs_hands(tmp_path: Path):
    path = write(tmp_path / "random.ipynb", "import random", "x = 1", "for in", "x + 1")
    ended = nbconvert(path)
    assert ended.returncode == 0, ended.stderr
    (new,) = tmp_path.glob("*.py")
    assert new.name != "random.py"
    assert "Cell 3, needs you" in ended.stderr
    assert "# " in new.read_text("utf-8").split("import marimo")[0]


def test_refuses_with_a_sentence(tmp_path: Path):
    path = write(tmp_path / "r.ipynb", "x <- 1", language="R")
    ended = nbconvert(path)
    assert ended.returncode != 0
    assert "in R, not in Python" in ended.stderr
    assert not list(tmp_path.glob("*.py"))
