"""Tries the way to a Jupyter server from outside: route, websocket, event stream.

The token goes into a header of requests to that server and nowhere else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from jupyter_server.utils import url_path_join
from yarl import URL

from ..diagnosis import Finding, Level
from ..translation import _

TIMEOUT = 60
# The server pauses for a second between two events.
SMALLEST_GAP = 0.5
_WAY = _(
    "Let every proxy on the way pass {what} for this path, see “Troubleshooting” in the README."
)


async def try_ways(url: str, token: str) -> list[Finding]:
    """What the way to a Jupyter server lets through, and what the server says of itself.

    Args:
        url: the server's address, base URL included, without a token.
        token: what opens it; may be empty.
    """
    headers = {"Authorization": f"token {token}"} if token else {}
    async with aiohttp.ClientSession(
        headers=headers, timeout=aiohttp.ClientTimeout(total=TIMEOUT)
    ) as session:
        route = await _told("route", _try_route, session, url)
        if route.level is not Level.OK:
            return [route]
        return [
            route,
            await _told("websocket", _try_websocket, session, url),
            await _told("event_stream", _try_stream, session, url),
            *(await _ask_server(session, url)),
        ]


async def _told(
    check: str,
    attempt: Callable[[aiohttp.ClientSession, str], Awaitable[Finding]],
    session: aiohttp.ClientSession,
    url: str,
) -> Finding:
    try:
        return await attempt(session, url)
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as e:
        # The words of an error hold the address, never a header.
        return Finding(
            check,
            Level.PROBLEM,
            _("{check} to {url} fails: {error}.").format(
                check=check, url=url, error=str(e) or type(e).__name__
            ),
            _("Check the address and that Jupyter runs there.")
            if check == "route"
            else _WAY.format(what=_("websockets") if check == "websocket" else _("event streams")),
        )


async def _try_route(session: aiohttp.ClientSession, url: str) -> Finding:
    address = url_path_join(url, "reactive/api/status")
    async with session.get(_exactly(address), allow_redirects=False) as reply:
        if reply.status == 200:
            versions = await reply.json()
            return Finding(
                "route",
                Level.OK,
                _("{address} answers: jupyter-reactive {version}.").format(
                    address=address, version=versions["version"]
                ),
            )
        remedy = {
            404: _(
                "Enable it there with “jupyter server extension enable jupyter_reactive”, check "
                "the base URL, and start Jupyter again."
            )
        }.get(
            reply.status,
            _("Name the address of your own Jupyter server, with its base URL and token."),
        )
        return Finding(
            "route",
            Level.PROBLEM,
            _("{address} answers with {status}.").format(address=address, status=reply.status),
            remedy,
        )


async def _try_websocket(session: aiohttp.ClientSession, url: str) -> Finding:
    async with session.ws_connect(_exactly(url_path_join(url, "api/events/subscribe"))):
        return Finding("websocket", Level.OK, _("Websockets pass."))


async def _try_stream(session: aiohttp.ClientSession, url: str) -> Finding:
    address = url_path_join(url, "reactive/api/doctor/stream")
    async with session.get(_exactly(address), allow_redirects=False) as reply:
        reply.raise_for_status()
        arrivals = [time.monotonic() async for line in reply.content if line.startswith(b"data:")]
    if len(arrivals) == 2 and arrivals[1] - arrivals[0] > SMALLEST_GAP:
        return Finding("event_stream", Level.OK, _("Event streams pass."))
    return Finding(
        "event_stream",
        Level.WARNING,
        _("Something on the way keeps event streams back until they end."),
        _WAY.format(what=_("event streams without a buffer")),
    )


async def _ask_server(session: aiohttp.ClientSession, url: str) -> list[Finding]:
    address = _exactly(url_path_join(url, "reactive/api/doctor"))
    async with session.get(address, allow_redirects=False) as reply:
        reply.raise_for_status()
        told: dict[str, Any] = await reply.json()
    return [Finding(**{**entry, "level": Level(entry["level"])}) for entry in told["findings"]]


def _exactly(address: str) -> URL:
    """An address whose escapes stay as they are: a base URL may need them."""
    return URL(address, encoded=True)
