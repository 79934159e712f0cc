"""Two hundred slow clients at a real Jupyter server, which answers everybody else."""

from __future__ import annotations

import contextlib
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil
import pytest
from jupyter_process import JupyterProcess

MB = 1_000_000
CLIENTS = 200
BIG = "big.bin"


@pytest.fixture(scope="module", autouse=True)
def big_file(jupyter: JupyterProcess) -> None:
    """A file to be read slowly."""
    with (jupyter.root / BIG).open("wb") as file:
        file.truncate(200 * MB)


def head(jupyter: JupyterProcess, method: str, route: str, *lines: str) -> bytes:
    url = urlsplit(jupyter.url + route)
    target = f"{url.path}?{url.query}" if url.query else url.path
    return "\r\n".join(
        [
            f"{method} {target} HTTP/1.1",
            f"Host: {url.netloc}",
            f"Authorization: token {jupyter.token}",
            *lines,
            "",
            "",
        ]
    ).encode()


def slowly(jupyter: JupyterProcess, kind: str) -> tuple[bytes, bytes]:
    """What a slow client sends at once, and what it sends a byte at a time."""
    length = "Content-Length: 900000"
    match kind:
        case "headers":
            return b"", head(jupyter, "GET", "reactive/edit/") * 100
        case "bodies of ours":
            return head(jupyter, "POST", "reactive/api/notebooks", length), b" " * 10_000
        case "bodies of marimo's":
            return head(jupyter, "POST", "reactive/edit/api/kernel/save", length), b" " * 10_000
        case "uploads":
            large = "Content-Length: 90000000"
            return head(jupyter, "POST", "reactive/edit/api/kernel/run", large), b" " * 10_000
        case _:
            route = f"reactive/edit/api/files/download?path={jupyter.root / BIG}"
            return head(jupyter, "GET", route), b""


@contextlib.contextmanager
def slow_clients(jupyter: JupyterProcess, kind: str) -> Iterator[list[socket.socket]]:
    """Two hundred of them, for as long as the block goes on."""
    at_once, later = slowly(jupyter, kind)
    clients = [socket.create_connection(("127.0.0.1", jupyter.port)) for _ in range(CLIENTS)]
    done = threading.Event()

    def drip() -> None:
        for position in range(len(later) or 10_000):
            for client in clients:
                with contextlib.suppress(OSError):
                    if later:
                        client.send(later[position : position + 1])
                    else:
                        client.recv(100, socket.MSG_DONTWAIT)
            if done.wait(0.3):
                return

    for client in clients:
        client.sendall(at_once)
    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield clients
    finally:
        done.set()
        thread.join()
        for client in clients:
            client.close()


@pytest.mark.parametrize(
    "kind", ["headers", "bodies of ours", "bodies of marimo's", "uploads", "readers"]
)
def test_everybody_else_is_answered(jupyter: JupyterProcess, kind: str):
    process = psutil.Process(jupyter.process.pid)
    before = process.memory_info().rss
    with slow_clients(jupyter, kind):
        waits = []
        for _ in range(9):
            start = time.monotonic()
            jupyter.get("api/status")
            waits.append(time.monotonic() - start)
            time.sleep(0.2)
        growth = process.memory_info().rss - before
    assert statistics.median(waits) < 1, waits
    # Of each one a piece, and what asyncio reads ahead.
    assert growth < 200 * MB, growth
