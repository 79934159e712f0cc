"""The contents root among what nobody may reach, and a marimo that answers what it was asked.

trees     the root and its neighbours, which are the same after the test
paths     every hostile path, and some that are not
ask_raw   asks for a route as it is written
client    asks the stand-in through the proxy, and knows whether it was reached
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tornado.httpclient
from hostile_paths import HostilePath, Trees, hostile_paths
from jupyter_server.utils import url_path_join

STAND_IN = Path(__file__).parents[2] / "resources" / "stand_in.py"


class StandIn:
    """Asks the stand-in through the proxy, and knows whether it was reached."""

    def __init__(self, fetch: Callable[..., Awaitable[Any]]) -> None:
        self._fetch = fetch
        self._before = 0
        self.reached = 0

    async def ask(self, route: str, **options: Any) -> Any:
        reply = await self._fetch("reactive", "edit", *route.strip("/").split("/"), **options)
        self.reached += reply.status == 200
        return reply

    async def look(self) -> None:
        """Begin to count."""
        self._before = (await self._fetch("reactive", "edit", "x")).json["count"]

    async def was_reached(self) -> int:
        """How often the stand-in was asked since, by its own count."""
        return (await self._fetch("reactive", "edit", "x")).json["count"] - self._before - 1


@pytest.fixture
def jp_server_config(jp_server_config):
    return {
        **jp_server_config,
        "EditServerLauncher": {"command": [sys.executable, str(STAND_IN)]},
    }


@pytest.fixture
def trees(jp_root_dir: Path, tmp_path: Path) -> Iterator[Trees]:
    """The contents root among its neighbours, which are the same afterwards."""
    trees = Trees(jp_root_dir, tmp_path / "outside")
    trees.plant()
    before = trees.untouchable()
    yield trees
    assert trees.untouchable() == before


@pytest.fixture
def paths(trees: Trees) -> list[HostilePath]:
    return list(hostile_paths(trees))


@pytest.fixture
def ask_raw(root_url, jp_auth_header):
    """Ask for a route below `reactive/` as it is written."""

    async def ask(route: str, method: str = "GET", **headers: str) -> int:
        reply = await tornado.httpclient.AsyncHTTPClient().fetch(
            url_path_join(root_url, "reactive/") + route,
            method=method,
            body="" if method == "POST" else None,
            headers={**jp_auth_header, **headers},
            follow_redirects=False,
            raise_error=False,
        )
        return reply.code

    return ask


@pytest.fixture
def client(started, fetch, jp_asyncio_loop) -> StandIn:
    client = StandIn(fetch)
    jp_asyncio_loop.run_until_complete(client.look())
    return client
