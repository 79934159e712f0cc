"""Each check finds its trouble. Real folders, a real program, real cgroup files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from jupyter_reactive.diagnosis.engine import engine, engine_python
from jupyter_reactive.diagnosis.findings import Level
from jupyter_reactive.diagnosis.machine import folder, memory, variables


def program(path: Path, version: str) -> list[str]:
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return [str(path)]


@pytest.mark.parametrize(
    "version, level, words",
    [
        ("0.19.4", Level.PROBLEM, "marimo 0.19.4 is too old"),
        ("0.25.1", Level.OK, "marimo 0.25.1"),
        ("99.1.0", Level.WARNING, "newer than any that was tested"),
        ("", Level.PROBLEM, "does not tell its version"),
    ],
)
def test_version_of_another_marimo(tmp_path: Path, version: str, level: Level, words: str):
    finding = engine(program(tmp_path / "marimo", version), os.environ)
    assert (finding.level, words in finding.message) == (level, True)
    assert bool(finding.remedy) is (level is not Level.OK)


def test_another_python_is_named(tmp_path: Path):
    script = tmp_path / "marimo"
    script.write_text("#!/opt/course/bin/python3\n")
    script.chmod(0o755)
    finding = engine_python([str(script)])
    assert finding
    assert "/opt/course/bin/python3" in finding.message
    assert engine_python([]) is None
    assert engine_python([sys.executable, "-m", "marimo"]) is None


@pytest.mark.parametrize("limit, level", [(8 << 30, Level.OK), (300 << 20, Level.WARNING)])
@pytest.mark.parametrize(
    "names",
    [
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ],
    ids=["v2", "v1"],
)
def test_memory_limit(tmp_path: Path, names: tuple[str, str], limit: int, level: Level):
    (tmp_path / "memory").mkdir()
    (tmp_path / names[0]).write_text(f"{limit}\n")
    (tmp_path / names[1]).write_text(f"{100 << 20}\n")
    finding = memory(tmp_path)
    assert finding
    assert finding.level is level


@pytest.mark.parametrize("limit", ["max", str(0x7FFFFFFFFFFFF000)])
def test_no_memory_limit(tmp_path: Path, limit: str):
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory/memory.limit_in_bytes").write_text(limit)
    assert memory(tmp_path) is None


def test_missing_folder_is_a_problem(tmp_path: Path):
    assert folder("folder", tmp_path).level is Level.OK
    assert folder("folder", tmp_path / "nix").level is Level.PROBLEM


def test_variables_are_named_without_their_values():
    (finding,) = variables({"PYTHONPATH": "/s3cret", "HOME": "/root", "PYTHONHOME": ""})
    assert "PYTHONPATH" in finding.message
    assert "s3cret" not in str(finding)
