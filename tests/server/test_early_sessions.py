"""Which pages ask for their session before marimo's own program does."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from jupyter_server.utils import url_path_join

SCRIPT = re.compile(r'<script data-session="session_id" [^>]*data-id="(s_[0-9a-z]{6})"')


@pytest.fixture
def session_in(browse):
    """The id that the page of a notebook gets, if it gets one."""

    async def look(file: str, **options) -> str | None:
        query = {"file": file, **options.pop("query", {})}
        reply = await browse("reactive", "edit/", params=query, **options)
        assert reply.status == 200, reply.text
        found = SCRIPT.search(reply.text)
        kept = reply.headers["Cache-Control"]
        assert kept == ("no-store" if found else "no-cache"), "nobody gets a session twice"
        return found[1] if found else None

    return look


async def test_the_only_page_of_a_notebook_asks_early(
    started, notebook, session_in, open_session, jp_root_dir, reactive
):
    (jp_root_dir / "link.py").symlink_to(notebook)
    session_id = await session_in(notebook)
    assert session_id is not None
    assert await session_in(notebook) is None, "the first page may still come"
    await open_session(notebook, session_id)
    assert await session_in("link.py") is None, "it is open, under whatever name"
    assert [session.id for session in reactive.sessions.models()] == [session_id]


async def test_a_page_that_never_came_leaves_no_kernel(
    started, notebook, session_in, open_session, reactive, until, marimo_post, jp_ws_fetch
):
    await open_session(notebook, str(await session_in(notebook)), leave=True)
    await until(lambda: not reactive.sessions.models())
    query = {"session_id": await session_in(notebook), "file": notebook}
    assert query["session_id"], "the next one may"
    socket = await jp_ws_fetch("reactive", "edit", "ws", params=query)
    await until(reactive.sessions.models)
    reply = await marimo_post("api/kernel/interrupt", {}, query["session_id"])
    assert reply.status == 200
    socket.close()
    await asyncio.sleep(1)
    assert len(await reactive.sessions.refresh()) == 1, "one that came stays, as marimo wants it"


async def test_others_do_not(started, notebook, session_in, reactive, jp_root_dir):
    assert await session_in("__new__") is None
    assert await session_in(notebook, query={"kiosk": "true"}) is None
    assert await session_in(notebook, query={"session_id": "s_others"}) is None
    assert await session_in(notebook, headers={"Cookie": "reactive-transport=sse"}) is None
    reactive.forwarding.early_kernel = False
    assert await session_in(notebook) is None


async def test_page_that_is_loaded_again_too_early_gets_a_new_session(
    started, notebook, session_in, browse, jp_base_url
):
    session_id = await session_in(notebook)
    query = {"file": notebook, "session_id": session_id, "n": "1"}
    reply = await browse("reactive", "edit/", params=query)
    assert reply.status == 302
    clean = {"n": "1", "file": notebook}
    address = urlsplit(reply.headers["Location"])
    assert address.path == url_path_join(jp_base_url, "reactive/edit/")
    assert dict(parse_qsl(address.query)) == clean


@pytest.fixture
def chosen_events(marimo_config) -> None:
    """A user who has configured marimo's event stream."""
    (marimo_config / "marimo").mkdir()
    (marimo_config / "marimo/marimo.toml").write_text('[server]\ntransport = "sse"\n')


async def test_not_for_who_has_chosen_the_event_stream(
    chosen_events, started, notebook, session_in
):
    assert await session_in(notebook) is None


@pytest.fixture
def runs_on_opening(marimo_config):
    (marimo_config / "marimo").mkdir()
    (marimo_config / "marimo/marimo.toml").write_text("[runtime]\nauto_instantiate = true\n")


async def test_notebook_that_runs_on_opening_runs_early(runs_on_opening, started, browse, notebook):
    page = (await browse("reactive", "edit/", params={"file": notebook})).text
    assert SCRIPT.search(page)
    assert 'data-run="api/kernel/instantiate"' in page


async def test_notebook_that_waits_for_its_user_does_not_run_early(started, browse, notebook):
    page = (await browse("reactive", "edit/", params={"file": notebook})).text
    assert SCRIPT.search(page)
    assert "data-run=" not in page
