"""A gateway as some institutions have it: HTTP goes through, websockets do not."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Literal

from typing_extensions import Self

Manner = Literal["pass", "refuse", "kill", "swallow"]


class Gateway:
    """Forwards connections to a port; what it does with upgrades is its manner.

    `pass` lets them through, `refuse` answers 403, `kill` accepts and then closes, `swallow` never
    answers.
    """

    def __init__(self, target: int, manner: Manner) -> None:
        self.manner = manner
        self.upgrades: list[str] = []
        self.port = 0
        self._target = target
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def asked_for(self, route: str) -> int:
        """How many upgrades of a route were asked for."""
        return sum(path.partition("?")[0].endswith(route) for path in self.upgrades)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        # What was being accepted meanwhile is there then.
        await asyncio.sleep(0.05)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            # One that is only closed waits until everything is read.
            writer.transport.abort()
        await asyncio.sleep(0.05)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        task = asyncio.create_task(self._converse(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._handle(reader, writer)
        finally:
            writer.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A browser asks for a websocket on a connection of its own.
        head = await reader.readuntil(b"\r\n\r\n")
        is_upgrade = b"upgrade: websocket" in head.lower()
        if is_upgrade:
            self.upgrades.append(head.split()[1].decode())
        if is_upgrade and self.manner == "swallow":
            await self._stop.wait()
        if is_upgrade and self.manner == "refuse":
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        behind, to_behind = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers.add(to_behind)
        try:
            to_behind.write(head)
            if is_upgrade and self.manner == "kill":
                writer.write(await behind.readuntil(b"\r\n\r\n"))
                await writer.drain()
                return
            ways = [_pump(reader, to_behind), _pump(behind, writer)]
            tasks = [asyncio.ensure_future(way) for way in ways]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            to_behind.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()
