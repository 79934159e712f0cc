"""`jupyter reactive readme`: the block says what is there, and nothing else of the file changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from course import ADDRESS, Course, Done, commands, ready

from jupyter_reactive.cli.readme import ReadmeApp

SECRET = "ghp_s3cret"
OWN = "# A course\r\n\r\nMine: é.\r\n"


@pytest.fixture
def readme(course: Course, monkeypatch: pytest.MonkeyPatch, capsys) -> Callable[..., Done]:
    """Run the command in the course's folder."""
    return partial(commands(course, monkeypatch, capsys), ReadmeApp)


def text(course: Course) -> str:
    return (course.folder / "README.md").read_bytes().decode("utf-8")


def test_block_has_both_ways_and_all_else_stays(course, readme, notebook_source, subtests):
    ready(course, notebook_source)
    course.write("alone_here.ipynb", '{"cells": [], "metadata": {}, "nbformat": 4}')
    course.write("program.py", "print('no notebook')\n")
    course.write("untracked.py", notebook_source)
    course.commit("alone_here.ipynb", "program.py")
    (course.folder / "README.md").write_bytes(OWN.encode())
    done = readme()
    assert (done.returncode, done.stderr) == (0, "")
    first = text(course)
    with subtests.test("what was there is there, with its line ends"):
        assert first.startswith(OWN)
        assert "\n" not in first.replace("\r\n", "")
    with subtests.test("a row for each notebook that git has"):
        rows = [line for line in first.splitlines() if line.startswith("| ")][1:]
        assert len(rows) == 3
        assert "[alone\\_here.ipynb](alone_here.ipynb)" in rows[1]
        assert "untracked" not in first
        assert "program" not in first
    with subtests.test("Jupyter and reactive, here and elsewhere"):
        both = rows[2]
        assert "](week%201/%C3%A9.ipynb)" in both
        assert "colab.research.google.com/github/ada/course/blob/main/week%201/" in both
        assert "urlpath=lab%2Ftree%2Fweek%25201" in both
        assert "urlpath=reactive%2Fopen%2Fweek%25201" in both
        assert "urlpath=reactive%2Frun%2Fweek%25201" in both
        assert f"git clone {ADDRESS}" in first
    with subtests.test("a second run changes nothing, and the check agrees"):
        assert readme().returncode == 0
        assert text(course) == first
        assert readme("--check").returncode == 0
    with subtests.test("a Hub is taken up, and kept"):
        assert readme("--hub", "https://hub.example.org/hub/home").returncode == 0
        assert readme().returncode == 0
        assert "https://hub.example.org/hub/user-redirect/git-pull?" in text(course)
    with subtests.test("words around the block stay where they are"):
        (course.folder / "README.md").write_bytes((text(course) + "\r\nEnd.\r\n").encode())
        course.git("rm", "--quiet", "alone_here.ipynb")
        stale = readme("--check")
        assert stale.returncode == 1
        assert "-| alone here |" in stale.stdout
        assert readme().returncode == 0
        assert text(course).startswith(OWN)
        assert text(course).endswith("<!-- <<< jupyter reactive readme <<< -->\r\n\r\nEnd.\r\n")
        assert "alone" not in text(course)


def test_folder_of_a_repository(course, readme, notebook_source):
    """What readers click on stands beside the README; what platforms open, in the repository."""
    ready(course, notebook_source)
    assert readme("week 1").returncode == 0
    block = (course.folder / "week 1/README.md").read_text("utf-8")
    assert "](%C3%A9.py)" in block
    assert "urlpath=reactive%2Fopen%2Fweek%25201%2F%25C3%25A9.py" in block
    assert "/blob/main/week%201/%C3%A9.ipynb" in block
    assert "cd 'course/week 1'" in block
    assert readme("week 1", "--check").returncode == 0
    assert not (course.folder / "README.md").exists()


