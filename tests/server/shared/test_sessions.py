"""What becomes of an open notebook when its file is moved or deleted. A real marimo."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path

import pytest
import tornado.httpclient

from jupyter_reactive.servers.sessions import TYPING_SECONDS


@pytest.fixture
def save(marimo_post):
    """Save from the page, with these cells."""

    async def post(path: str, *codes: str):
        return await marimo_post(
            "api/kernel/save",
            {
                "cellIds": [f"c{number}" for number in range(len(codes))],
                "codes": list(codes),
                "names": ["_"] * len(codes),
                "configs": [{}] * len(codes),
                "filename": path,
                "persist": True,
            },
        )

    return post


def session_events(events):
    return [
        {key: event[key] for key in ("action", "path", "source_path", "origin")}
        for event in events
        if "action" in event
    ]


@pytest.fixture
def contents(jp_fetch):
    """Jupyter's own contents API."""

    async def ask(method: str, path: str, body=None):
        return await jp_fetch(
            "api/contents", path, method=method, body=json.dumps(body) if body else None
        )

    return ask


async def test_rename_inside_marimo(
    marimo_post, notebook, open_session, events, until, jp_root_dir
):
    await open_session(notebook)
    reply = await marimo_post("api/kernel/rename", {"filename": "work/new name.py"})
    assert reply.status == 200, reply.text
    await until(lambda: len(session_events(events)) == 2)
    assert session_events(events)[1] == {
        "action": "renamed",
        "path": "work/new name.py",
        "source_path": notebook,
        "origin": "notebook",
    }
    assert (jp_root_dir / "work/new name.py").is_file()
    assert not (jp_root_dir / notebook).exists()


@pytest.mark.parametrize("target", ["work/other.py", "moved.py", "é 🌊.py"])
async def test_rename_by_jupyter_is_followed(
    contents, marimo_post, save, notebook, open_session, events, until, jp_root_dir, target, api
):
    await open_session(notebook)
    source = (jp_root_dir / notebook).read_text()
    await contents("PATCH", notebook, {"path": target})
    await until(lambda: len(session_events(events)) == 2)
    assert session_events(events)[1] == {
        "action": "renamed",
        "path": target,
        "source_path": notebook,
        "origin": "contents",
    }
    assert not (jp_root_dir / notebook).exists()
    assert "square" in (jp_root_dir / target).read_text()
    (session,) = (await api("GET", "sessions")).json
    assert session == {"id": "s_test01", "path": target, "name": target.rpartition("/")[2]}
    assert (await save(target, "x = 7")).status == 200
    assert "x = 7" in (jp_root_dir / target).read_text()
    assert "x = 7" not in source


async def test_two_quick_renames(contents, notebook, open_session, events, until, jp_root_dir, api):
    await open_session(notebook)
    await contents("PATCH", notebook, {"path": "work/b.py"})
    await contents("PATCH", "work/b.py", {"path": "c.py"})
    await until(lambda: len(session_events(events)) == 2)
    await asyncio.sleep(2 * TYPING_SECONDS)
    assert [event["action"] for event in session_events(events)] == ["opened", "renamed"]
    (session,) = (await api("GET", "sessions")).json
    assert session["path"] == "c.py"
    assert sorted(path.name for path in jp_root_dir.rglob("*.py")) == ["c.py"]


async def test_renames_while_one_is_followed(
    contents, notebook, open_session, until, jp_root_dir, api, reactive
):
    """For a moment the file is back under its old name; nobody else finds it there."""
    await open_session(notebook)
    names = [notebook, "work/b.py"]
    clock = asyncio.get_running_loop().time
    end = clock() + 3 * TYPING_SECONDS
    while clock() < end:
        reply = await contents("PATCH", names[0], {"path": names[1]})
        assert reply.code == 200
        names.reverse()
    await until(lambda: not reactive.sessions.is_moving("s_test01"))
    (session,) = (await api("GET", "sessions")).json
    assert session["path"] == names[0]
    assert [path.name for path in jp_root_dir.rglob("*.py")] == [names[0].rpartition("/")[2]]


async def test_moved_folder_with_many_open_notebooks(
    contents, notebook, notebook_source, open_session, events, until, jp_root_dir, api
):
    for number in range(5):
        (jp_root_dir / f"work/{number}.py").write_text(notebook_source)
        await open_session(f"work/{number}.py", f"s_{number}")
    del events[:]
    began = asyncio.get_running_loop().time()
    await contents("PATCH", "work", {"path": "lesson"})
    await until(lambda: len(session_events(events)) == 5)
    assert {event["action"] for event in session_events(events)} == {"renamed"}
    assert {session["path"] for session in (await api("GET", "sessions")).json} == {
        f"lesson/{number}.py" for number in range(5)
    }
    assert asyncio.get_running_loop().time() - began < 4, "one wait for all of them"


