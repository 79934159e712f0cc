"""Apps as visitors' browsers use them: tabs on a real server.

app       an app in the contents root that echoes what it is told; gives its path
visit     opens an app in a tab
act       does something in a tab
"""

from __future__ import annotations

import asyncio
import getpass
import json
from pathlib import Path
from typing import Any

import pytest
from cells import source_of
from jupyter_server.auth.identity import IdentityProvider, User
from visitors import Tab

from jupyter_reactive.app_pages import RESUMES_QUERY
from jupyter_reactive.notebooks.marimo import server_token
from jupyter_reactive.origin import PAGE_TOKEN_QUERY

ECHO = source_of(
    """\
import json
from dataclasses import asdict

import marimo as mo

from jupyter_reactive.identity import current_user

seen = mo.app_meta().request
told = {
    "user": seen.user,
    "current": asdict(current_user()),
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


class Register(IdentityProvider):
    """Knows whoever says a name; a stand-in for an institution's own provider."""

    def get_user(self, handler: Any) -> User:
        name = handler.request.headers.get("X-Who") or getpass.getuser()
        user = User(name, display_name=name.title())
        user.groups = ["physics"]  # type: ignore[attr-defined]  # as institutions add it
        return user


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    jp_server_config["ServerApp"]["identity_provider_class"] = Register
    return jp_server_config


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

    async def page_of(path: str, query: dict[str, str], who: dict[str, str]) -> str:
        deadline = asyncio.get_running_loop().time() + 60
        while True:
            reply = await browse("reactive", "run", f"{path}/", params=query, headers=who)
            if reply.status != 202:
                assert reply.status == 200, reply.text
                return reply.text
            assert asyncio.get_running_loop().time() < deadline, "the app does not start"
            await asyncio.sleep(0.2)

    async def open_(
        path: str, session: str = "s_visit1", who: str = "", resumes: str = "", **query: str
    ) -> Tab:
        headers = {"X-Who": who} if who else {}
        page = await page_of(path, query, headers)
        shown = {PAGE_TOKEN_QUERY: server_token(page), "session_id": session}
        if resumes:
            shown[RESUMES_QUERY] = resumes
        place = ("reactive", "run", *path.split("/"), "ws")
        socket = await jp_ws_fetch(*place, params={**query, **shown}, headers=headers)
        sockets.append(socket)
        return Tab(socket, page, session, who)

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
                **({"X-Who": tab.who} if tab.who else {}),
                "Marimo-Session-Id": tab.session,
                "Marimo-Server-Token": tab.token,
                "Content-Type": "application/json",
            },
        )

    return post
