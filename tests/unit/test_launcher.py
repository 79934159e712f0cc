"""What would be run: the command holds no secret, and a wrong setting is told early."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from traitlets import TraitError

from jupyter_reactive.servers.launcher import SNAPSHOT_SCRIPT, EditServerLauncher
from jupyter_reactive.start_errors import MarimoMissing, PythonUnknown


def test_default_is_the_marimo_of_this_environment(tmp_path: Path):
    spec = EditServerLauncher().spec(tmp_path)
    python, script, _folder, *command = spec.command
    assert (python, script) == (sys.executable, str(SNAPSHOT_SCRIPT))
    assert command[:4] == ["-m", "marimo", "edit", str(tmp_path)]
    assert spec.folder == tmp_path
    assert spec.url == f"http://127.0.0.1:{spec.port}"


def test_secret_is_new_each_time_and_stands_in_no_command(tmp_path: Path):
    launcher = EditServerLauncher()
    one, two = launcher.spec(tmp_path), launcher.spec(tmp_path)
    assert one.secret != two.secret
    assert len(one.secret) >= 32
    assert one.secret not in " ".join(one.command)
    assert one.secret not in repr(one)


def test_another_marimo(tmp_path: Path):
    program = tmp_path / "marimo"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    launcher = EditServerLauncher(command=[str(program)], extra_args=["--watch"])
    command = launcher.spec(tmp_path).command
    assert command[:2] == (str(program), "edit")
    assert command[-1] == "--watch"


def test_python_script_keeps_its_python(tmp_path: Path):
    program = tmp_path / "marimo"
    program.write_text("#!/opt/course/bin/python3\n")
    program.chmod(0o755)
    launcher = EditServerLauncher(command=[str(program)], snapshot_dir=str(tmp_path / "kept"))
    command = launcher.spec(tmp_path).command
    kept = str(tmp_path / "kept")
    expected = ("/opt/course/bin/python3", str(SNAPSHOT_SCRIPT), kept, str(program), "edit")
    assert command[:5] == expected


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """An environment with a Python, and with commands in its `bin` that begin in other ways."""
    folder = tmp_path / "course/bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    begins = {"marimo": f"#!{folder}/python3", "begun-by-a-shell": "#!/bin/sh", "uvx": "#!/bin/sh"}
    for name, begin in begins.items():
        (folder / name).write_text(f"{begin}\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    "command, python",
    [
        (["python", "-m", "marimo"], "python"),
        (["marimo"], "python3"),
        (["begun-by-a-shell"], "python"),
    ],
    ids=["a Python", "a Python's script", "a shell's script beside a Python"],
)
def test_python_of_the_notebooks(course: Path, command: list[str], python: str):
    program, *rest = command
    launcher = EditServerLauncher(command=[str(course / program), *rest])
    assert launcher.python() == str(course / python)


def test_python_of_the_notebooks_is_our_own_where_nothing_else_is_set():
    assert EditServerLauncher().python() == sys.executable


@pytest.mark.parametrize("arguments, has_python", [(["marimo"], True), ([], False)])
def test_python_that_nobody_can_tell(course: Path, arguments: list[str], has_python: bool):
    """A runner makes an environment of its own; and a script may stand alone."""
    if not has_python:
        (course / "python").unlink()
    launcher = EditServerLauncher(command=[str(course / "uvx"), *arguments])
    with pytest.raises(PythonUnknown) as raised:
        launcher.python()
    assert str(course / "uvx") in raised.value.message
    assert "c.AppServerLauncher.python" in raised.value.remedy


def test_marimos_own_place_for_results(tmp_path: Path):
    command = EditServerLauncher(snapshot_dir="").spec(tmp_path).command
    assert command[:4] == (sys.executable, "-m", "marimo", "edit")


def test_missing_marimo_says_which_setting(tmp_path: Path):
    launcher = EditServerLauncher(command=[str(tmp_path / "nix")])
    with pytest.raises(MarimoMissing) as raised:
        launcher.spec(tmp_path)
    assert str(tmp_path / "nix") in raised.value.message
    assert "c.EditServerLauncher.command" in raised.value.remedy


@pytest.mark.parametrize(
    "argument", ["--no-token", "--token-password=x", "--host", "--no-skew-protection"]
)
def test_safety_cannot_be_argued_away(argument: str):
    with pytest.raises(TraitError, match="cannot be changed"):
        EditServerLauncher(extra_args=[argument])


def test_environment_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FROM_JUPYTER", "1")
    environment = EditServerLauncher(environment={"EXTRA": "2"}).spec(tmp_path).environment
    assert environment["FROM_JUPYTER"] == "1"
    assert environment["EXTRA"] == "2"
