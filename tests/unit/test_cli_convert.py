"""`jupyter reactive convert`: what it writes, what it says, how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
import pytest

CLEAN = ("x = 1", "x + 1")
NEEDS_HANDS = ("x = 1", "for in", "x")


def write(path: Path, *cells: str, language: str = "python") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell, id=str(n)) for n, cell in enumerate(cells)],
        metadata={"language_info": {"name": language}},
    )
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def convert(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("jupyter-reactive"), "convert", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_folder_is_mirrored_and_the_old_ones_stay(tmp_path: Path):
    one = write(tmp_path / "course" / "one.ipynb", *CLEAN)
    write(tmp_path / "course" / "week 2" / "two.ipynb", *CLEAN)
    write(tmp_path / "course" / ".ipynb_checkpoints" / "one-checkpoint.ipynb", *CLEAN)
    before = one.read_bytes()
    ended = convert(tmp_path, "course", "-o", "new")
    assert (ended.returncode, ended.stderr) == (0, "")
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.py"))
    assert found == ["new/one.py", "new/week 2/two.py"]
    assert one.read_bytes() == before
    assert not list(tmp_path.rglob(".*.py"))


def test_report_for_people_and_status_1(tmp_path: Path):
    write(tmp_path / "a.ipynb", *NEEDS_HANDS)
    ended = convert(tmp_path, "a.ipynb")
    assert ended.returncode == 1
    assert "3 cells: 2 kept, 0 changed, 1 need you." in ended.stdout
    assert "Cell 2, needs you (a.py:" in ended.stdout
    line = int(ended.stdout.split("(a.py:")[1].split(")")[0])
    assert (tmp_path / "a.py").read_text().splitlines()[line - 1].startswith("@app.cell")


def test_report_for_programs_and_the_worst_status(tmp_path: Path):
    write(tmp_path / "a.ipynb", *NEEDS_HANDS)
    write(tmp_path / "b.ipynb", *CLEAN)
    write(tmp_path / "c.ipynb", "x <- 1", language="R")
    ended = convert(tmp_path, "*.ipynb", "--json")
    outcomes = json.loads(ended.stdout)
    assert ended.returncode == 2
    assert [outcome["status"] for outcome in outcomes] == [1, 0, 2]
    assert "in R, not in Python" in outcomes[2]["error"]
    assert outcomes[1]["report"]["summary"] == {"kept": 2, "changed": 0, "needs you": 0}
    assert not (tmp_path / "c.py").exists()


def test_never_overwrites_unless_told(tmp_path: Path):
    write(tmp_path / "a.ipynb", *CLEAN)
    (tmp_path / "a.py").write_text("mine")
    assert convert(tmp_path, "a.ipynb").returncode == 2
    assert (tmp_path / "a.py").read_text() == "mine"
    assert convert(tmp_path, "a.ipynb", "--force").returncode == 0
    assert "marimo.App" in (tmp_path / "a.py").read_text()


def test_single_file_gets_the_name_that_was_asked_for(tmp_path: Path):
    write(tmp_path / "a.ipynb", *CLEAN)
    assert convert(tmp_path, "a.ipynb", "-o", "sub/b.py").returncode == 0
    assert (tmp_path / "sub" / "b.py").exists()


def test_dry_run_writes_nothing(tmp_path: Path):
    write(tmp_path / "a.ipynb", *CLEAN)
    assert convert(tmp_path, "a.ipynb", "--dry-run").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["a.ipynb"]


@pytest.mark.parametrize("name", ["missing.ipynb", "*.ipynb", "."])
def test_nothing_to_convert(tmp_path: Path, name: str):
    ended = convert(tmp_path, name)
    assert ended.returncode == 2
    assert "names no notebook" in ended.stderr


def test_no_file_of_the_folder_is_run(tmp_path: Path):
    write(tmp_path / "a.ipynb", "from helper import *\nhelp_me()\nfrom json import *")
    (tmp_path / "helper.py").write_text("raise SystemExit\ndef help_me(): pass")
    (tmp_path / "json.py").write_text("raise SystemExit")
    ended = convert(tmp_path, "a.ipynb")
    assert ended.returncode == 0, ended.stderr
    assert "from helper import help_me" in (tmp_path / "a.py").read_text()


@pytest.mark.parametrize("jobs", [1, 3])
def test_some_at_a_time(tmp_path: Path, jobs: int):
    for number in range(6):
        write(tmp_path / f"{number}.ipynb", *(f"x = {cell}\nx" for cell in range(60)))
    at_once = 0
    command = [Path(sys.executable).with_name("jupyter-reactive"), "convert", ".", "-j", str(jobs)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) as running:
        process = psutil.Process(running.pid)
        while running.poll() is None:
            with suppress(psutil.NoSuchProcess):
                at_once = max(at_once, len(process.children()))
    assert running.returncode == 0
    assert at_once == jobs
    assert len(list(tmp_path.glob("*.py"))) == 6


def test_notebook_that_takes_too_long_is_refused_and_the_rest_goes_on(tmp_path: Path):
    write(tmp_path / "a.ipynb", *CLEAN)
    ended = convert(tmp_path, "a.ipynb", "--seconds", "0.1")
    assert ended.returncode == 2
    assert "longer than 0.1 seconds" in ended.stderr
