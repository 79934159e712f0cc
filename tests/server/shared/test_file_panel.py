"""What marimo's file panel and its tutorials need goes through; what leads out does not."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hostile_paths import Trees, hostile_paths
from jupyter_server.utils import url_path_join

from jupyter_reactive.notebooks import marimo

BOUNDARY = "one-part-ends"


@pytest.fixture
def trees(jp_root_dir: Path):
    """The contents root among its neighbours, which are the same afterwards."""
    trees = Trees(jp_root_dir, jp_root_dir.parent / "outside")
    trees.plant()
    before = trees.untouchable()
    yield trees
    assert trees.untouchable() == before


async def test_the_panel_works_in_the_root(started, marimo_post, jp_root_dir: Path):
    (jp_root_dir / "a.txt").write_text("a")
    (jp_root_dir / "folder").mkdir()

    async def ask(verb: str, **body: Any) -> Any:
        reply = await marimo_post(f"api/files/{verb}", body)
        assert reply.status == 200, reply
        assert reply.json.get("success", True), reply
        return reply.json

    root = str(jp_root_dir)
    assert {file["name"] for file in (await ask("list_files", path=root))["files"]} >= {"a.txt"}
    assert (await ask("list_files", path=None))["root"] == root
    assert (await ask("file_details", path=f"{root}/a.txt"))["contents"] == "a"
    await ask("update", path=f"{root}/a.txt", contents="é")
    await ask("copy", path=f"{root}/a.txt", newPath=f"{root}/b.txt")
    await ask("move", path=f"{root}/b.txt", newPath=f"{root}/folder/c.txt")
    assert (jp_root_dir / "folder/c.txt").read_text() == "é"
    await ask("copy", path=f"{root}/folder", newPath=f"{root}/twin")
    await ask("search", query="c", path=f"{root}/twin")
    await ask("delete", path=f"{root}/a.txt")
    assert sorted(path.name for path in jp_root_dir.rglob("*.txt")) == ["c.txt", "c.txt"]


async def test_every_path_that_is_refused_changes_nothing(
    started, marimo_post, browse, jp_root_dir: Path, trees: Trees
):
    """The real marimo would delete, move and overwrite each of them."""
    token = marimo.server_token((await browse("reactive", "edit/")).text)
    paths = {path.operator: path.path for path in hostile_paths(trees) if path.refused}
    paths |= {"tree": "tree/secret.py", "panel": str(trees.outside / "secret.py")}
    there = trees.fingerprint(jp_root_dir)
    for operator, path in paths.items():
        for verb, body in (
            ("file_details", {"path": path}),
            ("list_files", {"path": path}),
            ("search", {"path": path, "query": "n"}),
            ("update", {"path": path, "contents": "overwritten"}),
            ("move", {"path": path, "newPath": "taken.py"}),
            ("copy", {"path": path, "newPath": "taken.py"}),
            ("move", {"path": "folder/n.py", "newPath": path}),
            ("copy", {"path": "folder/n.py", "newPath": path}),
            ("delete", {"path": path}),
        ):
            reply = await marimo_post(f"api/files/{verb}", body, token=token)
            assert 400 <= reply.status < 500, (operator, path, verb)
            assert "secret" not in reply.text.replace("secret.py", ""), reply
    assert trees.fingerprint(jp_root_dir) == there


async def test_a_folder_is_not_copied_with_what_its_links_lead_to(
    started, marimo_post, jp_root_dir: Path, tmp_path: Path
):
    (tmp_path / "secret.txt").write_text("secret")
    (jp_root_dir / "folder/deep").mkdir(parents=True)
    (jp_root_dir / "folder/deep/link").symlink_to(tmp_path / "secret.txt")
    body = {"path": str(jp_root_dir / "folder"), "newPath": str(jp_root_dir / "twin")}
    reply = await marimo_post("api/files/copy", body)
    assert reply.status == 403
    assert "folder/deep/link" in reply.json["message"]
    assert not (jp_root_dir / "twin").exists()


async def test_a_tutorial_opens(started, marimo_post, fetch, jp_ws_fetch, reactive):
    """It lies in a folder for temporary files, which marimo made."""
    outside = "/tmp/intro.py"
    assert (await fetch("reactive", "edit/", params={"file": outside})).status == 403
    reply = await marimo_post(marimo.TUTORIAL_ROUTE, {"tutorialId": "intro"})
    path = reply.json["path"]
    assert reactive.files.api_path(path) is None
    assert (await fetch("reactive", "edit/", params={"file": path})).status == 200
    socket = await jp_ws_fetch(
        "reactive", "edit", "ws", params={"session_id": "s_test01", "file": path}
    )
    assert await socket.read_message()
    socket.close()
    beside = str(Path(path).parent / ".." / "intro.py")
    for other in (beside, str(Path(path).parent / "deep" / "x.py"), str(Path(path).parent)):
        assert (await fetch("reactive", "edit/", params={"file": other})).status in {400, 403}
    # Somebody else's link in its place is not followed.
    Path(path).unlink()
    Path(path).symlink_to("/etc/passwd")
    assert (await fetch("reactive", "edit/", params={"file": path})).status == 403


async def test_css_beside_the_notebook_may_climb_in_the_root(
    started, marimo_post, open_session, jp_root_dir: Path, notebook: str
):
    await open_session(notebook)
    route = "/api/kernel/save_app_config"
    for css, status in (
        ("../shared.css", 200),
        ("own.css", 200),
        (str(jp_root_dir / "shared.css"), 200),
        ("../../outside.css", 403),
        ("/etc/passwd", 403),
        ("../.hidden.css", 404),
    ):
        reply = await marimo_post(route, {"config": {"css_file": css}})
        assert reply.status == status, css


def form(head: dict[str, str], content: bytes) -> bytes:
    fields = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in head.items()
    )
    file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="é"\r\n\r\n'
    return (fields + file).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


async def test_uploads(started, fetch, browse, jp_root_dir: Path, trees: Trees):
    """Small ones, which are collected, and large ones, which stream."""
    token = marimo.server_token((await browse("reactive", "edit/")).text)

    async def upload(folder: str, name: str, size: int) -> Any:
        return await fetch(
            *("reactive", "edit", *marimo.UPLOAD_ROUTE.strip("/").split("/")),
            method="POST",
            body=form({"path": folder, "type": "file", "name": name}, os.urandom(size)),
            headers={
                "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
                marimo.SERVER_TOKEN_HEADER: token,
            },
        )

    there = trees.fingerprint(jp_root_dir)
    for size in (10, 3_000_000):
        for folder in (str(jp_root_dir), "folder", ""):
            reply = await upload(folder, "new.bin", size)
            assert reply.json["success"], reply
            new = jp_root_dir / folder / "new.bin"
            assert new.stat().st_size == size
            new.unlink()
        for folder, name, status in (
            (str(trees.outside), "x", 403),
            ("tree", "x", 403),
            ("folder", "../../x", 400),
            ("folder", ".x", 404),
        ):
            assert (await upload(folder, name, size)).status == status, (folder, name)
    assert trees.fingerprint(jp_root_dir) == there


async def test_a_large_upload_is_refused_by_its_first_fields(
    started, root_url, jp_auth_header, trees: Trees
):
    """The answer comes while nearly all of the body is still to be sent, and nothing is written."""
    url = urlsplit(url_path_join(root_url, "reactive/edit", marimo.UPLOAD_ROUTE))
    fields = {"path": str(trees.outside), "type": "file", "name": "x"}
    head = form(fields, b"").partition(b"\r\n--one-part-ends--")[0]
    lines = [
        f"POST {url.path} HTTP/1.1",
        f"Host: {url.netloc}",
        f"Authorization: {jp_auth_header['Authorization']}",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        "Content-Length: 100000000",
    ]
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write("\r\n".join([*lines, "", ""]).encode() + head + b"x" * 1000)
    answer = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"leads out of the folder" in answer
