"""A course in a git repository: its remote is on GitHub by name, and on this machine in truth."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from ipynb import ipynb
from jupyter_core.application import JupyterApp

ADDRESS = "https://github.com/ada/course"


@dataclass
class Course:
    """A checkout, and the variables of a user whose git goes elsewhere than it is told."""

    folder: Path
    variables: dict[str, str]

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=self.variables,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def write(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def commit(self, *paths: str) -> None:
        self.git("add", "--", *paths)
        self.git("commit", "--quiet", "--message", "a lesson")

    def push(self, *paths: str) -> None:
        self.commit(*paths)
        self.git("push", "--quiet", "--set-upstream", "origin", "HEAD")

    def goes_to(self, places: dict[str, str]) -> None:
        """Where git goes instead of addresses that begin like this."""
        lines = [
            "[user]",
            "name = Ada",
            "email = ada@example.org",
            "[init]",
            "defaultBranch = main",
        ]
        for begin, place in places.items():
            lines += [f'[url "{place}"]', f"insteadOf = {begin}"]
        Path(self.variables["HOME"], ".gitconfig").write_text("\n".join(lines))


def new_course(home: Path, folder: Path | None = None) -> Course:
    """A course with nothing in it.

    Args:
        home: of the user; the remote lies in its folder `remotes`.
        folder: where the checkout goes; `course` in the home if None.
    """
    folder = folder or home / "course"
    folder.mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    jupyter = {"JUPYTER_CONFIG_DIR": str(home / "jupyter")}
    course = Course(folder, {**own, **jupyter, "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"})
    remotes = home / "remotes"
    course.goes_to({"https://github.com/ada/": f"{remotes.as_uri()}/"})
    course.git("init", "--quiet")
    course.git("init", "--quiet", "--bare", f"{remotes}/course")
    course.git("remote", "add", "origin", ADDRESS)
    return course


def ready(course: Course, notebook_source: str) -> None:
    """Push a lesson in both formats, and what an image for Binder is built from."""
    course.write("week 1/é.py", notebook_source)
    course.write("week 1/é.ipynb", ipynb("1 + 1"))
    course.write("binder/requirements.txt", "jupyter-reactive\n")
    course.push(".")


@dataclass
class Done:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


def commands(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Runs commands in the course's folder, as its user. The program itself takes a second."""
    monkeypatch.chdir(course.folder)

    def run(kind: type[JupyterApp], *arguments: str) -> Done:
        app = kind()
        with monkeypatch.context() as patch:
            for name in os.environ.keys() - course.variables.keys():
                patch.delenv(name)
            for name, value in course.variables.items():
                patch.setenv(name, value)
            app.initialize([*arguments])
            with pytest.raises(SystemExit) as ended:
                app.start()
        status = ended.value.code
        assert isinstance(status, int)
        return Done(status, *capsys.readouterr())

    return run
