"""Marimo's messages to a page: those that we make, change or wait for.

None of it is promised; ``tests/unit/test_marimo_messages.py`` fails when a new marimo writes them
otherwise.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Literal

# What a message does: these are the only ones that we make or change.
CELL_OPERATION = "cell-op"
# When all that was queued has run; a page also hears it when it has opened its session.
RUN_COMPLETED = "completed-run"
# Packages that a notebook imports and that are not there.
MISSING_PACKAGES = "missing-package-alert"
# By these errors a cell that `mo.stop` or an interrupt has kept from running has not failed.
ON_PURPOSE = frozenset({"interruption", "ancestor-prevented", "ancestor-stopped"})
# A cell's output and what it printed, each a part of the same message.
CELL_PARTS = ("output", "console")


def message_start(operation: str) -> str:
    """How marimo's own messages that do this begin."""
    return f'{{"op": "{operation}"'


# How the message begins that greets a page.
KERNEL_READY = message_start("kernel-ready")


def alert(title: str, description: str, variant: Literal["danger"] | None = None) -> str:
    """A message that shows a passing note on the page of a notebook.

    There is no public way to tell a page something.

    Args:
        title: its heading.
        description: its text, as HTML.
        variant: how it looks.
    """
    return _message("alert", {"title": title, "description": description, "variant": variant})


def banner(
    title: str,
    description: str,
    variant: Literal["danger"] | None = None,
    action: Literal["restart"] | None = None,
) -> str:
    """A message that shows a note above the notebook, which stays until it is closed.

    Args:
        title: its heading.
        description: its text, as HTML.
        variant: how it looks.
        action: a button that it gets.
    """
    content = {"title": title, "description": description, "variant": variant, "action": action}
    return _message("banner", content)


def reload() -> str:
    """A message that lets a page load itself again, as `marimo run --watch` sends it."""
    return _message("reload", {})


def shortened(message: str, limit: int, note: str, title: str) -> str:
    """A message in the place of one that is too large to be sent.

    Of a cell only what is large is replaced, so that its state stays right. What else is too
    large becomes an alert.

    Args:
        message: what marimo sent.
        limit: how many bytes may be sent.
        note: what to show instead, as plain text.
        title: the heading of an alert.
    """
    parsed: dict[str, Any] = json.loads(message)
    if parsed["op"] != CELL_OPERATION:
        return alert(title, note)
    cell = parsed["data"]
    # The largest part first; the other one stays if it can.
    for part in sorted(CELL_PARTS, key=lambda part: -len(json.dumps(cell.get(part)))):
        channel = "output" if part == "output" else "stderr"
        cell[part] = {
            "channel": channel,
            "mimetype": "text/plain",
            "data": note,
            "timestamp": time.time(),
        }
        short = json.dumps(parsed, ensure_ascii=False)
        if len(short.encode()) <= limit:
            break
    return short


def event(message: str) -> str:
    """A message as one event of `marimo.EVENTS_ROUTE`."""
    return f"data: {message}\n\n"


def greeting_in(events: bytes) -> str:
    """The greeting among events of `marimo.EVENTS_ROUTE`, or nothing.

    Args:
        events: whole ones.
    """
    mark = f"data: {KERNEL_READY}".encode()
    if mark not in events:
        return ""
    lines = events.splitlines()
    return next((one[6:].decode() for one in lines if one.startswith(mark)), "")


def shortened_event(event: str, shorten: Callable[[str], str]) -> str:
    """One event of `marimo.EVENTS_ROUTE` with another message in it.

    Args:
        event: its lines.
        shorten: gives the other message.
    """
    lines = event.rstrip("\n").split("\n")
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    rest = [line for line in lines if not line.startswith("data: ")]
    return "\n".join([*rest, f"data: {shorten(chr(10).join(data))}", "", ""])


def begins_session(message: str) -> bool:
    """Whether a message greets the page of a session that has just begun.

    marimo says it once: a page that comes again under the same id hears that it is known.

    Args:
        message: what marimo sent.
    """
    if not message.startswith(KERNEL_READY):
        return False
    content = json.loads(message)["data"]
    return not content["resumed"] and not content["kiosk"]


def without_terminal(message: str) -> str:
    """A message that tells a page of no terminal, so that it shows nothing that needs one.

    Args:
        message: what marimo sent.
    """
    if not message.startswith(KERNEL_READY):
        return message
    parsed: dict[str, Any] = json.loads(message)
    parsed["data"]["capabilities"]["terminal"] = False
    return json.dumps(parsed, ensure_ascii=False)


def _message(operation: str, content: dict[str, Any]) -> str:
    return json.dumps({"op": operation, "data": {"op": operation, **content}}, ensure_ascii=False)
