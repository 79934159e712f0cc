"""Holds marimo's messages against a limit, and says in the notebook what was too large.

Knows sizes and words; the shape of a message is `notebooks.marimo`'s, its way `sockets`' and
`streaming`'s.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from .notebooks import marimo_messages
from .translation import _

EVENT_END = b"\n\n"


def megabytes(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / 10**6:,.1f}"


def byte_size(message: str | bytes) -> int:
    """How many bytes a message takes on its way."""
    if isinstance(message, str) and not message.isascii():
        return len(message.encode())
    return len(message)


def limited(message: str, limit: int) -> str:
    """A message, or a short one in its place.

    Args:
        message: what marimo sent.
        limit: how many bytes may be sent; 0 means any number.
    """
    # A character takes four bytes at most: few messages are counted.
    if not limit or len(message) * 4 <= limit or (size := byte_size(message)) <= limit:
        return message
    note = _(
        "The result has {size} MB, and at most {limit} MB are sent to this page. Save it to a "
        "file or show less of it; or ask the operator to raise c.Forwarding.max_message_size."
    )
    return marimo_messages.shortened(
        message,
        limit,
        note.format(size=megabytes(size), limit=megabytes(limit)),
        _("Too large to be shown"),
    )


async def limited_events(pieces: AsyncGenerator[bytes], limit: int) -> AsyncGenerator[bytes]:
    """An event stream without the messages that are too large.

    Args:
        pieces: the stream, cut anywhere.
        limit: how many bytes of an event may be sent; 0 means any number.

    Yields:
        whole events.
    """
    held = bytearray()
    async for piece in pieces:
        seen = max(0, len(held) - 1)
        held += piece
        end = held.rfind(EVENT_END, seen)
        if end < 0:
            continue
        ready = bytes(held[: end + len(EVENT_END)])
        del held[: end + len(EVENT_END)]
        yield ready if not limit or len(ready) <= limit else _limited_each(ready, limit)
    if held:
        yield bytes(held)


def _limited_each(events: bytes, limit: int) -> bytes:
    return b"".join(
        event + EVENT_END
        if len(event) <= limit
        else marimo_messages.shortened_event(
            event.decode(), lambda message: limited(message, limit)
        ).encode()
        for event in events.split(EVENT_END)[:-1]
    )
