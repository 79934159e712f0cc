"""What counts as use, and the limits that rest on it. Real kernels, short limits."""

from __future__ import annotations

import asyncio
import contextlib
import json

import aiohttp
import pytest
from jupyter_server.utils import url_path_join
from yarl import URL

from jupyter_reactive.events import NOTICE_SCHEMA

# A cell that runs until a file is there.
WAITING = """import marimo

app = marimo.App()


@app.cell
def _():
    import pathlib
    import time

    while not pathlib.Path("go").exists():
        time.sleep(0.05)
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture
def jp_server_config(jp_server_config):
    return {**jp_server_config, "ActivityMonitor": {"interval": 0.3, "max_keep_alive_hours": 2}}


@pytest.fixture
def last_activity(jp_serverapp):
    """When the server was used last, as the Hub's culler is told."""
    return jp_serverapp.web_app.last_activity


@pytest.fixture
def run_all(marimo_post):
    """Run every cell, as a page does that opens."""

    async def run(session_id: str = "s_test01") -> None:
        body = {"objectIds": [], "values": [], "autoRun": True}
        reply = await marimo_post("api/kernel/instantiate", body, session_id)
        assert reply.status == 200, reply.text

    return run


@pytest.fixture
def moves(last_activity):
    """Whether the time of the last use moves within some seconds."""

    async def look(seconds: float = 2) -> bool:
        before = last_activity()
        deadline = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.1)
            if last_activity() > before:
                return True
        return False

    return look


@pytest.fixture
def activity_of_now(reactive):
    return reactive.activity.note_use


def notices(events) -> list[dict]:
    return [event for event in events if event["schema"] == NOTICE_SCHEMA]


async def test_only_what_a_user_does_counts(
    started, notebook, open_session, fetch, browse, api, last_activity, moves, marimo_post
):
    await open_session(notebook)
    assert not await moves()
    before = last_activity()
    await fetch("reactive", "edit", "api", "status")
    await api("GET", "sessions")
    await api("GET", "activity")
    await api("POST", "notebooks/recognise", {"paths": [notebook]})
    assert last_activity() == before
    await browse("reactive", "edit/", params={"file": notebook})
    assert last_activity() > before
    before = last_activity()
    await marimo_post("api/home/running_notebooks", {})
    assert last_activity() > before


async def test_running_cell_counts_with_nobody_looking(
    started, jp_root_dir, open_session, run_all, api, moves, until
):
    (jp_root_dir / "waiting.py").write_text(WAITING)
    await open_session("waiting.py")
    await run_all()
    await open_session("waiting.py", leave=True)
    assert await moves(10)
    assert await moves(10)
    activity = (await api("GET", "activity")).json
    assert activity["busy"] is True
    (jp_root_dir / "go").touch()
    deadline = asyncio.get_running_loop().time() + 15
    while (await api("GET", "activity")).json["busy"]:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.1)
    assert not await moves()


async def test_keep_alive(api, moves):
    activity = (await api("PUT", "activity", {"keep_alive_hours": 0.001})).json
    assert activity["keep_alive_until"] > activity["last_activity"]
    assert await moves()
    assert (await api("PUT", "activity", {"keep_alive_hours": 0})).json["keep_alive_until"] is None
    assert not await moves(1)
    for hours in (2.5, -1, 1e400):
        reply = await api("PUT", "activity", f'{{"keep_alive_hours": {hours}}}'.encode())
        assert reply.status == 400


async def test_idle_notebook_is_shut_down_after_a_word(
    started, notebook, open_session, reactive, events, until, api
):
    reactive.limits.idle_timeout, reactive.limits.warning_time = 3, 2
    await open_session(notebook)
    await until(lambda: len(notices(events)) == 2)
    warning, end = notices(events)
    assert "will be shut down in about" in warning["message"]
    assert warning["path"] == notebook
    assert "has been shut down" in end["message"]
    assert (await api("GET", "sessions")).json == []


