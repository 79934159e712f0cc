"""The hooks of lessons with real graders, set as the documentation has them.

nbgrader with its exchange folder, mograder with its assignment server. Each in the environment
that Jupyter and our wheel are in, with an instructor and a student of its own.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import uv
from documented import python_block
from jupyter_process import free_port
from nbformat import v4
from started import started

TOKEN = "a-token-of-the-student"
ADDRESS = "https://mograder.example.org"

# They build the wheel, install graders from an index and run notebooks: some minutes.
pytestmark = [pytest.mark.package, pytest.mark.slow, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Person:
    """An instructor or a student, with a home and a Jupyter configuration of their own."""

    home: Path
    environment: Path
    shell: dict[str, str]

    @property
    def variables(self) -> dict[str, str]:
        uv_folder = Path(uv.find_uv_bin()).parent
        return {
            **self.shell,
            "HOME": str(self.home),
            "PATH": f"{self.environment}/bin:{uv_folder}:/usr/bin:/bin",
            "JUPYTER_CONFIG_DIR": str(self.home / "config"),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"),
        }

    @property
    def root(self) -> Path:
        return self.home / "work"

    def configure(self, name: str, text: str) -> None:
        (self.home / "config").mkdir(exist_ok=True)
        (self.home / f"config/{name}").write_text(f"c = get_config()\n{text}")

    def run(self, *command: str, status: int = 0) -> str:
        """Run a program of the environment where the person works; what it says."""
        done = subprocess.run(
            [str(self.environment / "bin" / command[0]), *command[1:]],
            cwd=self.root,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == status, f"{command}:\n{done.stdout[-5000:]}"
        return done.stdout

    def hook(self, action: str, path: str, status: int = 0) -> str:
        return self.run("jupyter", "reactive", "hook", action, path, status=status)


@pytest.fixture(scope="module")
def environment(
    wheel: Path, no_node: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    environment = tmp_path_factory.mktemp("graders") / "env"
    install = ["pip", "install", "-q", "-p", str(environment / "bin/python")]
    for arguments in (
        ["venv", "-q", "-p", sys.executable, str(environment)],
        [*install, str(wheel), "nbgrader==0.9.6", "mograder==0.3.16"],
    ):
        subprocess.run([uv.find_uv_bin(), *arguments], env=no_node, check=True)
    return environment


@pytest.fixture
def people(environment: Path, no_node: dict[str, str], tmp_path: Path) -> list[Person]:
    """The instructor and the student."""
    both = [Person(tmp_path / name, environment, no_node) for name in ("instructor", "student")]
    for person in both:
        person.root.mkdir(parents=True)
    return both


@dataclass(frozen=True)
class Classroom:
    """The student's Jupyter, and what somebody hears of it who has subscribed."""

    url: str
    heard: Path

    def post(self, action: str, path: str) -> dict[str, Any]:
        """Do it through REST; how it ended."""
        request = urllib.request.Request(
            f"{self.url}reactive/api/hooks",
            data=json.dumps({"action": action, "path": path}).encode(),
            headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=600) as reply:
            return json.loads(reply.read())

    def expect_heard(self, *lines: str) -> None:
        expected = ["subscribed", *lines]
        deadline = time.monotonic() + 60
        while (heard := self.heard.read_text("utf-8").splitlines()) != expected:
            assert time.monotonic() < deadline, heard
            time.sleep(0.2)


@contextmanager
def classroom(student: Person) -> Iterator[Classroom]:
    port = free_port()
    url = f"http://127.0.0.1:{port}/user/ada/"
    command = [str(student.environment / "bin/jupyter-server"), "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--ServerApp.base_url=/user/ada/"]
    command += [f"--ServerApp.root_dir={student.root}", f"--IdentityProvider.token={TOKEN}"]
    variables = student.variables
    heard = student.home / "heard.txt"
    subscriber = student.home / "subscriber.py"
    subscriber.write_text(python_block("in-class.md", "Events"), "utf-8")
    log = student.home / "jupyter.log"
    with (
        started(command, url, TOKEN, student.home, variables, log),
        heard.open("wb") as output,
        subprocess.Popen(
            [str(student.environment / "bin/python"), str(subscriber)],
            env={**variables, "JUPYTER_URL": url, "JUPYTER_TOKEN": TOKEN},
            stdout=output,
        ) as listener,
    ):
        try:
            room = Classroom(url, heard)
            room.expect_heard()
            yield room
        finally:
            listener.kill()


