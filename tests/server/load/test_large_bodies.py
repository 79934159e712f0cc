"""Files of hundreds of megabytes go through a real Jupyter server, which does not grow by them."""

from __future__ import annotations

import http.client
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import marimo as package
import psutil
import pytest
from jupyter_process import JupyterProcess
from typing_extensions import Self

from jupyter_reactive.notebooks import marimo

MB = 1_000_000
PIECE = os.urandom(MB)
BOUNDARY = "one-part-ends"


class Growth:
    """How far the resident memory of a process rises above its beginning."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.most = 0

    def __enter__(self) -> Self:
        self._start = self._process.memory_info().rss
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self.most = max(self.most, self._process.memory_info().rss - self._start)


def ask(jupyter: JupyterProcess, method: str, route: str, body=None, **headers: str):
    """An answer that is not read yet."""
    url = urlsplit(f"{jupyter.url}reactive/edit/{route}")
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=100)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    headers |= {"Authorization": f"token {jupyter.token}", "Connection": "close"}
    connection.request(method, f"{url.path}?{url.query}", body, headers)
    return connection.getresponse()


def download(jupyter: JupyterProcess, method: str, file: Path, **headers: str):
    query = urlencode({"path": str(file)})
    return ask(jupyter, method, f"api/files/download?{query}", **headers)


def form(folder: Path, megabytes: int) -> Iterator[bytes]:
    fields = {"path": str(folder), "type": "file", "name": f"{megabytes}.bin"}
    for name, value in fields.items():
        yield (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        ).encode()
    yield (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    for _ in range(megabytes):
        yield PIECE
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


def upload(jupyter: JupyterProcess, megabytes: int, **headers: str):
    length = sum(map(len, form(jupyter.root, 0))) + len(f"{megabytes}") - 1 + megabytes * MB
    return ask(
        jupyter,
        "POST",
        "api/files/create",
        form(jupyter.root, megabytes),
        Content_Type=f"multipart/form-data; boundary={BOUNDARY}",
        Content_Length=str(length),
        **headers,
    )


@pytest.mark.parametrize("megabytes", [200, pytest.param(500, marks=pytest.mark.slow)])
def test_memory_does_not_grow_with_a_file(jupyter: JupyterProcess, megabytes: int):
    token = marimo.server_token(ask(jupyter, "GET", "").read().decode())
    file = jupyter.root / f"{megabytes}.bin"
    pid = jupyter.process.pid
    with Growth(pid) as up:
        reply = upload(jupyter, megabytes, **{marimo.SERVER_TOKEN_HEADER: token})
        assert json.loads(reply.read())["success"], reply.status
    assert file.stat().st_size == megabytes * MB
    with Growth(pid) as down:
        reply = download(jupyter, "GET", file)
        assert reply.status == 200
        assert int(reply.headers["Content-Length"]) == megabytes * MB
        while piece := reply.read(MB):
            assert piece == PIECE
    file.unlink()
    assert (up.most < 50 * MB, down.most < 50 * MB) == (True, True), (up.most, down.most)


def test_marimos_refusal_of_a_large_body_comes_through(jupyter: JupyterProcess):
    """It answers before it has read the body; the browser goes on sending."""
    reply = upload(jupyter, 20)
    assert reply.status == 401
    assert "server token" in reply.read().decode()


def test_heads_ranges_and_copies_that_are_fresh(jupyter: JupyterProcess):
    file = jupyter.root / "five.txt"
    file.write_bytes(b"0123456789" * 500_000)
    for first, last in ((3, 12), (0, 3_000_000)):
        reply = download(jupyter, "GET", file, Range=f"bytes={first}-{last}")
        assert reply.status == 206
        assert reply.headers["Content-Range"] == f"bytes {first}-{last}/5000000"
        assert reply.read() == file.read_bytes()[first : last + 1]
    assets = Path(package.__file__).parent / "_static/assets"
    asset = max(assets.iterdir(), key=lambda path: path.stat().st_size)
    reply = ask(jupyter, "HEAD", f"assets/{asset.name}")
    assert reply.status == 200
    assert int(reply.headers["Content-Length"]) == asset.stat().st_size
    assert reply.read() == b""
    etag = reply.headers["ETag"]
    reply = ask(jupyter, "GET", f"assets/{asset.name}", If_None_Match=etag)
    assert reply.status == 304
    assert reply.read() == b""
