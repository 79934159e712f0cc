"""Measures what the way through Jupyter costs large outputs; `speed.py` measures small ones.

Each figure is a median over rounds in which the two ways take turns: through a real Jupyter
server, and straight to a marimo of the same version. Run it on a quiet machine:

    .venv/bin/python benchmarks/big_outputs.py --rounds 7
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
from contenders import DIRECT, OURS
from rates import start_marimo
from servers import Server, server_of

from jupyter_reactive.notebooks import marimo

MB = 1_000_000
NOTEBOOK = """\
import marimo

app = marimo.App()


@app.cell
def _():
    "first"
    return
"""


@dataclass
class Way:
    """One way to a marimo."""

    name: str
    url: str
    session: aiohttp.ClientSession
    socket: aiohttp.ClientWebSocketResponse[bool] | None = None
    headers: dict[str, str] | None = None
    cell: str = ""

    async def open(self) -> None:
        """Open the notebook as marimo's page does."""
        async with self.session.get(f"{self.url}/?file=n.py") as reply:
            token = marimo.server_token(await reply.text()) or ""
        self.headers = {marimo.SERVER_TOKEN_HEADER: token, marimo.SESSION_HEADER: "s_bench1"}
        socket = await self.session.ws_connect(
            f"{self.url}/ws?session_id=s_bench1&file=n.py", max_msg_size=0
        )
        while (message := await socket.receive_json())["op"] != "kernel-ready":
            pass
        self.socket = socket
        (self.cell,) = message["data"]["cell_ids"]

    async def output(self, megabytes: int) -> None:
        """Run a cell, until its output is here and it is idle."""
        assert self.socket is not None
        code = f'import marimo as mo; mo.Html("a" * {megabytes * MB})'
        body = {"cellIds": [self.cell], "codes": [code]}
        async with self.session.post(
            f"{self.url}/api/kernel/run", json=body, headers=self.headers
        ) as reply:
            assert reply.status == 200
        size, status = 0, ""
        while status != "idle":
            text = await self.socket.receive_str()
            if '"cell-op"' in text[:40]:
                size = max(size, len(text))
                status = json.loads(text)["data"]["status"] if len(text) < MB else status
        assert size > megabytes * MB


async def compare(
    ways: list[Way], rounds: int, measure: Callable[[Way], Awaitable[None]]
) -> dict[str, float]:
    """The median seconds of each way, after one round that does not count."""
    times: dict[str, list[float]] = {way.name: [] for way in ways}
    for number in range(rounds + 1):
        for way in ways if number % 2 else ways[::-1]:
            begin = time.perf_counter()
            await measure(way)
            if number:
                times[way.name].append(time.perf_counter() - begin)
    return {name: statistics.median(found) for name, found in times.items()}


async def run(ways: list[Way], rounds: int) -> None:
    """Measure and print the table."""
    for way in ways:
        await way.open()
    rows: list[tuple[str, Callable[[Way], Awaitable[None]]]] = [
        ("output of 12 MB", lambda way: way.output(12)),
        ("output of 30 MB", lambda way: way.output(30)),
    ]
    print(f"{'':18}{'direct':>10}{'Jupyter':>10}{'ratio':>8}")
    for name, measure in rows:
        found = await compare(ways, rounds, measure)
        direct, jupyter = found["direct"], found["jupyter"]
        print(f"{name:18}{direct:9.3f}s{jupyter:9.3f}s{jupyter / direct:8.2f}")
    for way in ways:
        if way.socket is not None:
            await way.socket.close()


async def measure(direct: Server, ours: Server, rounds: int) -> None:
    """Take both ways from outside of both processes."""
    async with (
        aiohttp.ClientSession(headers=direct.headers) as straight,
        aiohttp.ClientSession(headers=ours.headers) as through,
    ):
        ways = [
            Way("direct", direct.url.rstrip("/"), straight),
            Way("jupyter", f"{ours.url}{ours.contender.marimo}".rstrip("/"), through),
        ]
        await run(ways, rounds)


def main() -> None:
    """Start both, measure, end both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count (default: 5)")
    options = parser.parse_args()
    with server_of(DIRECT) as direct, server_of(OURS) as ours:
        for server in (direct, ours):
            (server.root / "n.py").write_text(NOTEBOOK)
            start_marimo(server)
        asyncio.run(measure(direct, ours, options.rounds))


if __name__ == "__main__":
    main()
