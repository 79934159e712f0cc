"""Outputs of any size reach the page; above the operator's limit the notebook says so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
from cells import source_of
from jupyter_server.utils import url_path_join
from yarl import URL

from jupyter_reactive.notebooks import marimo

MB = 1_000_000
NOTEBOOK = source_of(
    "import marimo as mo",
    'mo.Html("a" * 12_000_000)',
    'mo.Html("é" * 15_000_000)',
    'print("p" * 12_000_000)\n"printed"',
    '"the next one"',
)


@pytest.fixture
def big(marimo_config, jp_root_dir):
    """A notebook with large outputs, and marimo told to send them."""
    folder = marimo_config / "marimo"
    folder.mkdir(exist_ok=True)
    (folder / "marimo.toml").write_text(
        f"[runtime]\noutput_max_bytes = {100 * MB}\nstd_stream_max_bytes = {100 * MB}\n"
    )
    (jp_root_dir / "big.py").write_text(NOTEBOOK)
    return "big.py"


@dataclass
class Page:
    """What marimo's page does: hears messages, and runs cells."""

    session: aiohttp.ClientSession
    url: str
    messages: AsyncIterator[str]
    token: str
    compression: int = 0

    async def hear(self, operation: str) -> dict:
        """The next message of a kind."""
        while True:
            message = json.loads(await asyncio.wait_for(anext(self.messages), 60))
            if message["op"] == operation:
                return message["data"]

    async def run(self) -> dict[int, dict]:
        """Run all cells; what came of each, by its place in the notebook."""
        ready = await self.hear("kernel-ready")
        headers = {marimo.SESSION_HEADER: "s_big001", marimo.SERVER_TOKEN_HEADER: self.token}
        body = {"cellIds": ready["cell_ids"], "codes": ready["codes"]}
        url = URL(f"{self.url}/api/kernel/run", encoded=True)
        async with self.session.post(url, json=body, headers=headers) as reply:
            assert reply.status == 200, await reply.text()
        found: dict[int, dict] = {place: {} for place in range(len(ready["cell_ids"]))}
        statuses: dict[int, str] = {}
        while set(statuses) != set(found) or set(statuses.values()) != {"idle"}:
            cell = await self.hear("cell-op")
            place = ready["cell_ids"].index(cell["cell_id"])
            statuses[place] = cell["status"] or statuses.get(place, "")
            if cell["output"] and cell["output"]["data"]:
                found[place]["output"] = cell["output"]
            for line in [cell["console"]] if isinstance(cell["console"], dict) else []:
                found[place]["console"] = line
        return found


async def events(reply: aiohttp.ClientResponse) -> AsyncIterator[str]:
    held = bytearray()
    async for piece in reply.content.iter_any():
        held += piece
        while (end := held.find(b"\n\n", max(0, len(held) - len(piece) - 1))) >= 0:
            event = bytes(held[:end])
            del held[: end + 2]
            if event.startswith(b"data: "):
                yield event[6:].decode()


async def texts(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[str]:
    while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
        yield message.data


@pytest.fixture
def opened(big, started, root_url, jp_auth_header):
    """Open the notebook over either transport."""

    @asynccontextmanager
    async def connect(transport: str):
        base = url_path_join(root_url, "reactive/edit")
        url = URL(f"{base}/{transport}?session_id=s_big001&file={big}", encoded=True)
        async with aiohttp.ClientSession(
            headers=jp_auth_header, read_bufsize=MB, timeout=aiohttp.ClientTimeout(total=None)
        ) as session:
            async with session.get(URL(f"{base}/", encoded=True)) as reply:
                token = marimo.server_token(await reply.text())
            if transport == "ws":
                # As every browser offers it.
                async with session.ws_connect(url, max_msg_size=0, compress=15) as socket:
                    yield Page(session, base, texts(socket), token, socket.compress)
            else:
                async with session.get(url, headers={"Accept": "text/event-stream"}) as reply:
                    yield Page(session, base, events(reply), token)

    return connect


@pytest.mark.parametrize("transport", ["ws", "sse"])
async def test_large_outputs_arrive_to_the_byte(opened, transport):
    async with opened(transport) as browser:
        assert bool(browser.compression) is (transport == "ws")
        cells = await browser.run()
    assert "a" * 12 * MB in cells[1]["output"]["data"]
    assert "é" * 15 * MB in cells[2]["output"]["data"]
    assert cells[3]["console"]["data"] == "p" * 12 * MB + "\n"
    assert "the next one" in cells[4]["output"]["data"]


async def test_an_operator_may_switch_compression_off(opened, reactive):
    reactive.forwarding.compression_level = 0
    async with opened("ws") as browser:
        assert browser.compression == 0
        assert (await browser.hear("kernel-ready"))["cell_ids"]


class TestAboveTheLimit:
    @pytest.fixture
    def jp_server_config(self, jp_server_config):
        return {**jp_server_config, "Forwarding": {"max_message_size": 13 * MB}}

    @pytest.mark.parametrize("transport", ["ws", "sse"])
    async def test_the_notebook_says_what_was_too_large(self, opened, transport):
        async with opened(transport) as browser:
            cells = await browser.run()
        assert "a" * 12 * MB in cells[1]["output"]["data"]
        told = cells[2]["output"]
        assert told["mimetype"] == "text/plain"
        assert told["data"].startswith("The result has 30.")
        assert "13.0 MB" in told["data"]
        assert "c.Forwarding.max_message_size" in told["data"]
        assert "the next one" in cells[4]["output"]["data"]
