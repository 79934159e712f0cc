"""Finds the Jupyter server through which the browser comes, and asks it who that is.

Knows nothing of marimo, nor of how our own server answers.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from jupyter_server.serverapp import list_running_servers
from yarl import URL

from ..errors import InvalidRequest
from ..servers.client import OwnConnector
from ..servers.listener import Listener, listener_of
from ..translation import _

# In Jupyter's own record of a server: it is one of ours, at a fixed port.
MARK = "reactive_fixed_port"
# Set in Jupyter's terminals.
_TERMINAL_URL = "JUPYTER_SERVER_URL"
# Set by JupyterHub: https://jupyterhub.readthedocs.io/en/stable/reference/services.html
_HUB_BASE_URL = "JUPYTERHUB_SERVICE_PREFIX"
_HUB_TOKEN = "JUPYTERHUB_API_TOKEN"  # noqa: S105  # a name, no secret
_TIMEOUT = aiohttp.ClientTimeout(total=10)
# Who has logged out is let in for so long at most.
_REMEMBERED_SECONDS = 30
_REMEMBERED_ANSWERS = 256
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # compared, not bound


@dataclass(frozen=True)
class Jupyter:
    """A running Jupyter server of this user, as its own record says.

    Attributes:
        url: its address on this machine, base URL included.
        base_url: its base URL.
        root: its contents root.
        port: its port.
        pid: its process.
        token: what opens its API; may be empty.
        is_secure: whether it speaks HTTPS.
        is_ours: whether it is one of ours, at a fixed port.
    """

    url: str
    base_url: str
    root: Path
    port: int
    pid: int
    token: str = field(repr=False)
    is_secure: bool
    is_ours: bool


def running(log: logging.Logger) -> list[Jupyter]:
    """Every Jupyter server that runs under this user's name and has a port."""
    return [
        Jupyter(
            url=info["url"],
            base_url=info["base_url"],
            root=Path(info["root_dir"]),
            port=info["port"],
            pid=info["pid"],
            # A user's server on a Hub has none of its own.
            token=info["token"] or os.environ.get(_HUB_TOKEN, ""),
            is_secure=info["secure"],
            is_ours=MARK in info,
        )
        for info in list_running_servers(log=log)
        if not info.get("sock")
    ]


def choose(servers: list[Jupyter], wanted: str, environment: Mapping[str, str]) -> Jupyter | None:
    """The server through which the browser comes, or None where there is none.

    Args:
        servers: those that run.
        wanted: the address of one, as the user gave it; may be empty.
        environment: the variables of the terminal.

    Raises:
        InvalidRequest: there is no such server, or no telling which one it is.
    """
    others = [server for server in servers if not server.is_ours]
    if wanted:
        others = [server for server in others if _same(server.url, wanted)]
        if not others:
            raise InvalidRequest(
                _("No Jupyter server runs at {url} under your name.").format(url=wanted),
                _("“jupyter server list” names those that do."),
            )
    known = (
        lambda server: _same(server.url, environment.get(_TERMINAL_URL, "")),
        lambda server: _same(server.base_url, environment.get(_HUB_BASE_URL, "")),
    )
    for is_known in known:
        if found := list(filter(is_known, others)):
            return found[0]
    if len(others) > 1:
        raise InvalidRequest(
            _("Several Jupyter servers run here: {urls}.").format(
                urls=", ".join(server.url for server in others)
            ),
            _("Name the one that you use in the browser with --jupyter=URL."),
        )
    return others[0] if others else None


class Doorkeeper:
    """Asks a Jupyter server whom it lets in, and no program that has taken its port.

    Args:
        jupyter: the server.
        listener: its socket.
    """

    def __init__(self, jupyter: Jupyter, listener: Listener) -> None:
        self._jupyter = jupyter
        self._listener = listener
        self._answers: dict[bytes, tuple[float, dict[str, Any] | None]] = {}

    @classmethod
    def of(cls, jupyter: Jupyter) -> Doorkeeper | None:
        """The doorkeeper of a server, or None where its socket cannot be told from others'."""
        listener = listener_of(jupyter.pid, jupyter.port)
        return cls(jupyter, listener) if listener else None

    async def user(self, host: str, cookie: str, token: str) -> dict[str, Any] | None:
        """Whom the server knows by what a browser or program brings; None for a stranger.

        Args:
            host: the host that the browser has asked for, by which Jupyter names its cookies.
            cookie: the cookies; may be empty.
            token: the token; may be empty.
        """
        if not cookie and not token:
            # Nobody. A Jupyter without any login lets everybody in all the same.
            host = ""
        # Nothing that opens Jupyter is kept.
        key = hashlib.sha256(repr((host, cookie, token)).encode()).digest()
        until, known = self._answers.get(key, (0.0, None))
        if time.monotonic() < until:
            return known
        answer = await self._ask(host, cookie, token)
        while len(self._answers) >= _REMEMBERED_ANSWERS:
            del self._answers[next(iter(self._answers))]
        self._answers[key] = (time.monotonic() + _REMEMBERED_SECONDS, answer)
        return answer

    async def _ask(self, host: str, cookie: str, token: str) -> dict[str, Any] | None:
        if not self._listener.is_there():
            self._find_again()
        headers = {"Host": host, "Cookie": cookie, "Authorization": token and f"token {token}"}
        try:
            async with (
                # One at a time: the socket is looked at for each.
                aiohttp.ClientSession(
                    connector=OwnConnector(self._listener),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    timeout=_TIMEOUT,
                    trust_env=False,
                ) as session,
                session.get(
                    self._url,
                    headers={name: value for name, value in headers.items() if value},
                    allow_redirects=False,
                    # The socket is known to be Jupyter's own, whatever name its certificate has.
                    ssl=False,
                ) as reply,
            ):
                if reply.status != 200:
                    return None
                identity: dict[str, Any] = (await reply.json())["identity"]
                return identity
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError, KeyError):
            return None

    def _find_again(self) -> None:
        """Take the same Jupyter's next process, where it was started anew."""
        for server in running(logging.getLogger(__name__)):
            if (server.base_url, server.port) == (self._jupyter.base_url, self._jupyter.port):
                listener = listener_of(server.pid, server.port)
                if listener is not None:
                    self._jupyter, self._listener = server, listener

    @property
    def _url(self) -> URL:
        host = _EVERYWHERE.get(self._listener.host, self._listener.host)
        netloc = f"[{host}]" if ":" in host else host
        scheme = "https" if self._jupyter.is_secure else "http"
        path = f"{self._jupyter.base_url}api/me"
        return URL(f"{scheme}://{netloc}:{self._jupyter.port}{path}", encoded=True)


def _same(address: str, named: str) -> bool:
    """Whether an address is the one that is named; "" names none."""
    return bool(named) and address.rstrip("/") == named.rstrip("/")
