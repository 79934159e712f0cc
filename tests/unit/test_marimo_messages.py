"""Fails when a new marimo writes otherwise what we put into its stream of messages."""

from __future__ import annotations

import json

import msgspec
from marimo._ast.app_config import _AppConfig
from marimo._ast.cell import CellConfig
from marimo._messaging.cell_output import CellChannel, CellOutput
from marimo._messaging.notification import (
    AlertNotification,
    BannerNotification,
    CellNotification,
    ConsumerCapabilities,
    KernelCapabilitiesNotification,
    KernelReadyNotification,
    VariablesNotification,
)
from marimo._messaging.serde import deserialize_kernel_message
from marimo._server.api.endpoints.ws.ws_formatter import serialize_notification_for_wire
from marimo._server.sse import format_sse_event

from jupyter_reactive.notebooks import marimo_messages


def notification(message: str) -> object:
    """What marimo itself reads in a message."""
    wire = json.loads(message)
    found = deserialize_kernel_message(json.dumps(wire["data"]).encode())
    assert found.name == wire["op"]
    return found


def test_notes_are_what_marimo_would_send():
    for ours, own in (
        (marimo_messages.alert("é", "b"), AlertNotification(title="é", description="b")),
        (
            marimo_messages.alert("a", "b", "danger"),
            AlertNotification(title="a", description="b", variant="danger"),
        ),
        (
            marimo_messages.banner("a", "b", "danger", "restart"),
            BannerNotification(title="a", description="b", variant="danger", action="restart"),
        ),
    ):
        assert notification(ours) == own
        assert json.loads(ours) == json.loads(serialize_notification_for_wire(own))


def test_a_large_output_is_replaced_and_nothing_else():
    large = CellOutput(CellChannel.OUTPUT, "text/html", "é" * 5000)
    printed = CellOutput.stdout("p")
    cell = CellNotification(cell_id="c", output=large, console=[printed], status="idle")
    short = notification(
        marimo_messages.shortened(serialize_notification_for_wire(cell), 1000, "why", "t")
    )
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
    short = notification(
        marimo_messages.shortened(serialize_notification_for_wire(cell), 1000, "why", "t")
    )
    assert (short.console.data, short.console.channel) == ("why", CellChannel.STDERR)
    assert (short.output, short.status) == (cell.output, "running")
    assert short.serialization is msgspec.UNSET


def test_what_else_is_large_becomes_an_alert():
    variables = serialize_notification_for_wire(VariablesNotification(variables=[]))
    short = marimo_messages.shortened(variables, 1, "why", "title")
    assert notification(short) == AlertNotification(title="title", description="why")


def ready(*, resumed: bool = False, kiosk: bool = False) -> str:
    """How marimo greets a page."""
    greeting = KernelReadyNotification(
        **dict.fromkeys(("layout", "ui_values", "last_executed_code", "last_execution_time")),
        cell_ids=("c",),
        codes=("é = 1",),
        names=("_",),
        configs=(CellConfig(),),
        resumed=resumed,
        app_config=_AppConfig(),
        kiosk=kiosk,
        capabilities=KernelCapabilitiesNotification(),
        consumer_capabilities=ConsumerCapabilities.EDITOR,
    )
    return serialize_notification_for_wire(greeting)


def test_a_page_is_told_of_no_terminal():
    wire = ready()
    told, kept = json.loads(marimo_messages.without_terminal(wire)), json.loads(wire)
    assert kept["data"]["capabilities"].pop("terminal") is True
    assert told["data"]["capabilities"].pop("terminal") is False
    assert told == kept
    other = serialize_notification_for_wire(AlertNotification(title="kernel-ready", description=""))
    assert marimo_messages.without_terminal(other) == other


def test_a_greeting_tells_whether_the_session_is_new():
    assert marimo_messages.begins_session(ready())
    assert not marimo_messages.begins_session(ready(resumed=True))
    assert not marimo_messages.begins_session(ready(kiosk=True))
    other = serialize_notification_for_wire(AlertNotification(title="kernel-ready", description=""))
    assert not marimo_messages.begins_session(other)
    events = f"{format_sse_event(other)}{format_sse_event(ready())}"
    assert marimo_messages.greeting_in(events.encode()) == ready()
    assert marimo_messages.greeting_in(format_sse_event(other).encode()) == ""


def test_an_event_keeps_its_form():
    changed = marimo_messages.shortened_event(format_sse_event("abc"), str.upper)
    assert changed == format_sse_event("ABC")
    named = marimo_messages.shortened_event(format_sse_event("abc", event="close"), str.upper)
    assert named == format_sse_event("ABC", event="close")
