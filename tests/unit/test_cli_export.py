"""`jupyter reactive export`: what it writes, what it says, how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from reports import BROKEN, ENDLESS, SUM, exporting

PROGRAM = str(Path(sys.executable).with_name("jupyter-reactive"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a notebook in it."""
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "sum.py").write_text(SUM, "utf-8")
    return folder


@pytest.fixture
def environment(tmp_path: Path, marimo_config: Path) -> dict[str, str]:
    """The variables of a command that has a folder of its own for temporary files."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    return {**os.environ, "TMPDIR": str(temporary)}


@pytest.fixture
def export(folder: Path, environment: dict[str, str], tmp_path: Path):
    """Export in the folder; whatever comes of it, nothing is left behind."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [PROGRAM, "export", *arguments],
            cwd=folder,
            env={**environment, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=110,
        )
        assert list((tmp_path / "temporary").iterdir()) == []
        assert not list(folder.glob(".*"))
        return ended

    return run


def test_folder_is_mirrored_and_cells_that_raise_are_named(export, folder: Path):
    (folder / "module.py").write_text("raise SystemExit\n")
    (folder / "week 2").mkdir()
    (folder / "week 2/broken.py").write_text(BROKEN, "utf-8")
    (folder / "sum.py").unlink()
    ended = export(".", "-o", "../reports")
    assert ended.returncode == 1, ended.stderr
    assert "[1/1] week 2/broken.py → ../reports/week 2/broken.html" in ended.stdout
    assert "Cell 2 (boom): division by zero" in ended.stderr
    (report,) = (path for path in (folder.parent / "reports").rglob("*") if path.is_file())
    page = report.read_text("utf-8")
    assert "ZeroDivisionError" in page
    # The cells that do not need it have run.
    assert "49" in page
    ended = export("week 2/broken.py", "-o", "../reports/week 2/broken.html")
    assert ended.returncode == 2
    assert "is there already" in ended.stderr
    assert report.read_text("utf-8") == page


def test_notebook_of_jupyter_has_outputs(export, folder: Path):
    ended = export("sum.py", "--to", "ipynb", "--json")
    (outcome,) = json.loads(ended.stdout)
    assert (ended.returncode, outcome["status"], outcome["errors"]) == (0, 0, [])
    notebook = json.loads((folder / outcome["path"]).read_text("utf-8"))
    printed, shown = notebook["cells"][1]["outputs"]
    assert printed["text"] == ["printed\n"]
    assert "42" in json.dumps(shown)


def test_text_is_not_run_and_replaced_only_by_force(export, folder: Path):
    (folder / "endless.py").write_text(ENDLESS, "utf-8")
    (folder / "text.md").write_text("mine")
    assert export("endless.py", "--to", "markdown", "-o", "text.md").returncode == 2
    assert (folder / "text.md").read_text() == "mine"
    assert export("endless.py", "--to", "markdown", "-o", "text.md", "--force").returncode == 0
    assert "```python {.marimo}" in (folder / "text.md").read_text("utf-8")
    assert not (folder / "begun").exists()


def test_script_runs_by_itself(export, folder: Path):
    assert export("sum.py", "--to", "script").returncode == 0
    ended = subprocess.run(
        [sys.executable, "sum.script.py"], cwd=folder, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "printed\n"


def test_wasm_is_a_folder(export, folder: Path):
    ended = export("sum.py", "--to", "wasm")
    assert ended.returncode == 0, ended.stderr
    assert "<marimo-wasm" in (folder / "sum_wasm/index.html").read_text("utf-8")
    assert list((folder / "sum_wasm/assets").glob("*.js"))


def test_pdf_without_its_tools_is_told_with_the_remedy(export, folder: Path, tmp_path: Path):
    # Nothing of Playwright, and no TeX wherever this runs.
    empty = tmp_path / "empty"
    empty.mkdir()
    nowhere = {"PLAYWRIGHT_BROWSERS_PATH": str(empty), "PATH": str(empty)}
    ended = export("sum.py", "--to", "pdf", **nowhere)
    assert ended.returncode == 2
    assert "Playwright's Chromium is missing" in ended.stderr
    assert "playwright install" in ended.stderr
    assert not list(folder.glob("*.pdf"))


@pytest.mark.parametrize("name", ["missing.py", "*.txt"])
def test_nothing_to_export(export, name: str):
    ended = export(name)
    assert ended.returncode == 2
    assert "names no notebook" in ended.stderr


def test_interrupt_ends_everything(folder: Path, environment: dict[str, str], tmp_path: Path):
    (folder / "endless.py").write_text(ENDLESS, "utf-8")
    with subprocess.Popen(
        [PROGRAM, "export", "endless.py"], cwd=folder, env=environment, stderr=subprocess.PIPE
    ) as running:
        try:
            deadline = time.monotonic() + 60
            while not (folder / "begun").exists():
                assert time.monotonic() < deadline
                time.sleep(0.05)
            started = exporting(running.pid)
            running.send_signal(signal.SIGINT)
            assert running.wait(20) == 130
        finally:
            running.kill()
    assert started
    _gone, alive = psutil.wait_procs(started, 10)
    assert alive == []
    assert not list(folder.glob("*.html"))
    assert list((tmp_path / "temporary").iterdir()) == []