def edit(path: Path, edits: dict[str, str]) -> None:
    """Edit a notebook, as the student does."""
    text = path.read_text("utf-8")
    for old, new in edits.items():
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def marked(name: str, **what: object) -> dict[str, Any]:
    """The metadata by which nbgrader knows a cell."""
    kinds = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": {"schema_version": 3, "grade_id": name, **kinds, **what}}


def solution(code: str) -> str:
    return f"### BEGIN SOLUTION\n{code}\n### END SOLUTION"


TESTED = {"grade": True, "locked": True, "points": 2}
NBGRADER_LESSON = v4.new_notebook(
    cells=[
        v4.new_markdown_cell("# Week 1"),
        v4.new_code_cell(
            "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION",
            metadata=marked("square", solution=True),
        ),
        v4.new_code_cell("assert square(3) == 9", metadata=marked("test_square", **TESTED)),
        v4.new_code_cell(solution("area = square(4)"), metadata=marked("area", solution=True)),
        v4.new_code_cell("assert area == 16", metadata=marked("test_area", **TESTED)),
        v4.new_markdown_cell(
            solution("Because it is."), metadata=marked("why", grade=True, solution=True, points=1)
        ),
    ],
    metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
)

NBGRADER_ANSWERS = {
    "    # YOUR CODE HERE\n        raise NotImplementedError()\n\n    return (square,)": (
        "    return x * x\n\n    return (square,)"
    ),
    "# YOUR CODE HERE\n        raise NotImplementedError()": "area = square(4)",
    "YOUR ANSWER HERE": "Multiply the number with itself, whatever its sign.",
}


def test_nbgrader(people: list[Person], tmp_path: Path):
    instructor, student = people
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    of_course = f"c.Exchange.root = {str(exchange)!r}\n"
    instructor.configure(
        "nbgrader_config.py", f"{of_course}c.CourseDirectory.course_id = 'physics101'\n"
    )
    student.configure("nbgrader_config.py", of_course)
    student.configure("jupyter_server_config.py", python_block("in-class.md", "With nbgrader"))
    source = instructor.root / "source/week1/lesson.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(NBGRADER_LESSON))
    instructor.run("nbgrader", "generate_assignment", "week1", "--create")
    instructor.run("nbgrader", "release_assignment", "week1")
    released = (exchange / "physics101/outbound/week1/lesson.ipynb").read_bytes()
    lesson = student.root / "week1/lesson.py"
    theirs = lesson.with_suffix(".ipynb")

    with classroom(student) as room:
        fetched = room.post("fetch", "week1")
        assert (fetched["state"], theirs.read_bytes()) == ("done", released), fetched

        # What is yet to be answered fails: those cells need the student.
        student.run("jupyter", "reactive", "convert", "week1/lesson.ipynb", status=1)
        failed = room.post("validate", "week1/lesson.py")
        assert (failed["state"], failed["exit_code"]) == ("failed", 0), failed
        assert any("VALIDATION FAILED ON 3 CELL(S)" in line for line in failed["lines"]), failed

        edit(lesson, NBGRADER_ANSWERS)
        assert "Success! Your notebook passes all the tests." in student.hook(
            "validate", "week1/lesson.py"
        )
        assert room.post("validate", "week1/lesson.py")["state"] == "done"
        submitted = room.post("submit", "week1/lesson.py")
        assert submitted["state"] == "done", submitted
        assert submitted["lines"][0] == "“lesson.py” goes as “lesson.ipynb”."
        assert theirs.read_bytes() == released

        theirs.unlink()
        assert room.post("fetch", "week1")["state"] == "done"
        assert theirs.read_bytes() == released
        room.expect_heard(
            *("fetch week1 running None", "fetch week1 done 0"),
            *("validate week1/lesson.py running None", "validate week1/lesson.py failed 0"),
            *("validate week1/lesson.py running None", "validate week1/lesson.py done 0"),
            *("submit week1/lesson.py running None", "submit week1/lesson.py done 0"),
            *("fetch week1 running None", "fetch week1 done 0"),
        )

    instructor.run("nbgrader", "collect", "week1")
    (collected,) = (instructor.root / "submitted").glob("*/week1/lesson.ipynb")
    answers = json.loads(collected.read_text("utf-8"))["cells"]
    handed_out = json.loads(released)["cells"]
    assert [cell["metadata"].get("nbgrader") for cell in answers if cell["metadata"]] == [
        cell["metadata"]["nbgrader"] for cell in handed_out if cell["metadata"]
    ]
    assert "whatever its sign" in "".join(answers[-1]["source"])
    instructor.run("nbgrader", "autograde", "week1")
    instructor.run("nbgrader", "export", "--to=grades.csv")
    with (instructor.root / "grades.csv").open(encoding="utf-8") as grades:
        (row,) = csv.DictReader(grades)
    # The text is for the instructor to grade.
    assert (float(row["score"]), float(row["max_score"])) == (4, 5)


