"""Lets a test be a coroutine, and tells what marimo says of itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import yaml
from course import Course, Done, commands, new_course

# Fixtures are found by their names in this module.
from pytest_jupyter.jupyter_core import jp_asyncio_loop  # noqa: F401
from pytest_jupyter.pytest_tornasync import *  # noqa: F403


@pytest.fixture(scope="session")
def run_marimo() -> Callable[..., str]:
    """What a command of marimo's prints."""

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "marimo", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    return run


@pytest.fixture(scope="session")
def openapi(run_marimo: Callable[..., str]) -> dict:
    """The routes that marimo tells of."""
    return yaml.safe_load(run_marimo("development", "openapi"))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with nothing in it yet."""
    return new_course(tmp_path)


@pytest.fixture
def link(course: Course, monkeypatch: pytest.MonkeyPatch, capsys) -> Callable[..., Done]:
    """Ask for a link, in the course's folder."""
    # Only here: most tests need none of it.
    from jupyter_reactive.cli.link import LinkApp  # noqa: PLC0415

    return partial(commands(course, monkeypatch, capsys), LinkApp)
