"""What a page's user moves comes by the websocket of its session, and is judged as a request is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_reactive.notebooks.marimo import server_token
from jupyter_reactive.values import LARGEST, MARK

SOURCE = """\
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo

    slider = mo.ui.slider(1, 9)
    slider
    return mo, slider


@app.cell
def _(mo, slider):
    user = mo.app_meta().request.headers.get("x-reactive-user", "")
    print(f"moved to {slider.value} by {user}")
    return


if __name__ == "__main__":
    app.run()
"""
SESSION = "s_test01"
ROUTE = "/api/kernel/set_ui_element_value"


class MovingPage:
    """A page whose notebook runs, with its websocket in hand."""

    def __init__(self, socket: Any, token: str) -> None:
        self.socket = socket
        self.token = token

    async def read(self, text: str) -> str:
        """The first message with a text in it."""
        while text not in (message := await self.socket.read_message() or text):
            pass
        return str(message)

    async def send(self, **changes: object) -> str | None:
        """Ask for a move; what marimo says to it, None if the page is to ask by itself."""
        body = json.dumps({"objectIds": ["Hbol-0"], "values": [7]})
        asked = {"number": 1, "route": ROUTE, "token": self.token, "body": body, **changes}
        await self.socket.write_message(json.dumps({"reactive": asked}, separators=(",", ":")))
        answer = json.loads(await self.read(MARK))["reactive"]
        assert answer["number"] == asked["number"]
        return answer["text"]


@pytest.fixture
def moving(
    jp_asyncio_loop, jp_root_dir, jp_ws_fetch, started, browse, marimo_post
) -> Iterator[MovingPage]:
    page = jp_asyncio_loop.run_until_complete(
        _opened(jp_root_dir, jp_ws_fetch, browse, marimo_post)
    )
    yield page
    page.socket.close()


async def _opened(jp_root_dir, jp_ws_fetch, browse, marimo_post) -> MovingPage:
    (jp_root_dir / "a.py").write_text(SOURCE)
    html = (await browse("reactive", "edit/", params={"file": "a.py"})).text
    query = {"session_id": SESSION, "file": "a.py"}
    page = MovingPage(
        await jp_ws_fetch("reactive", "edit", "ws", params=query), server_token(html) or ""
    )
    await page.read("kernel-ready")
    start = {"objectIds": [], "values": [], "autoRun": True}
    assert (await marimo_post("api/kernel/instantiate", start, SESSION)).status == 200
    await page.read("moved to 1")
    return page


async def test_a_move_reaches_the_kernel_and_marimo_says_so(moving, reactive):
    reactive.activity._last_use = 0
    assert json.loads(await moving.send() or "") == {"success": True}
    assert re.search(r"moved to 7 by [%\w]+", await moving.read("moved to 7")), "its user's"
    assert reactive.activity.idle_seconds() < 30, "it counts as use"


async def test_what_marimo_refuses_is_left_to_the_page(moving):
    assert await moving.send(token="of another server") is None
    assert await moving.send(number=2) is not None, "the next one goes through"
    assert await moving.send(body="no JSON") is None


async def test_nothing_else_goes_by_it(moving, jp_root_dir):
    """marimo itself ignores what a page says by its websocket."""
    typed = jp_root_dir / "typed"
    run = {"cellIds": ["Hbol"], "codes": [f"open({str(typed)!r}, 'w')"]}
    asked = {"number": 1, "token": moving.token, "body": json.dumps(run)}
    for message in (
        {"reactive": {**asked, "route": "/api/kernel/run"}},
        {"reactive": {**asked, "route": f"{ROUTE}/../run"}},
        {"reactive": {**asked, "route": [ROUTE]}},
        {"reactive": asked},
        {"reactive": []},
        {"reactive": {**asked, "number": "1", "route": ROUTE}},
    ):
        await moving.socket.write_message(json.dumps(message, separators=(",", ":")))
    await moving.socket.write_message(f"{MARK} no JSON")
    assert await moving.send(number=3) is not None
    assert not typed.exists()


async def test_pages_have_the_script_unless_it_is_switched_off(browse, started, reactive, notebook):
    query = {"file": notebook}
    assert f'data-largest="{LARGEST}"' in (await browse("reactive", "edit/", params=query)).text
    reactive.forwarding.values_by_socket = False
    assert "data-largest" not in (await browse("reactive", "edit/", params=query)).text
