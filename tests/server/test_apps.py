"""Notebooks as apps, through a real Jupyter server and a real app server."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cells import source_of

from jupyter_reactive.notebooks.marimo import server_token
from jupyter_reactive.servers.manager import APP_SERVER

ECHO = source_of(
    """\
import json
import marimo as mo

seen = mo.app_meta().request
told = {
    "user": seen.user,
    "meta": seen.meta,
    "headers": sorted(seen.headers),
    "query": mo.query_params().to_dict(),
    "arguments": mo.cli_args().to_dict(),
}
mo.md(f"ECHO {json.dumps(told)} END")""",
    """\
slider = mo.ui.slider(1, 9)
slider""",
    """\
mo.md(f"value {slider.value} END")""",
)


class Tab:
    """A visitor's tab: a page, its session and what it hears."""

    def __init__(self, socket: Any, page: str, session: str) -> None:
        self.socket, self.page, self.session = socket, page, session
        self.heard = ""

    @property
    def token(self) -> str:
        return server_token(self.page) or ""

    async def hear(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """Listen until something was said."""
        while not (found := re.search(pattern, self.heard)):
            message = await asyncio.wait_for(self.socket.read_message(), seconds)
            assert message is not None, f"closed; heard {self.heard[-500:]}"
            self.heard += message
        return found

    async def echo(self) -> dict[str, Any]:
        found = await self.hear(r"ECHO (.*?) END")
        text = found[1].replace("\\u0026", "&").replace("&quot;", '"').replace('\\"', '"')
        return json.loads(re.sub(r"</?[a-z]+>", "", text))


@pytest.fixture
def app(jp_root_dir: Path) -> str:
    """An app in the contents root; gives its path."""
    (jp_root_dir / "shown").mkdir()
    (jp_root_dir / "shown/echo.py").write_text(ECHO)
    return "shown/echo.py"


@pytest.fixture
def visit(browse, jp_ws_fetch, until):
    """Open an app in a tab, as a browser does."""
    sockets = []

    async def page_of(path: str, query: dict[str, str]) -> str:
        deadline = asyncio.get_running_loop().time() + 60
        while True:
            reply = await browse("reactive", "run", f"{path}/", params=query)
            if reply.status != 202:
                assert reply.status == 200, reply.text
                return reply.text
            assert asyncio.get_running_loop().time() < deadline, "the app does not start"
            await asyncio.sleep(0.2)

    async def open_(path: str, session: str = "s_visit1", **query: str) -> Tab:
        page = await page_of(path, query)
        socket = await jp_ws_fetch(
            "reactive", "run", *path.split("/"), "ws", params={**query, "session_id": session}
        )
        sockets.append(socket)
        return Tab(socket, page, session)

    yield open_
    for socket in sockets:
        socket.close()


@pytest.fixture
def act(fetch):
    """Do something in a tab."""

    async def post(path: str, tab: Tab, route: str, body: dict[str, Any]) -> Any:
        return await fetch(
            *("reactive", "run", *path.split("/"), *route.strip("/").split("/")),
            method="POST",
            body=json.dumps(body),
            headers={
                "Marimo-Session-Id": tab.session,
                "Marimo-Server-Token": tab.token,
                "Content-Type": "application/json",
            },
        )

    return post


async def test_an_app_runs_and_is_used(app, visit, act, reactive):
    tab = await visit(app, colour="blue", **{"--size": "10", "--deep": "true"})
    told = await tab.echo()
    assert told["query"] == {"colour": "blue"}
    assert told["arguments"] == {"size": 10, "deep": True}
    assert told["user"]["is_owner"] is True
    assert told["user"]["username"]
    assert not {"cookie", "authorization"} & {*told["headers"]}
    element = (await tab.hear(r"object-id='([^']+)'"))[1]
    await tab.hear("value 1 END")
    reply = await act(
        app, tab, "/api/kernel/set_ui_element_value", {"objectIds": [element], "values": [7]}
    )
    assert reply.status == 200, reply.text
    await tab.hear("value 7 END")
    assert reactive.servers.running(APP_SERVER) is not None
    assert reactive.servers.running() is None
