"""Every command of the documentation: run in a scratch home, or where it has what it needs.

Of what takes long or does not end the arguments are parsed here, and the whole runs elsewhere too.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from course import Course, new_course
from documented import blocks, commands, section
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

# What needs a machine, an index, a cloud or a container engine of its own, by how it begins.
MACHINES = "tests/package/test_machines.py"
NEWCOMERS = "tests/package/test_newcomers.py"
ELSEWHERE = {
    "pip install jupyter-reactive": NEWCOMERS,
    "~/setup-marimo.sh": NEWCOMERS,
    "~/start-marimo.sh": NEWCOMERS,
    "aws": NEWCOMERS,
    "make lab": NEWCOMERS,
    "make test": ".ci/run",
    "make docs": "tests/lab/test_docs.py",
    "python3 -m venv ~/.venv": MACHINES,
    "~/.venv/bin/": MACHINES,
    "mkdir -p ~/.jupyter": MACHINES,
    "cp -i": MACHINES,
    "sudo": MACHINES,
    "docker": MACHINES,
}
# What takes long or does not end, and where it runs instead. Its arguments are parsed here.
PARSED = {
    "export": "tests/unit/test_cli_export.py",
    "start": "tests/server/test_fixed_port.py",
    "warm": "tests/server/test_assets.py",
    "doctor": "tests/server/test_doctor.py",
}


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
        folder = ROOT if command.startswith("make ") else course.folder
        subprocess.run(["bash", "-c", command], cwd=folder, env=course.variables, check=True)
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


def texts() -> dict[Path, str]:
    return {page: page.read_text("utf-8") for page in PAGES}


@pytest.mark.parametrize(
    "document",
    [page for page, text in texts().items() if commands(text)],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_commands_do_what_their_page_says(document: Path, course: Course):
    for command in commands(document.read_text("utf-8")):
        if not command.startswith(tuple(ELSEWHERE)):
            run(command, course)


def test_commands_within_sentences_are_commands():
    seen = 0
    for text in texts().values():
        for command in re.findall(r"`((?:jupyter reactive|make) [a-z][^`…]*)`", text):
            if command.startswith("make "):
                assert command.split()[1] in TARGETS, command
            else:
                parsed(shlex.split(command)[2:])
            seen += 1
    assert seen > 20


def test_every_block_says_what_it_holds():
    for page, text in texts().items():
        for language, block in blocks(text):
            assert language, f"{page.name}: {block}"


def test_what_runs_elsewhere_runs_there():
    every = [command for text in texts().values() for command in commands(text)]
    for beginning in ELSEWHERE:
        assert any(command.startswith(beginning) for command in every), beginning
    for where in (*ELSEWHERE.values(), *PARSED.values()):
        assert (ROOT / where).is_file(), where
    typed = "".join((ROOT / where).read_text("utf-8") for where in (NEWCOMERS, MACHINES))
    for page, text in texts().items():
        if page.parent.name == "platforms" and commands(text):
            assert f'"platforms/{page.name}"' in typed
            for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
                if commands(section(text, heading)):
                    assert f'"{heading}"' in typed
