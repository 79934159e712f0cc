"""A slow line between a browser and a server: a gateway that all connections share.

    python benchmarks/line.py --target PORT --megabits 4 --milliseconds 100

It says its own port in its first line, answers each further line of its input with the bytes that
have passed, and ends with its input. A process of its own, so that it does not wait for others.

Each direction has the whole rate. The milliseconds are those of a round trip; a connection costs
one more before its first byte, as its handshake would. Nothing is lost, and no connection starts
slowly as TCP does: on a real line of that kind every contender is slower, whoever needs more
connections and more bytes the most.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import IO

# What one connection may send before another gets its turn: at 4 Mbit/s, 8 ms.
PIECE = 4096
HOST = b"\r\nHost:"
# How far a piece may be ahead of the line, in seconds: sleeping is not exact, and a line that waits
# for the next piece would be slower than it says.
AHEAD = 0.02


@dataclass
class Passed:
    """What has come through: connections, HTTP requests, and bytes from and to the browser."""

    connections: int = 0
    requests: int = 0
    up: int = 0
    down: int = 0


class Direction:
    """One direction of the line: pieces go through it one after the other."""

    def __init__(self, bytes_per_second: float, delay: float) -> None:
        self._rate = bytes_per_second
        self._delay = delay
        self._free_at = 0.0

    async def take(self, size: int) -> float:
        """Wait for the turn of a piece; when it arrives on the other side."""
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now) + size / self._rate
        await asyncio.sleep(self._free_at - AHEAD - now)
        return self._free_at + self._delay


class Line:
    """The gateway."""

    def __init__(self, target: int, megabits: float, milliseconds: float) -> None:
        rate, delay = megabits * 1e6 / 8, milliseconds / 2000
        self._target = target
        self._round_trip = 2 * delay
        self._up, self._down = Direction(rate, delay), Direction(rate, delay)
        self.passed = Passed()

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the browser."""
        self.passed.connections += 1
        ends = (OSError, asyncio.CancelledError)
        with contextlib.suppress(*ends), contextlib.closing(writer):
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            with contextlib.closing(back):
                await asyncio.sleep(self._round_trip)
                await asyncio.gather(
                    self._carry(reader, back, self._up), self._carry(there, writer, self._down)
                )

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, direction: Direction
    ) -> None:
        """Carry all of one direction, then its end."""
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        end = b""
        arriving = asyncio.create_task(self._arrive(on_the_way, sink))
        try:
            data = b"begin"
            while data:
                try:
                    data = await source.read(PIECE)
                except OSError:
                    data = b""
                if direction is self._up:
                    self.passed.up += len(data)
                    # Each request has one, and a piece may end within it.
                    self.passed.requests += (end + data).count(HOST)
                    end = data[1 - len(HOST) :]
                else:
                    self.passed.down += len(data)
                on_the_way.put_nowait((await direction.take(len(data)), data))
            await arriving
        finally:
            arriving.cancel()

    async def _arrive(
        self, on_the_way: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, data = await on_the_way.get()
                await asyncio.sleep(due - asyncio.get_running_loop().time())
                if not data:
                    sink.write_eof()
                    return
                sink.write(data)
                await sink.drain()


async def serve(line: Line) -> None:
    """Let connections through until the input ends."""
    server = await asyncio.start_server(line.connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(asdict(line.passed)), flush=True)
    server.close()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


@dataclass
class Running:
    """A gateway that runs.

    Attributes:
        port: where it listens.
    """

    port: int
    _talk: subprocess.Popen[str]

    def passed(self) -> Passed:
        """What has come through so far."""
        _pipe(self._talk.stdin).write("how much\n")
        _pipe(self._talk.stdin).flush()
        return Passed(**json.loads(_pipe(self._talk.stdout).readline()))


@contextlib.contextmanager
def slow_line(target: int, megabits: float, milliseconds: float) -> Iterator[Running]:
    """Run a gateway to a local port."""
    numbers = (("--target", target), ("--megabits", megabits), ("--milliseconds", milliseconds))
    options = [str(word) for pair in numbers for word in pair]
    with subprocess.Popen(
        [sys.executable, __file__, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            yield Running(int(_pipe(child.stdout).readline()), child)
        finally:
            _pipe(child.stdin).close()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--target", type=int, required=True, help="the server's port")
    parser.add_argument("--megabits", type=float, required=True, help="each second and direction")
    parser.add_argument("--milliseconds", type=float, required=True, help="of a round trip")
    options = parser.parse_args()
    asyncio.run(serve(Line(options.target, options.megabits, options.milliseconds)))


if __name__ == "__main__":
    main()