def test_check_holds_in_a_fork_and_without_the_network(course, readme, notebook_source):
    ready(course, notebook_source)
    readme()
    course.git("checkout", "--quiet", "--detach")
    course.git("remote", "set-url", "origin", "https://github.com/grace/course")
    course.goes_to({"https://github.com/": "http://127.0.0.1:1/"})
    done = readme("--check")
    assert done.returncode == 0
    assert "The remote here is https://github.com/grace/course" in done.stderr
    assert readme("--remote", "origin").returncode == 0
    assert "gh/grace/course" in text(course)
    assert "gh/ada/course" not in text(course)


def test_no_badge_is_invented(course, readme, notebook_source, tmp_path, subtests):
    ready(course, notebook_source)

    def without_links(sentence: str) -> None:
        (course.folder / "README.md").unlink(missing_ok=True)
        done = readme()
        assert done.returncode == 0
        assert sentence in done.stderr
        assert "no public address" in done.stderr
        # marimo's own page is no link to the project.
        assert re.findall(r"https?://[^)]+", text(course)) == ["https://marimo.io"]
        assert readme("--check").returncode == 0

    with subtests.test("a repository that is gone or private"):
        course.goes_to({"https://github.com/ada/": f"{(tmp_path / 'nowhere').as_uri()}/"})
        without_links("Strangers cannot read")
    with subtests.test("a folder of this machine"):
        course.git("remote", "set-url", "origin", f"{tmp_path}/remotes/course")
        without_links("no public address")
    with subtests.test("no remote"):
        course.git("remote", "remove", "origin")
        without_links("no public address")
    with subtests.test("Binder without us opens the Jupyter half alone"):
        course.git("remote", "add", "origin", ADDRESS)
        course.goes_to({"https://github.com/ada/": f"{(tmp_path / 'remotes').as_uri()}/"})
        course.git("rm", "--quiet", "-r", "binder")
        done = readme("--remote", "origin")
        assert "names jupyter-reactive" in done.stderr
        assert "urlpath=lab" in text(course)
        assert "urlpath=reactive" not in text(course)


def test_no_secret_of_the_remote_gets_into_a_readme(course, readme, notebook_source):
    ready(course, notebook_source)
    course.git("remote", "set-url", "origin", f"https://ada:{SECRET}@github.com/ada/course.git")
    course.goes_to({"https://github.com/": "http://127.0.0.1:1/"})
    done = readme()
    assert done.returncode == 0
    assert "holds a user name or password" in done.stderr
    assert SECRET not in text(course) + done.stdout + done.stderr
    # Nor one that somebody has written into the first mark.
    course.write(
        "README.md", text(course).replace("address=https://", f"address=https://x:{SECRET}@")
    )
    assert SECRET in text(course)
    readme()
    assert SECRET not in text(course)
    course.git("remote", "set-url", "origin", f"{ADDRESS}?private_token={SECRET}")
    done = readme("--remote", "origin")
    assert done.returncode == 2
    assert SECRET not in text(course) + done.stdout + done.stderr


def test_refuses_with_a_sentence(course, readme, notebook_source, subtests):
    with subtests.test("no notebook"):
        done = readme()
        assert (done.returncode, done.stdout) == (2, "")
        assert "There is no notebook" in done.stderr
    ready(course, notebook_source)
    with subtests.test("no folder"):
        assert "There is no folder" in readme("nowhere").stderr
    with subtests.test("a README of another folder"):
        done = readme("--file", "docs/README.md")
        assert done.returncode == 2
        assert "not in the folder" in done.stderr
        assert not (course.folder / "docs").exists()
    with subtests.test("half a pair of marks"):
        half = "<!-- >>> jupyter reactive readme >>> -->\nmine\n"
        course.write("README.md", half)
        done = readme()
        assert done.returncode == 2
        assert "are no pair" in done.stderr
        assert text(course) == half
    with subtests.test("two pairs of marks"):
        course.write("README.md", "")
        readme()
        twice = text(course) * 2
        course.write("README.md", twice)
        assert "are no pair" in readme("--check").stderr
        assert text(course) == twice
    with subtests.test("no text"):
        (course.folder / "README.md").write_bytes(b"\xff\xfe")
        assert "cannot be read" in readme().stderr
