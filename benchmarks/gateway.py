"""A gateway in front of Jupyter that refuses to upgrade a connection to a websocket."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

REFUSAL = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextlib.contextmanager
def refusing_websockets(target: int) -> Iterator[int]:
    """Run the gateway to a local port; its own port."""
    # asyncio itself holds a connection's task weakly.
    running: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = loop.create_task(_serve(reader, writer, target))
        running.add(task)
        task.add_done_callback(running.discard)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server: asyncio.Server | None = None
    try:
        listening = asyncio.start_server(serve, "127.0.0.1", 0)
        server = asyncio.run_coroutine_threadsafe(listening, loop).result(10)
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server | None) -> None:
    if server is not None:
        server.close()
    # Again and again: a connection that was just accepted becomes a task meanwhile.
    while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int) -> None:
    """One connection, one request: the bytes after its head pass unread."""
    # Whoever cancels it wants an end and no report.
    ends = (OSError, asyncio.IncompleteReadError, asyncio.CancelledError)
    with contextlib.suppress(*ends), contextlib.closing(writer):
        head = await reader.readuntil(b"\r\n\r\n")
        start, *lines = head.rstrip().split(b"\r\n")
        if any(line.lower().startswith(b"upgrade:") for line in lines):
            writer.write(REFUSAL)
            await writer.drain()
            return
        kept = [line for line in lines if not line.lower().startswith(b"connection:")]
        there, back = await asyncio.open_connection("127.0.0.1", target)
        with contextlib.closing(back):
            back.write(b"\r\n".join([start, *kept, b"Connection: close", b"", b""]))
            request = asyncio.create_task(_pass(reader, back))
            try:
                await _pass(there, writer)
            finally:
                request.cancel()


async def _pass(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
