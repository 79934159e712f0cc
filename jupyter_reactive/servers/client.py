"""Speaks to one running marimo server over HTTP, with its secret.

Knows marimo's routes by their names in `notebooks.marimo` only, and nothing of processes.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import aiohttp

from ..errors import ServerUnavailable, SessionNotFound
from ..notebooks import marimo
from ..translation import _
from .listener import Listener, PrivateSocket
from .masking import Secret

REQUEST_TIMEOUT = aiohttp.ClientTimeout(total=10)
# The first one imports much.
EXPORT_TIMEOUT = aiohttp.ClientTimeout(total=120)
JSON = {"Content-Type": "application/json"}
# What lies ready of one answer at most; above it marimo waits.
READ_BUFFER = 256 * 1024


@dataclass(frozen=True)
class RunningNotebook:
    """A session as marimo lists it.

    Attributes:
        id: marimo's id of the session.
        path: absolute path of the notebook; None while it has no file.
    """

    id: str
    path: str | None


class OwnConnector(aiohttp.TCPConnector):
    """Connects to one socket, and never to somebody who took its port.

    Args:
        listener: the socket.
    """

    def __init__(self, listener: Listener) -> None:
        # Each open page holds a connection.
        super().__init__(limit=0)
        self._listener = listener

    async def connect(self, *args: Any, **kwargs: Any) -> aiohttp.connector.Connection:
        """Connect; nothing has been sent when this returns.

        Raises:
            aiohttp.ClientConnectionError: the socket is gone.
        """
        connection = await super().connect(*args, **kwargs)
        if not self._listener.is_there():
            connection.close()
            raise aiohttp.ClientConnectionError("the server does not listen any more")
        return connection


class MarimoClient:
    """A client for one marimo server. Close it when the server is gone.

    Args:
        url: where the server answers, without a path.
        secret: what opens its routes.
        listener: the server's own socket; to no other one is anything sent.
    """

    def __init__(self, url: str, secret: Secret, listener: Listener | PrivateSocket) -> None:
        self.listener = listener
        # On each request: what comes with it opens the server's routes.
        self.credentials = {"Authorization": Secret(f"Bearer {secret}")}
        self._url = url
        self._guard_token: str | None = None
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    @property
    def connections(self) -> aiohttp.ClientSession:
        """The server's connections, kept for the next request; what the proxy forwards uses them.

        Raises:
            ServerUnavailable: the server is gone.
        """
        if self._closed:
            raise ServerUnavailable(
                _("The server of the reactive notebooks has ended."),
                _("Load the page again to start it."),
            )
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=self._connector(),
                # Cookies are dropped: each request carries the secret itself.
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                read_bufsize=READ_BUFFER,
            )
        return self._session

    def _connector(self) -> aiohttp.BaseConnector:
        if isinstance(self.listener, PrivateSocket):
            return aiohttp.UnixConnector(str(self.listener.path), limit=0)
        return OwnConnector(self.listener)

    async def close(self) -> None:
        """Close the connections for good."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    async def is_alive(self, seconds: float) -> bool:
        """Whether the server answers within a time limit.

        Args:
            seconds: the limit.
        """
        health = self._request("GET", marimo.HEALTH_ROUTE, authenticated=False)
        try:
            await asyncio.wait_for(health, seconds)
        except (ServerUnavailable, asyncio.TimeoutError):
            return False
        return True

    async def guard_token(self) -> str:
        """The token of marimo's guard, with which the pages of this server are served.

        Raises:
            ServerUnavailable: it does not answer.
        """
        if self._guard_token is None:
            page = await self._request("GET", marimo.PAGE_ROUTE)
            self._guard_token = marimo.server_token(page) or ""
        return self._guard_token

    async def is_busy(self, session_id: str) -> bool:
        """Whether a cell of a session is running or waits for its turn.

        Raises:
            ServerUnavailable: it does not answer, or has no such session.
        """
        reply = await self._request(
            "GET", marimo.KERNEL_STATUS_ROUTE, headers={marimo.SESSION_HEADER: session_id}
        )
        return marimo.is_running(json.loads(reply))

    async def version(self) -> str:
        """The version of the server's marimo.

        Raises:
            ServerUnavailable: it does not answer, or does not take the secret.
        """
        return (await self._request("GET", marimo.VERSION_ROUTE)).strip()

    async def sessions(self) -> list[RunningNotebook]:
        """The open notebooks.

        Raises:
            ServerUnavailable: it does not answer.
        """
        listing: dict[str, dict[str, Any]] = json.loads(
            await self._request("GET", marimo.SESSIONS_ROUTE)
        )
        return [RunningNotebook(id=id_, path=entry["path"]) for id_, entry in listing.items()]

    async def shutdown_session(self, session_id: str) -> None:
        """End one session and its kernel.

        Raises:
            SessionNotFound: there is no such session.
            ServerUnavailable: it does not answer.
        """
        if session_id not in {session.id for session in await self.sessions()}:
            raise SessionNotFound(
                _("No notebook runs under “{id}”.").format(id=session_id),
                _("It may have been shut down already; refresh the list."),
            )
        await self._post(marimo.SHUTDOWN_SESSION_ROUTE, {"sessionId": session_id})

    async def rename_session(self, session_id: str, path: str) -> None:
        """Give a session's notebook another path; marimo moves the file itself.

        Args:
            session_id: marimo's id of the session.
            path: the new absolute path, where nothing may be yet.

        Raises:
            ServerUnavailable: it does not answer, or refuses.
        """
        await self._post(
            marimo.RENAME_ROUTE, {"filename": path}, {marimo.SESSION_HEADER: session_id}
        )

    async def exported_notebook(self, session_id: str) -> str:
        """A session's notebook with all that it shows now, as an `.ipynb`.

        Raises:
            ServerUnavailable: it does not answer, or cannot do it.
        """
        return await self._post(
            marimo.NOTEBOOK_EXPORT_ROUTE,
            {"download": False},
            {marimo.SESSION_HEADER: session_id},
            EXPORT_TIMEOUT,
        )

    async def set_values(self, route: str, body: str, headers: dict[str, str]) -> str:
        """Set what a page's user has moved; marimo's answer.

        Args:
            route: one of `marimo.VALUE_ROUTES`.
            body: JSON, as the page wrote it.
            headers: what the page's own request would bring.

        Raises:
            ServerUnavailable: it does not answer, or refuses.
        """
        return await self._request("POST", route, body=body, headers={**JSON, **headers})

    async def _post(
        self,
        route: str,
        body: dict[str, Any],
        headers: dict[str, str] | None = None,
        timeout: aiohttp.ClientTimeout = REQUEST_TIMEOUT,  # aiohttp's own
    ) -> str:
        token = {marimo.SERVER_TOKEN_HEADER: await self.guard_token()}
        headers = {**JSON, **token, **(headers or {})}
        return await self._request(
            "POST", route, body=json.dumps(body), headers=headers, timeout=timeout
        )

    async def _request(
        self,
        method: str,
        route: str,
        *,
        authenticated: bool = True,
        headers: dict[str, str] | None = None,
        body: str | None = None,
        timeout: aiohttp.ClientTimeout = REQUEST_TIMEOUT,  # aiohttp's own
    ) -> str:
        sent = {**(self.credentials if authenticated else {}), **(headers or {})}
        try:
            async with self.connections.request(
                method,
                self._url + route,
                headers=sent,
                data=body,
                allow_redirects=False,
                timeout=timeout,
                skip_auto_headers=("Accept-Encoding",),
            ) as response:
                text = await response.text()
                if response.status == 200:
                    return text
                reason = _("it answered {status} to {route}").format(
                    status=response.status, route=route
                )
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as e:
            reason = str(e) or type(e).__name__
        raise ServerUnavailable(
            _("The marimo server does not do what it was asked: {reason}.").format(reason=reason),
            _("Restart it from the Running panel or with the button on this page."),
        )