async def test_page_itself_warns_before_it_is_shut_down(
    started, notebook, jp_root_dir, reactive, root_url, jp_auth_header
):
    """Whichever way it hears from marimo; a page in JupyterLab's tab is told there."""
    reactive.limits.idle_timeout, reactive.limits.warning_time = 600, 600
    edit = url_path_join(root_url, "reactive/edit")
    async with aiohttp.ClientSession(headers=jp_auth_header) as browser:
        address = f"{edit}/ws?session_id=s_socket&file={notebook}"
        async with browser.ws_connect(URL(address, encoded=True)) as socket:
            while "banner" not in (message := await socket.receive_str()):
                pass
            assert "slider.py” is idle" in json.loads(message)["data"]["title"]
        (jp_root_dir / "other.py").write_text((jp_root_dir / notebook).read_text())
        address = f"{edit}/sse?session_id=s_events&file=other.py"
        async with browser.get(URL(address, encoded=True)) as stream:
            while "banner" not in (message := (await stream.content.readline()).decode()):
                assert message
            told = json.loads(message.removeprefix("data: "))
            assert "other.py” is idle" in told["data"]["title"]
            # marimo's own events go on.
            assert await stream.content.readline() == b"\n"
            await reactive.sessions.shutdown("s_events")
            await asyncio.wait_for(stream.content.read(), 20)


async def test_idle_page_makes_no_traffic_that_a_hub_takes_for_use(
    started, notebook, fetch, root_url, jp_auth_header, activity_of_now
):
    """No ping that its browser would answer, and "not modified" to what it asks by itself."""
    route = ("reactive", "edit", "api", "usage")
    reply = await fetch(*route)
    assert (reply.status, reply.headers["Cache-Control"]) == (200, "private, no-cache")
    known = {"If-None-Match": reply.headers["ETag"]}
    assert (await fetch(*route, headers=known)).status == 304
    activity_of_now()
    assert (await fetch(*route, headers=known)).status == 200
    url = f"{url_path_join(root_url, 'reactive/edit/ws')}?session_id=s_test01&file={notebook}"
    async with (
        aiohttp.ClientSession(headers=jp_auth_header) as browser,
        browser.ws_connect(URL(url, encoded=True), autoping=False) as socket,
    ):
        kinds = {(await asyncio.wait_for(socket.receive(), 60)).type}
        with contextlib.suppress(asyncio.TimeoutError):
            while True:
                kinds.add((await asyncio.wait_for(socket.receive(), 3)).type)
        assert kinds == {aiohttp.WSMsgType.TEXT}


async def test_running_or_used_notebook_is_not_struck(
    started, jp_root_dir, open_session, run_all, reactive, events, until, api
):
    reactive.limits.idle_timeout, reactive.limits.warning_time = 2, 1
    (jp_root_dir / "waiting.py").write_text(WAITING)
    await open_session("waiting.py")
    await run_all()
    await asyncio.sleep(5)
    assert notices(events) == []
    assert len((await api("GET", "sessions")).json) == 1
    (jp_root_dir / "go").touch()
    await until(lambda: len(notices(events)) == 2)


async def test_number_of_notebooks_is_limited(
    started, notebook, jp_root_dir, notebook_source, open_session, reactive, events, browse, fetch
):
    reactive.limits.max_sessions = 1
    (jp_root_dir / "other.py").write_text(notebook_source)
    await open_session(notebook)
    (last,) = notices(events)
    assert "this is the last" in last["message"]
    page = await browse("reactive", "edit/", params={"file": "other.py"})
    assert page.status == 429
    assert "slider.py" in page.text
    reply = await fetch(
        "reactive", "edit", "sse", params={"file": "other.py", "session_id": "s_other1"}
    )
    assert reply.status == 429
    assert (await browse("reactive", "edit/", params={"file": notebook})).status == 200
    assert (await browse("reactive", "edit/")).status == 200
