"""reactive/api/conversions: the report first, then the file, and nothing is overwritten."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import psutil
import pytest
from ipynb import ipynb

CELLS = ("x = 1", "x = 2", "x")


@pytest.fixture
def lesson(jp_root_dir: Path) -> Path:
    """A notebook of Jupyter under the contents root."""
    file = Path(jp_root_dir) / "course ä" / "lesson.ipynb"
    file.parent.mkdir()
    file.write_text(ipynb(*CELLS), "utf-8")
    return file


@pytest.fixture
def convert(api):
    """Ask for the conversion of the lesson."""

    async def ask(**fields: object):
        return await api("POST", "conversions", {"path": "course ä/lesson.ipynb", **fields})

    return ask


def children() -> set[int]:
    """The processes that convert."""
    return {
        child.pid
        for child in psutil.Process().children(recursive=True)
        if "convert.child" in " ".join(child.cmdline())
    }


async def test_preview_tells_and_writes_nothing(convert, lesson: Path):
    before = lesson.read_bytes()
    reply = await convert(preview=True)
    assert reply.status == 200
    assert (reply.json["path"], reply.json["name"]) == ("course ä/lesson.py", "lesson.py")
    assert len(reply.json["report"]["cells"]) == len(CELLS)
    assert list(lesson.parent.iterdir()) == [lesson]
    assert lesson.read_bytes() == before


async def test_writes_beside_the_old_notebook_and_overwrites_nothing_untold(convert, lesson: Path):
    before = lesson.read_bytes()
    new = lesson.with_suffix(".py")
    reply = await convert()
    assert (reply.status, reply.json["path"]) == (201, "course ä/lesson.py")
    assert reply.headers["Location"].endswith("reactive/open/course%20%C3%A4/lesson.py")
    assert "app = marimo.App(" in new.read_text("utf-8")
    new.write_text("mine")
    assert (await convert(name="lesson.py")).status == 409
    assert (await convert()).json["name"] == "lesson_1.py"
    assert new.read_text() == "mine"
    reply = await convert(overwrite=True)
    assert (reply.status, reply.json["name"]) == (201, "lesson.py")
    assert "app = marimo.App(" in new.read_text("utf-8")
    assert lesson.read_bytes() == before


async def test_writes_through_the_contents_manager(convert, reactive, lesson: Path):
    saved = []
    manager = reactive.serverapp.contents_manager
    manager.register_pre_save_hook(lambda model, path, **_more: saved.append((path, model["type"])))
    assert (await convert()).status == 201
    assert saved == [("course ä/lesson.py", "file")]
    assert sorted(lesson.parent.iterdir()) == [lesson, lesson.with_suffix(".py")]


async def test_writes_elsewhere_under_another_name(convert, lesson: Path):
    reply = await convert(folder="", name="other")
    assert (reply.status, reply.json["path"]) == (201, "other.py")
    assert (lesson.parent.parent / "other.py").is_file()


@pytest.mark.parametrize(
    "fields, status",
    [
        ({"folder": "nowhere"}, 404),
        ({"folder": "course ä/../.."}, 400),
        ({"folder": "out"}, 403),
        ({"name": ".hidden"}, 400),
        ({"name": "a/b"}, 400),
        ({"name": "link", "overwrite": True}, 403),
        ({"name": "folder.py", "overwrite": True}, 400),
    ],
)
async def test_writes_nothing_outside_or_hidden(
    convert, lesson: Path, jp_root_dir: Path, tmp_path: Path, fields, status
):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "theirs.py").write_text("theirs")
    (Path(jp_root_dir) / "out").symlink_to(outside)
    (lesson.parent / "link.py").symlink_to(outside / "theirs.py")
    (lesson.parent / "folder.py").mkdir()
    reply = await convert(**fields)
    assert reply.status == status
    assert reply.json["remedy"]
    assert [path.name for path in outside.iterdir()] == ["theirs.py"]
    assert (outside / "theirs.py").read_text() == "theirs"


@pytest.mark.parametrize(
    "name, content, status",
    [
        ("broken.ipynb", b"{", 422),
        ("latin.ipynb", b'{"cells": "\xe4"}', 422),
        ("list.ipynb", b"[]", 415),
        ("r.ipynb", b'{"cells": [], "metadata": {"language_info": {"name": "R"}}}', 415),
        ("text.txt", b"", 415),
        (".hidden.ipynb", b"", 404),
        ("missing.ipynb", None, 404),
    ],
)
async def test_refuses_with_a_sentence(api, jp_root_dir: Path, name, content, status):
    if content is not None:
        (Path(jp_root_dir) / name).write_bytes(content)
    reply = await api("POST", "conversions", {"path": name})
    assert reply.status == status
    assert reply.json["message"]
    assert reply.json["remedy"]
    assert not list(Path(jp_root_dir).glob("*.py"))


async def test_limits_of_time_and_size(convert, reactive, lesson: Path):
    reactive.parts.conversions.seconds = 0.1
    reply = await convert()
    assert reply.status == 422
    assert "longer than 0.1 seconds" in reply.json["message"]
    with lesson.open("ab") as file:
        file.write(b" " * 1_500_000)
    reactive.parts.conversions.max_size = 1
    reply = await convert()
    assert reply.status == 413
    assert not children()


async def test_nothing_is_converted_where_nothing_may_be_edited(convert, reactive, lesson: Path):
    reactive.policy.disable_editing = True
    assert (await convert(preview=True)).status == 403
    assert (await convert()).status == 403


async def test_client_that_leaves_ends_the_child(lesson: Path, root_url, jp_auth_header, until):
    address = root_url.removeprefix("http://")
    host, _slash, base = address.partition("/")
    body = json.dumps({"path": "course ä/lesson.ipynb"}).encode()
    _reader, writer = await asyncio.open_connection(*host.split(":"))
    authorization = jp_auth_header["Authorization"]
    writer.write(
        f"POST /{base}reactive/api/conversions HTTP/1.1\r\nHost: {host}\r\n"
        f"Authorization: {authorization}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    await writer.drain()
    await until(children)
    writer.close()
    await writer.wait_closed()
    await until(lambda: not children())
    # As long as a file could take that is still written.
    await asyncio.sleep(0.5)
    assert list(lesson.parent.iterdir()) == [lesson]


async def test_child_ends_with_the_server(reactive, convert, lesson: Path, until):
    asked = asyncio.ensure_future(convert())
    await until(children)
    (child,) = children()
    await reactive.stop_extension()
    assert (await asked).status == 422
    assert child not in children()
    assert not os.path.lexists(lesson.with_suffix(".py"))


async def test_way_back_gives_the_old_notebook_again(convert, lesson: Path, jp_root_dir: Path):
    assert (await convert(folder="", name="other")).status == 201
    before = json.loads(lesson.read_text("utf-8"))
    lesson.unlink()
    preview = await convert(path="other.py", preview=True)
    assert (preview.status, preview.json["name"]) == (200, "other.ipynb")
    reply = await convert(path="other.py")
    assert (reply.status, reply.json["path"]) == (201, "other.ipynb")
    after = json.loads((Path(jp_root_dir) / "other.ipynb").read_text("utf-8"))
    assert [cell["source"] for cell in after["cells"]] == [
        cell["source"] for cell in before["cells"]
    ]


async def test_python_that_is_no_notebook_does_not_go_back(api, jp_root_dir: Path):
    (Path(jp_root_dir) / "module.py").write_text("x = 1\n")
    reply = await api("POST", "conversions", {"path": "module.py"})
    assert reply.status == 415
    assert not (Path(jp_root_dir) / "module.ipynb").exists()
