"""Fails when a new marimo renames an option or a route that we use.

The routes that need a running server are held in tests/server/test_marimo_routes.py.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import yaml
from marimo._messaging.cell_output import CellChannel, CellOutput
from marimo._messaging.notification import (
    AlertNotification,
    BannerNotification,
    CellNotification,
    VariablesNotification,
)
from marimo._messaging.serde import deserialize_kernel_message
from marimo._server.api.endpoints.ws.ws_formatter import serialize_notification_for_wire
from marimo._server.sse import format_sse_event

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


def notification(message: str) -> object:
    """What marimo itself reads in a message."""
    wire = json.loads(message)
    found = deserialize_kernel_message(json.dumps(wire["data"]).encode())
    assert found.name == wire["op"]
    return found


def test_notes_are_what_marimo_would_send():
    for ours, own in (
        (marimo.alert("é", "b"), AlertNotification(title="é", description="b")),
        (
            marimo.alert("a", "b", "danger"),
            AlertNotification(title="a", description="b", variant="danger"),
        ),
        (
            marimo.banner("a", "b", "danger", "restart"),
            BannerNotification(title="a", description="b", variant="danger", action="restart"),
        ),
    ):
        assert notification(ours) == own
        assert json.loads(ours) == json.loads(serialize_notification_for_wire(own))


def test_a_large_output_is_replaced_and_nothing_else():
    large = CellOutput(CellChannel.OUTPUT, "text/html", "é" * 5000)
    printed = CellOutput.stdout("p")
    cell = CellNotification(cell_id="c", output=large, console=[printed], status="idle")
    short = notification(marimo.shortened(serialize_notification_for_wire(cell), 1000, "why", "t"))
    assert (short.output.data, short.output.channel) == ("why", CellChannel.OUTPUT)
    kept = {field for field in cell.__struct_fields__ if field != "output"}
    assert {name: getattr(short, name) for name in kept} == {
        name: getattr(cell, name) for name in kept
    }


def test_large_prints_are_replaced_and_nothing_else():
    printed = CellOutput.stdout("p" * 5000)
    cell = CellNotification(
        cell_id="c", output=CellOutput.empty(), console=printed, status="running"
    )
    short = notification(marimo.shortened(serialize_notification_for_wire(cell), 1000, "why", "t"))
    assert (short.console.data, short.console.channel) == ("why", CellChannel.STDERR)
    assert (short.output, short.status) == (cell.output, "running")
    assert short.serialization is msgspec.UNSET


def test_what_else_is_large_becomes_an_alert():
    variables = serialize_notification_for_wire(VariablesNotification(variables=[]))
    short = marimo.shortened(variables, 1, "why", "title")
    assert notification(short) == AlertNotification(title="title", description="why")


def test_an_event_keeps_its_form():
    changed = marimo.shortened_event(format_sse_event("abc"), str.upper)
    assert changed == format_sse_event("ABC")
    named = marimo.shortened_event(format_sse_event("abc", event="close"), str.upper)
    assert named == format_sse_event("ABC", event="close")
