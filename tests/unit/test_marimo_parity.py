"""Fails when a new marimo renames an option or a route that we use.

The routes that need a running server are held in tests/server/test_marimo_routes.py.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from jupyter_reactive.notebooks import marimo
from jupyter_reactive.servers.launcher import EditServerLauncher


def run(*arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "marimo", *arguments], capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def help_text() -> str:
    return run("edit", "--help")


@pytest.fixture(scope="module")
def openapi() -> dict:
    return yaml.safe_load(run("development", "openapi"))


OPTIONS = [
    word for word in EditServerLauncher().spec(Path("/")).command[3:] if word.startswith("--")
]


@pytest.mark.parametrize("option", OPTIONS)
def test_option_is_there(help_text: str, option: str):
    assert re.search(rf"(^|[\s/,]){re.escape(option)}\b", help_text, re.MULTILINE), option


def test_secret_may_come_through_a_pipe(help_text: str):
    words = " ".join(help_text.split())
    assert re.search(r"--token-password-file TEXT .*?'-' for stdin", words)


@pytest.mark.parametrize(
    "route, verb",
    [
        (marimo.VERSION_ROUTE, "get"),
        (marimo.KERNEL_STATUS_ROUTE, "get"),
        (marimo.USAGE_ROUTE, "get"),
        (marimo.RENAME_ROUTE, "post"),
        (marimo.SAVE_ROUTE, "post"),
        (marimo.SHUTDOWN_SESSION_ROUTE, "post"),
        *((route, "post") for route in sorted(marimo.SESSION_CHANGING_ROUTES)),
    ],
)
def test_route_is_there(openapi: dict, route: str, verb: str):
    assert verb in openapi["paths"].get(route, {}), route


@pytest.mark.parametrize(
    "schema, fields",
    [
        ("RenameNotebookRequest", {"filename"}),
        ("ShutdownSessionRequest", {"sessionId"}),
        ("SaveNotebookRequest", {"filename", "persist"}),
    ],
)
def test_bodies_have_the_fields(openapi: dict, schema: str, fields: set[str]):
    assert fields <= set(openapi["components"]["schemas"][schema]["properties"])


def test_session_header_has_its_name(openapi: dict):
    (parameter,) = openapi["paths"][marimo.RENAME_ROUTE]["post"]["parameters"]
    assert parameter["name"] == marimo.SESSION_HEADER


def test_installed_marimo_is_in_the_window():
    installed = marimo.installed_version()
    assert installed is not None
    assert tuple(map(int, installed.split(".")[:2])) >= tuple(
        map(int, marimo.MINIMUM_VERSION.split("."))
    )
