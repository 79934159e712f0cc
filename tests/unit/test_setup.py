"""`jupyter reactive setup`: what it writes, and what it leaves alone."""

from __future__ import annotations

import os
import re
import stat
import sys
from functools import partial
from pathlib import Path

import pytest
from places import set_up, spawner_args, written
from traitlets.config.loader import PyFileConfigLoader

from jupyter_reactive.cli.setup import SetupApp
from jupyter_reactive.errors import InvalidRequest, Unreadable
from jupyter_reactive.setup.places import PLACES, Options, files_for
from jupyter_reactive.setup.writing import apply, changes

TOOLS = Path(sys.executable).parent
VPS = Options(host="lab.example.org", base_url="/jupyter/", user="ada", basic_auth=True)


def run_setup(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run the command; gives what it prints."""
    command = SetupApp()
    command.initialize([*arguments])
    command.start()
    return capsys.readouterr().out


@pytest.mark.parametrize("place", PLACES)
def test_a_second_run_changes_nothing(place, tmp_path: Path):
    assert set_up(place, tmp_path)
    before = written(tmp_path)
    assert not any("@@" in text for text in before.values())
    assert set_up(place, tmp_path) == []
    assert written(tmp_path) == before


def test_ours_is_brought_up_to_date_and_theirs_stays(tmp_path: Path):
    config = tmp_path / "jupyterhub_config.py"
    config.write_text("c.Spawner.args = ['--theirs']")
    config.chmod(0o600)
    set_up("jupyterhub", tmp_path)
    config.write_text(f"{config.read_text()}c.JupyterHub.port = 9000\n")
    text = config.read_text()
    assert set_up("jupyterhub", tmp_path) == []
    assert config.read_text() == text
    assert text.startswith("c.Spawner.args = ['--theirs']\n")
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    set_up("vps", tmp_path / "vps")
    assert set_up("vps", tmp_path / "vps", VPS)
    assert (
        "server_name lab.example.org;" in written(tmp_path / "vps")["jupyter-reactive-nginx.conf"]
    )


def test_what_is_not_ours_is_refused_and_nothing_is_written(tmp_path: Path):
    theirs = tmp_path / "start-marimo.sh"
    theirs.write_text("#!/bin/sh\necho mine\n")
    with pytest.raises(InvalidRequest, match="not from jupyter-reactive"):
        set_up("studiolab", tmp_path)
    assert written(tmp_path) == {"start-marimo.sh": "#!/bin/sh\necho mine\n"}


def test_what_somebody_has_changed_is_not_written_over(tmp_path: Path):
    set_up("studiolab", tmp_path)
    script = tmp_path / "start-marimo.sh"
    changed = script.read_text().replace("8888", "9999")
    script.write_text(changed)
    with pytest.raises(InvalidRequest, match="changed between the marks"):
        set_up("studiolab", tmp_path)
    assert script.read_text() == changed


def test_their_ends_of_lines_stay(tmp_path: Path):
    """A file from Windows without a last end of line: only ours comes, and a second run is none."""
    config = tmp_path / "jupyterhub_config.py"
    theirs = b"c.JupyterHub.port = 1\r\nc.Spawner.args = ['--theirs']"
    config.write_bytes(theirs)
    set_up("jupyterhub", tmp_path)
    first = config.read_bytes()
    assert first.startswith(theirs + b"\r\n# >>> jupyter-reactive")
    assert b"\n" not in first.replace(b"\r\n", b"")
    assert set_up("jupyterhub", tmp_path) == []
    assert spawner_args(PyFileConfigLoader(str(config)).load_config()) == [
        "--theirs",
        "--ReactiveApp.port=8888",
    ]


@pytest.mark.parametrize("damaged", ["first", "last", "both twice"])
def test_marks_that_are_no_pair_are_refused(damaged, tmp_path: Path):
    """Else our lines would stand there twice."""
    set_up("jupyterhub", tmp_path)
    config = tmp_path / "jupyterhub_config.py"
    lines = config.read_text().splitlines(keepends=True)
    text = "".join({"first": lines[1:], "last": lines[:-1], "both twice": lines * 2}[damaged])
    config.write_text(text)
    with pytest.raises(InvalidRequest, match="no pair"):
        set_up("jupyterhub", tmp_path)
    assert config.read_text() == text


def test_a_program_in_another_language_gets_no_line_of_a_shell(tmp_path: Path):
    script = tmp_path / "binder/postBuild"
    script.parent.mkdir()
    script.write_text("#!/usr/bin/env python3\nprint(1)\n")
    with pytest.raises(InvalidRequest, match="no shell script"):
        set_up("binder", tmp_path)
    script.write_text("#!/bin/bash -e\ntrue\n")
    set_up("binder", tmp_path)
    assert "jupyter reactive warm" in script.read_text()


def test_links_in_a_circle_are_told(tmp_path: Path):
    circle = tmp_path / "jupyterhub_config.py"
    circle.symlink_to(circle)
    with pytest.raises(InvalidRequest, match="cannot be read"):
        set_up("jupyterhub", tmp_path)


def test_where_one_file_cannot_be_written_all_are_as_they_were(tmp_path: Path):
    (tmp_path / "Dockerfile").write_text("")
    with pytest.raises(InvalidRequest):
        set_up("vps", tmp_path)
    (tmp_path / "Dockerfile").unlink()
    set_up("vps", tmp_path)
    before = written(tmp_path)
    planned = changes(files_for(PLACES["vps"], VPS), tmp_path)
    last = planned[-1].path
    last.unlink()
    last.mkdir()
    with pytest.raises(Unreadable, match=last.name):
        apply(planned)
    last.rmdir()
    assert written(tmp_path) == {name: text for name, text in before.items() if name != last.name}


def test_a_link_stays_a_link(tmp_path: Path):
    real = tmp_path / "elsewhere.py"
    real.write_text("")
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub/jupyterhub_config.py").symlink_to(real)
    set_up("jupyterhub", tmp_path / "hub")
    assert (tmp_path / "hub/jupyterhub_config.py").is_symlink()
    assert "ReactiveApp" in real.read_text()


def test_a_place_that_takes_no_files_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(InvalidRequest, match="Nothing may be written"):
        set_up("vps", tmp_path / "file/below")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_shut_is_told(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(InvalidRequest, match="Nothing may be written"):
        set_up("vps", tmp_path)
    tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    "options",
    [
        Options(host="a; rm -rf /"),
        Options(host="-x"),
        Options(base_url="/no/end"),
        Options(base_url='/"/'),
        Options(base_url="/../"),
        Options(user="a\nUser=root"),
        Options(image="no tag"),
    ],
)
def test_what_could_be_read_as_something_else_is_refused(options, tmp_path: Path):
    with pytest.raises(InvalidRequest, match="cannot be"):
        set_up("vps", tmp_path, options)
    assert not list(tmp_path.iterdir())


def test_the_command_shows_then_writes_then_says_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    course = tmp_path / "course"
    (course / "binder").mkdir(parents=True)
    (course / "binder/requirements.txt").write_text("numpy\n")
    monkeypatch.chdir(course)

    run = partial(run_setup, capsys)
    shown = run("binder", "--dry-run")
    assert "+jupyter-reactive\n" in shown
    assert " numpy\n" in shown
    assert written(course) == {"binder/requirements.txt": "numpy\n"}
    assert "reactive/open/" in run("binder")
    assert written(course)["binder/requirements.txt"].startswith("numpy\n# >>> jupyter-reactive")
    assert os.access(course / "binder/postBuild", os.X_OK)
    assert "as it was" in run("binder")
    assert run("binder", "--dry-run").count("as it was") == 2
    for wrong, words in ((("moon",), "Name one place: studiolab, "), (("vps", "--port=0"), "port")):
        with pytest.raises(SystemExit) as ended:
            run(*wrong)
        assert ended.value.code == 2
        assert words in capsys.readouterr().err


@pytest.mark.parametrize("place", PLACES)
def test_what_is_left_to_do_speaks_of_this_place(
    place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Each file is in a step, its folder as a shell takes it, and what the user has said."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    folder = tmp_path / "a course"
    said = run_setup(
        capsys, place, f"--to={folder}", "--host=lab.example.org", "--user=ada", "--image=a/b:7"
    )
    steps = said.partition("What is left to do")[2]
    assert not re.search(r"[{}]", steps)
    assert str(folder) not in steps.replace(f"'{folder}", "")
    if place == "vps":
        for path in written(folder):
            assert path in steps or path == "Dockerfile"
        # The certificate is there before nginx reads of it.
        assert steps.index("certbot certonly --nginx -d lab.example.org") < steps.index("nginx -t")
        assert "As ada: " in steps
    if place == "z2jh":
        assert "docker push a/b:7" in steps


@pytest.mark.parametrize(
    "there, folder",
    [
        ("README.md", "binder"),
        ("binder/apt.txt", "binder"),
        (".binder/requirements.txt", ".binder"),
        ("requirements.txt", ""),
        ("setup.py", ""),
    ],
)
def test_binder_finds_what_the_course_had_and_ours(
    there, folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    """repo2docker reads one folder alone: a new `binder/` would hide the others."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    course = tmp_path / "course"
    (course / there).parent.mkdir(parents=True)
    (course / there).write_text("numpy\n")
    run_setup(capsys, "binder", f"--to={course}")
    text = (course / folder / "requirements.txt").read_text()
    assert "jupyter-reactive\n" in text
    assert (course / folder / "postBuild").is_file()
    assert (course / there).read_text().startswith("numpy\n")
    assert [f.name for f in course.rglob("*binder")] == [folder] * bool(folder)


@pytest.mark.parametrize("there", ["environment.yml", "binder/Dockerfile", ".binder/x binder/x"])
def test_a_course_of_which_binder_reads_no_requirements_is_told(
    there, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    course = tmp_path / "course"
    for name in there.split():
        (course / name).parent.mkdir(parents=True)
        (course / name).write_text("")
    before = written(course)
    with pytest.raises(SystemExit):
        run_setup(capsys, "binder", f"--to={course}")
    assert "Binder builds " in capsys.readouterr().err
    assert written(course) == before
