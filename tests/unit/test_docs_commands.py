"""Every command of the documentation: run in a scratch home, or taken by its own parser.

What neither can be done with is listed with the reason.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from course import Course, new_course
from ipynb import ipynb
from traitlets.config import Application

from jupyter_reactive.cli.app import application

ROOT = Path(__file__).parents[2]
PROGRAM = str(Path(sys.executable).with_name("jupyter-reactive"))
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    # An example of a course is no documentation; a command of ours has written its README.
    *sorted(page for page in (ROOT / "docs").glob("**/*.md") if page.parent.name != "course"),
]
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

# Commands that begin like this, and why nobody runs them here.
NOT_HERE = {
    "pip install jupyter-reactive": "asks an index; tests/package installs the wheel",
    "sudo": "changes the machine; its files are in tests/unit/test_setup_places.py",
    "aws": "needs an account; the script that it uploads runs in tests/unit/test_setup_places.py",
    "docker": "needs a Docker; hadolint reads the Dockerfile in tests/unit/test_setup_places.py",
    "helm": "needs a cluster; the values are read in tests/unit/test_setup_places.py",
    "~/setup-marimo.sh": "asks an index: tests/package/test_newcomers.py",
    "~/start-marimo.sh": "runs until it is stopped: tests/package/test_newcomers.py",
}
# What takes long or does not end, and where it runs instead. Its arguments are parsed here.
PARSED = {
    "export": "tests/unit/test_cli_export.py",
    "start": "tests/server/test_fixed_port.py",
    "warm": "tests/server/test_assets.py",
    "doctor": "tests/server/test_doctor.py",
}


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """The code blocks of a page: language and text."""
    for found in re.finditer(
        r"^(```+)([^\n]*)\n(.*?)^\1$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    ):
        yield found[2], found[3]


def commands(page: Path) -> list[str]:
    """The commands of a page's blocks, in their order."""
    text = "".join(text for language, text in blocks(page) if language == "bash")
    lines = text.replace("\\\n", " ").splitlines()
    return [line.partition(" # ")[0].strip() for line in lines if line.strip()]


def parsed(words: list[str]) -> tuple[type, list[str]]:
    """The application and its arguments, which its parser takes."""
    sub, *arguments = words
    app_class = application(sub)
    app = app_class()
    app.parse_command_line(arguments)
    # An option that no alias names would have no effect.
    assert all(name[0].isupper() for name in app.cli_config), words
    return app_class, arguments


def of_ours(command: str) -> list[str] | None:
    """What stands behind `jupyter reactive`, as the shell takes it apart."""
    program, *words = shlex.split(command)
    return words[1:] if Path(program).name == "jupyter" and words[0] == "reactive" else None


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notebook_source: str) -> Course:
    """A course in a home of its own, with the files that the documentation speaks of."""
    course = new_course(tmp_path)
    named = notebook_source.replace("def _(mo, slider)", "def exercise_2(mo, slider)")
    course.write("lesson.py", named)
    course.write("lecture.py", notebook_source)
    course.write("requirements.txt", "jupyter-reactive\n")
    course.write("waves.ipynb", ipynb("x = 1", "x + 1"))
    course.write("course/week-1.ipynb", ipynb("y = 2", "y + 1"))
    course.push(".")
    monkeypatch.chdir(course.folder)
    for name in ("HOME", "GIT_CONFIG_NOSYSTEM", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(name, course.variables[name])
    return course


def status_of(app: Application) -> int:
    """The exit status of a program that runs in this process, without a second for its start."""
    try:
        app.start()
    except SystemExit as e:
        return int(e.code or 0)
    return 0


def run(command: str, course: Course) -> None:
    """Do what a reader would do."""
    words = of_ours(command)
    if words is None:
        program, target, *_rest = shlex.split(command)
        if program == "make":
            assert target in TARGETS, command
        else:
            assert program == "git", f"run {command}, or list it with a reason"
            subprocess.run(["bash", "-c", command], env=course.variables, check=True)
        return
    app_class, arguments = parsed(words)
    if words[0] in PARSED:
        return
    if "--execute" in words:
        # A kernel that runs a notebook leaves its event loop to the end of the process.
        done = subprocess.run([PROGRAM, *words], env=course.variables, check=False)
        status = done.returncode
    else:
        app = app_class()
        app.initialize(arguments)
        status = status_of(app)
    # 1 is done too, with a word to the author.
    assert status in {0, 1}, command


@pytest.mark.parametrize(
    "document",
    [page for page in PAGES if commands(page)],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_commands_do_what_their_page_says(document: Path, course: Course):
    for command in commands(document):
        if not command.startswith(tuple(NOT_HERE)):
            run(command, course)


def test_commands_within_sentences_are_commands():
    seen = 0
    for page in PAGES:
        for text in re.findall(
            r"`((?:jupyter reactive|make) [a-z][^`…]*)`", page.read_text("utf-8")
        ):
            if text.startswith("make "):
                assert text.split()[1] in TARGETS, text
            else:
                parsed(shlex.split(text)[2:])
            seen += 1
    assert seen > 20


def test_every_block_says_what_it_holds():
    for page in PAGES:
        for language, text in blocks(page):
            assert language, f"{page.name}: {text}"


def test_what_is_not_run_is_still_there():
    every = [command for page in PAGES for command in commands(page)]
    assert len(every) > 30
    for beginning in NOT_HERE:
        assert any(command.startswith(beginning) for command in every), beginning
    for sub, where in PARSED.items():
        assert (ROOT / where).is_file(), sub
