"""`jupyter nbconvert --to reactive`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ipynb import ipynb


def nbconvert(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "reactive", path.name],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )


def test_nothing_is_added_where_all_is_well(tmp_path: Path):
    path = tmp_path / "a.ipynb"
    path.write_text(ipynb("x = 1", "x + 1"), "utf-8")
    ended = nbconvert(path)
    assert ended.returncode == 0, ended.stderr
    assert "#" not in (tmp_path / "a.py").read_text("utf-8").split("import marimo")[0]


def test_hides_no_module_and_logs_what_needs_hands(tmp_path: Path):
    path = tmp_path / "random.ipynb"
    path.write_text(ipynb("import random", "x = 1", "for in", "x + 1"), "utf-8")
    ended = nbconvert(path)
    assert ended.returncode == 0, ended.stderr
    (new,) = tmp_path.glob("*.py")
    assert new.name != "random.py"
    assert "Cell 3, needs you" in ended.stderr
    assert "# " in new.read_text("utf-8").split("import marimo")[0]


def test_refuses_with_a_sentence(tmp_path: Path):
    path = tmp_path / "r.ipynb"
    path.write_text(ipynb("x <- 1", language="R"), "utf-8")
    ended = nbconvert(path)
    assert ended.returncode != 0
    assert "in R, not in Python" in ended.stderr
    assert not list(tmp_path.glob("*.py"))
