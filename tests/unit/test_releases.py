"""What was released of a notebook: what has changed since, and the way back to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from course import Course, Done, commands, new_course
from ipynb import ipynb

from jupyter_reactive.cli.released import ChangesApp, ResetApp
from jupyter_reactive.releases.changes import changes

NOTEBOOK = """import marimo

app = marimo.App()
"""


def notebook(*cells: str) -> str:
    """A reactive notebook; a cell may begin with its name and a colon."""
    text = NOTEBOOK
    for cell in cells:
        name, colon, source = cell.partition(": ")
        name, source = (name, source) if colon else ("_", cell)
        body = "\n".join(f"    {line}" for line in source.splitlines())
        text += f"\n\n@app.cell\ndef {name}():\n{body}\n    return\n"
    return text


def told(released: str, mine: str, suffix: str = ".py") -> list[tuple]:
    return [
        (change.kind.value, change.released_cell, change.cell, change.name, list(change.lines))
        for change in changes(released.encode(), mine.encode(), suffix)
    ]


@pytest.mark.parametrize(
    "mine, expected",
    [
        pytest.param(("a = 1", "work: b = 2", "c = 3"), [], id="nothing"),
        pytest.param(
            ("a = 1", "work: b = 20\nd = 4", "c = 3"),
            [("changed", 2, 2, "work", ["-b = 2", "+b = 20", "+d = 4"])],
            id="changed, known by its name",
        ),
        pytest.param(
            ("a = 1", "work: b = 2", "x = 'mine'", "c = 3"),
            [("added", None, 3, "", ["+x = 'mine'"])],
            id="added",
        ),
        pytest.param(("a = 1", "c = 3"), [("removed", 2, None, "work", ["-b = 2"])], id="removed"),
        pytest.param(("c = 3", "a = 1", "work: b = 2"), [("moved", 3, 1, "", [])], id="moved"),
        pytest.param(
            ("a = 1", "import numpy as np", "work: solved(np)", "c = 3"),
            [
                ("added", None, 2, "", ["+import numpy as np"]),
                ("changed", 2, 3, "work", ["-b = 2", "+solved(np)"]),
            ],
            id="one is new and its neighbour another",
        ),
    ],
)
def test_changes_are_told_by_cell(mine, expected):
    assert told(notebook("a = 1", "work: b = 2", "c = 3"), notebook(*mine)) == expected


def test_cells_of_jupyter_and_what_is_no_notebook(subtests):
    with subtests.test("cells of Jupyter"):
        assert told(ipynb("1 + 1", "2"), ipynb("1 + 10", "2"), ".ipynb") == [
            ("changed", 1, 1, "", ["-1 + 1", "+1 + 10"])
        ]
    with subtests.test("code that does not parse is told line by line"):
        mine = notebook("a = 1").replace("a = 1", "a = (")
        ((kind, _released, _cell, _name, lines),) = told(notebook("a = 1"), mine)
        assert kind == "changed"
        assert "-    a = 1" in lines
        assert "+    a = (" in lines


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course whose lesson has been released."""
    course = new_course(tmp_path)
    course.write("week 1/é.py", notebook("a = 1", "work: b = 2"))
    course.push(".")
    return course


@pytest.fixture
def run(course: Course, monkeypatch: pytest.MonkeyPatch, capsys) -> Callable[..., Done]:
    """Run a command in the course's folder."""
    return commands(course, monkeypatch, capsys)


def test_reset_keeps_mine_and_overwrites_nothing(course, run, subtests):
    lesson = course.folder / "week 1/é.py"
    released = lesson.read_bytes()
    with subtests.test("what is as it was released stays, and nothing is made"):
        assert run(ChangesApp, "week 1/é.py").returncode == 0
        assert "as it was released" in run(ResetApp, "week 1/é.py").stdout
        assert [path.name for path in lesson.parent.iterdir()] == ["é.py"]
    with subtests.test("changes are shown by cell, and for programs"):
        lesson.write_text(notebook("a = 1", "work: b = 3"), "utf-8")
        done = run(ChangesApp, "week 1/é.py")
        assert (done.returncode, done.stderr) == (1, "")
        assert "é.py, beside origin/main of 20" in done.stdout
        assert "Cell 2 (work) is changed:\n  -b = 2\n  +b = 3" in done.stdout
        found = json.loads(run(ChangesApp, "week 1/é.py", "--json").stdout)
        assert found["changes"][0]["lines"] == ["-b = 2", "+b = 3"]
    with subtests.test("mine gets a name that is free, with its permissions"):
        (lesson.parent / "é_mine.py").write_text("somebody's")
        mine = lesson.read_bytes()
        lesson.chmod(0o600)
        done = run(ResetApp, "week 1/é.py")
        assert (done.returncode, done.stderr) == (0, "")
        assert "Yours is “é_mine_1.py”" in done.stdout
        assert lesson.read_bytes() == released
        assert (lesson.parent / "é_mine.py").read_text() == "somebody's"
        assert (lesson.parent / "é_mine_1.py").read_bytes() == mine
        assert (lesson.parent / "é_mine_1.py").stat().st_mode & 0o777 == 0o600
        assert len(list(lesson.parent.iterdir())) == 3
    with subtests.test("what nbgitpuller has merged is no release: the remote's branch is"):
        lesson.write_text(notebook("a = 1", "work: b = 4"), "utf-8")
        course.commit("week 1/é.py")
        assert run(ChangesApp, "week 1/é.py").returncode == 1
        assert run(ResetApp, "week 1/é.py").returncode == 0
        assert lesson.read_bytes() == released


def test_refuses_with_a_sentence(course, run, tmp_path, subtests):
    def refused(name: str, sentence: str) -> None:
        for kind in (ChangesApp, ResetApp):
            done = run(kind, name)
            assert (done.returncode, done.stdout) == (2, "")
            assert sentence in done.stderr

    with subtests.test("no file"):
        refused("gone.py", "There is no file")
    with subtests.test("a file of one's own"):
        course.write("mine.py", notebook("a = 1"))
        refused("mine.py", "is yours alone")
    with subtests.test("a link"):
        (course.folder / "link.py").symlink_to("week 1/é.py")
        refused("link.py", "is a link to another file")
    with subtests.test("no repository"):
        (tmp_path / "alone.py").write_text(notebook("a = 1"))
        refused(str(tmp_path / "alone.py"), "in no git repository")
    with subtests.test("a repository that follows nothing"):
        course.git("remote", "remove", "origin")
        refused("week 1/é.py", "follows none that a release could come from")
    with subtests.test("no git"):
        course.variables["PATH"] = str(tmp_path)
        refused("week 1/é.py", "git is not installed here")


def test_no_program_of_a_checkout_is_run(course, run, tmp_path):
    trap = course.write("trap", f"#!/bin/sh\ntouch '{tmp_path}/sprung'\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "diff.external", "gpg.program", "filter.trap.smudge"):
        course.git("config", name, str(trap))
    course.git("config", "log.showSignature", "true")
    course.write(".gitattributes", "*.py filter=trap\n")
    lesson = course.write("week 1/é.py", notebook("a = 2"))
    (tmp_path / "sprung").unlink(missing_ok=True)
    assert run(ChangesApp, "week 1/é.py").returncode == 1
    assert run(ResetApp, "week 1/é.py").returncode == 0
    assert not (tmp_path / "sprung").exists()
    assert lesson.read_text("utf-8") == notebook("a = 1", "work: b = 2")
