"""Events come out whole and in order, however the stream was cut."""

from __future__ import annotations

import asyncio
import json

import pytest

from jupyter_reactive.messages import limited, limited_events

LIMIT = 500


def cell(text: str) -> str:
    output = {"channel": "output", "mimetype": "text/plain", "data": text, "timestamp": 1.0}
    data = {"cell_id": "c", "output": output, "console": None, "status": "idle"}
    return json.dumps({"op": "cell-op", "data": data}, ensure_ascii=False)


SMALL = [f"data: {cell(text)}\n\n".encode() for text in ("a", "é" * 50)]
KEEP_ALIVE = b": keep-alive\n\n"
LARGE = f"data: {cell('x' * 2000)}\n\n".encode()


async def through(stream: bytes, size: int) -> list[bytes]:
    async def pieces():
        for start in range(0, len(stream), size):
            yield stream[start : start + size]

    return [piece async for piece in limited_events(pieces(), LIMIT)]


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_small_events_pass_unchanged_and_large_ones_are_replaced(size: int):
    stream = SMALL[0] + KEEP_ALIVE + LARGE + SMALL[1] + b"data: unfinished"
    found = b"".join(asyncio.run(through(stream, size)))
    before, after = SMALL[0] + KEEP_ALIVE, SMALL[1] + b"data: unfinished"
    assert found.startswith(before)
    assert found.endswith(after)
    told = json.loads(found[len(before) : -len(after)].decode().removeprefix("data: "))
    assert told["data"]["output"]["data"].startswith("The result has 0.0 MB")
    assert told["data"]["status"] == "idle"


def test_an_event_does_not_wait_for_the_next():
    assert asyncio.run(through(SMALL[0] + SMALL[1][:10], 10_000))[0] == SMALL[0]


def test_bytes_count_and_not_characters():
    message = cell("é" * 200)
    size = len(message.encode())
    assert limited(message, size) == message
    assert limited(message, size - 1) != message
    assert limited(message, 0) == message