MOGRADER_LESSON = """# /// script
# requires-python = ">=3.11"
# dependencies = ["marimo", "mograder==0.3.16"]
# ///

import marimo

__generated_with = "0.23.0"
app = marimo.App()


@app.cell
def _():
    from mograder.runtime import check

    return (check,)


@app.cell
def _():
    ### BEGIN SOLUTION
    area = 4 * 4
    ### END SOLUTION
    return (area,)


@app.cell
def _(area, check):
    check("Q1", [(area == 16, "The area of a square of side 4 is 16")])
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="mograder needs Python 3.11")
def test_mograder(people: list[Person]):
    instructor, student = people
    source = instructor.root / "source/week1/week1.py"
    source.parent.mkdir(parents=True)
    source.write_text(MOGRADER_LESSON)
    instructor.run("mograder", "generate", "week1", "--no-validate")
    released = (instructor.root / "release/week1/week1.py").read_bytes()
    assert b"4 * 4" not in released
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    (instructor.root / ".mograder-secret").write_text("a secret of the instructor\n")
    tokens = dict(
        re.findall(r"^(\w+): (\S+)$", instructor.run("mograder", "token", "ada"), re.MULTILINE)
    )
    options = python_block("in-class.md", "With mograder")
    assert options.count(ADDRESS) == 1
    student.configure("jupyter_server_config.py", options.replace(ADDRESS, url))
    student = replace(student, shell={**student.shell, "MOGRADER_HTTPS_TOKEN": tokens["ada"]})
    lesson = student.root / "week1/week1.py"

    with mograder_server(instructor, port, tokens["instructor"]), classroom(student) as room:
        assert room.post("fetch", "week1")["state"] == "done"
        assert lesson.read_bytes() == released

        edit(lesson, {"area = ...": "area = 15"})
        failed = room.post("validate", "week1/week1.py")
        assert (failed["state"], failed["exit_code"]) == ("failed", 1), failed
        assert any("FAIL: Q1" in line for line in failed["lines"])

        edit(lesson, {"area = 15": "area = none"})
        failed = room.post("validate", "week1/week1.py")
        assert (failed["state"], failed["exit_code"]) == ("failed", 0), failed

        edit(lesson, {"area = none": "area = 16"})
        mine = lesson.read_bytes()
        assert "PASS: Q1" in student.hook("validate", "week1/week1.py")
        submitted = room.post("submit", "week1/week1.py")
        assert submitted["state"] == "done", submitted

        again = room.post("fetch", "week1/week1.py")
        kept = "“week1.py” is another one now; yours is kept as “week1_mine.py”."
        assert (again["state"], again["lines"][0]) == ("done", kept)
        assert lesson.read_bytes() == released
        assert lesson.with_stem("week1_mine").read_bytes() == mine
        assert tokens["ada"] not in json.dumps([failed, submitted, again])
        room.expect_heard(
            *("fetch week1 running None", "fetch week1 done 0"),
            *("validate week1/week1.py running None", "validate week1/week1.py failed 1"),
            *("validate week1/week1.py running None", "validate week1/week1.py failed 0"),
            *("submit week1/week1.py running None", "submit week1/week1.py done 0"),
            *("fetch week1/week1.py running None", "fetch week1/week1.py done 0"),
        )
        credentials = [f"--url={url}", f"--token={tokens['instructor']}"]
        instructor.run("mograder", "https", "fetch-submissions", "week1", *credentials)
    assert (instructor.root / "submitted/week1/ada.py").read_bytes() == mine


@contextmanager
def mograder_server(instructor: Person, port: int, token: str) -> Iterator[None]:
    """mograder's assignment server, which gives out what the instructor has released."""
    command = [str(instructor.environment / "bin/mograder"), "serve", f"--port={port}"]
    command += ["--release-dir=release", "."]
    log = instructor.home / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=instructor.root, env=instructor.variables, stdout=output, stderr=output
        )
    try:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/assignments", headers={"Authorization": f"Bearer {token}"}
        )
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None, log.read_text()
            try:
                with urllib.request.urlopen(request, timeout=10):
                    break
            except OSError:
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(30)
