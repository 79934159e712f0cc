"""What two readers could read in two ways never comes to marimo."""

from __future__ import annotations

import json
from urllib.parse import quote

from multipart import BOUNDARY, FORM_HEADERS, form

from jupyter_reactive.notebooks import marimo

AMBIGUOUS_ROUTES = [
    "api/files/download%3Fpath={out}",
    "api/files/download%3Fpath={out}?path=folder/n.py",
    "/api/files/download?path={out}",
    "api//files/download?path={out}",
    "api/./files/download?path={out}",
    "api/nix/../files/download?path={out}",
    "api/nix/%2e%2e/files/download?path={out}",
    "api%2ffiles%2fdownload?path={out}",
    "api/files/download%23?path={out}",
    "api%5Cfiles%5Cdownload?path={out}",
    "api/files/download?path={out}&path=folder/n.py",
    "api/files/download?path=folder/n.py&path={out}",
    "api/files/download?p%61th={out}",
    "public/../../outside/secret.py",
    "public/%2e%2e/%2e%2e/outside/secret.py",
    "public/%2Fetc/passwd",
    "@file/../x",
]


async def test_routes_that_could_be_read_in_two_ways(client, ask_raw, trees):
    out = quote(str(trees.outside / "secret.py"), safe="")
    for route in AMBIGUOUS_ROUTES:
        assert await ask_raw(f"edit/{route.format(out=out)}") in {400, 403}, route
    assert await client.was_reached() == 0


END = f"--{BOUNDARY}--\r\n".encode()


def joined(first: bytes, second: bytes) -> bytes:
    """The parts of two forms as one."""
    return first.removesuffix(END) + second


GOOD = [("path", "folder"), ("type", "file"), ("name", "new.bin")]
ANOTHER = [("path", "/etc")]
FORMS: dict[str, tuple[bytes, str]] = {
    "file first": (joined(form([]), form(GOOD, None)), ""),
    "a field after the file": (joined(form(GOOD), form(ANOTHER, None)), ""),
    "a second file": (joined(form(GOOD), form([])), ""),
    "a field twice": (form([*GOOD, *ANOTHER]), ""),
    "no end": (form(GOOD).removesuffix(END), ""),
    "half an end": (form(GOOD).removesuffix(b"-\r\n"), ""),
    "more after the end": (form(GOOD) + form(ANOTHER), ""),
    "line feed before the end": (joined(form(GOOD, b"x\n" + END + b"z"), END), ""),
    "a path as a file": (form(GOOD).replace(b'"path"', b'"path"; filename="x"'), ""),
    "another encoding": (form(GOOD), f"multipart/form-data; charset=utf-7; boundary={BOUNDARY}"),
    "two boundaries": (form(GOOD), f"multipart/form-data; boundary=x; boundary={BOUNDARY}"),
    "no form": (b"path=/etc&type=file&name=x", "application/x-www-form-urlencoded"),
    "json": (b'{"path": "folder", "type": "file", "name": "x"}', "application/json"),
    "no boundary": (form(GOOD), "multipart/form-data"),
    "a header more": (form(GOOD).replace(b"Content-Disp", b"X: y\r\nContent-Disp", 1), ""),
    "bare line feeds": (form(GOOD).replace(b"\r\n", b"\n"), ""),
    "a name that ends early": (form(GOOD).replace(b'"path"', b'"x\\"; name="path"'), ""),
    "no text": (form(GOOD).replace(b"folder", b"\xff"), ""),
}


async def test_forms_that_could_be_read_in_two_ways(client, trees):
    for case, (body, content_type) in FORMS.items():
        headers = {"Content-Type": content_type} if content_type else {**FORM_HEADERS}
        reply = await client.ask(marimo.UPLOAD_ROUTE, method="POST", body=body, headers=headers)
        assert reply.status == 400, (case, reply)
        assert "upload" in reply.json["message"]
    assert await client.was_reached() == 0


BODIES = {
    "a field twice": b'{"path": "/etc/passwd", "path": "folder/n.py"}',
    "written otherwise": b'{"path": "folder/n.py", "p\\u0061th": "/etc/passwd"}',
    "utf-16": json.dumps({"path": "folder/n.py"}).encode("utf-16"),
    "with a mark": b'\xef\xbb\xbf{"path": "folder/n.py"}',
    "no text": b'{"path": "\xff"}',
    "a form": b"path=/etc/passwd",
    "endless": b"[" * 100_000,
}


async def test_json_that_could_be_read_in_two_ways(client, trees):
    for case, body in BODIES.items():
        reply = await client.ask("/api/files/delete", method="POST", body=body)
        assert reply.status == 400, (case, reply)
    assert await client.was_reached() == 0
