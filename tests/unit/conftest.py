"""Lets a test be a coroutine, and tells what marimo says of itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
import yaml

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