async def test_unsaved_edits_survive_a_rename(
    contents, marimo_post, notebook, open_session, events, until, jp_root_dir
):
    await open_session(notebook)
    edit = {
        "changes": [
            {"type": "set-code", "cellId": "Hbol", "code": "import marimo as mo; first = 1"},
            {
                "type": "create-cell",
                "cellId": "typed",
                "code": "typed = 42",
                "name": "_",
                "config": {},
            },
        ]
    }
    reply = await marimo_post("api/document/transaction", edit)
    assert reply.status == 200, reply.text
    assert "typed = 42" not in (jp_root_dir / notebook).read_text()
    await contents("PATCH", notebook, {"path": "renamed.py"})
    await until(lambda: len(session_events(events)) == 2)
    assert "typed = 42" in (jp_root_dir / "renamed.py").read_text()
    assert "first = 1" in (jp_root_dir / "renamed.py").read_text()


async def test_moved_folder_is_followed(
    contents, notebook, open_session, events, until, jp_root_dir: Path
):
    await open_session(notebook)
    await contents("PATCH", "work", {"path": "lesson"})
    await until(lambda: len(session_events(events)) == 2)
    assert session_events(events)[1]["path"] == "lesson/slider.py"
    assert session_events(events)[1]["origin"] == "contents"
    assert (jp_root_dir / "lesson/slider.py").is_file()
    assert not (jp_root_dir / "work").exists()


async def test_moved_folder_leaves_nothing_behind(
    contents, jp_fetch, notebook, open_session, events, until, jp_root_dir: Path
):
    """JupyterLab asks for checkpoints of the old path at any moment, which makes a folder there."""
    await open_session(notebook)
    stop = asyncio.Event()

    async def ask() -> None:
        while not stop.is_set():
            with contextlib.suppress(tornado.httpclient.HTTPClientError):
                await jp_fetch("api/contents", notebook, "checkpoints")

    asking = asyncio.ensure_future(ask())
    for number, (old, new) in enumerate([("work", "lesson"), ("lesson", "chapter")]):
        await contents("PATCH", old, {"path": new})
        await until(lambda number=number: len(session_events(events)) == 2 + number)
        assert session_events(events)[-1]["action"] == "renamed"
        assert session_events(events)[-1]["path"] == f"{new}/slider.py"
        assert not list((jp_root_dir / old).rglob("*.py"))
    stop.set()
    await asking
    assert not (jp_root_dir / "lesson").exists()


async def test_other_files_are_left_alone(
    contents, notebook, open_session, events, jp_root_dir: Path, until
):
    await open_session(notebook)
    (jp_root_dir / "work/slider.py.bak").write_text("x")
    await contents("PATCH", "work/slider.py.bak", {"path": "elsewhere.py"})
    await contents("DELETE", "elsewhere.py")
    await asyncio.sleep(2 * TYPING_SECONDS)
    assert len(session_events(events)) == 1
    assert (jp_root_dir / notebook).is_file()


async def test_renamed_to_something_that_marimo_cannot_save(
    contents, notebook, open_session, events, until, jp_root_dir: Path
):
    await open_session(notebook)
    await contents("PATCH", notebook, {"path": "work/notes.txt"})
    await until(lambda: len(session_events(events)) == 2)
    assert session_events(events)[1]["action"] == "deleted"
    assert session_events(events)[1]["path"] == notebook
    assert "square" in (jp_root_dir / "work/notes.txt").read_text()


@pytest.mark.parametrize("saved_before", [False, True])
async def test_deleted_notebook_comes_back_with_a_save(
    contents, save, notebook, open_session, events, until, jp_root_dir: Path, saved_before: bool
):
    await open_session(notebook)
    if saved_before:
        await save(notebook, "x = 7")
    await contents("DELETE", notebook)
    await until(lambda: len(session_events(events)) == 2)
    assert session_events(events)[1]["action"] == "deleted"
    assert not (jp_root_dir / notebook).exists()
    assert (await save(notebook, "x = 7")).status == 200
    assert "x = 7" in (jp_root_dir / notebook).read_text()
    await until(lambda: len(session_events(events)) == 3)
    assert session_events(events)[2]["action"] == "restored"


async def test_notebook_in_a_deleted_folder_comes_back_too(
    contents, save, notebook, open_session, events, until, jp_root_dir: Path
):
    await open_session(notebook)
    await save(notebook, "x = 7")
    await contents("DELETE", "work")
    await until(lambda: len(session_events(events)) == 2)
    assert session_events(events)[1]["action"] == "deleted"
    assert (await save(notebook, "x = 7")).status == 200
    assert "x = 7" in (jp_root_dir / notebook).read_text()


async def test_page_loaded_again_takes_its_session_over(
    started, notebook, open_session, events, until
):
    """marimo gives it the new page's id; who listens never sees the notebook without a session."""
    await open_session(notebook, "s_test01", leave=True)
    await open_session(notebook, "s_test02")
    await until(lambda: len(session_events(events)) == 3)
    assert [event["action"] for event in session_events(events)] == ["opened", "opened", "closed"]


async def test_server_end_ends_the_sessions(api, notebook, open_session, events, until):
    await open_session(notebook)
    await api("DELETE", "servers/edit")
    await until(lambda: session_events(events)[-1]["action"] == "closed")
    assert (await api("GET", "sessions")).json == []
