"""Gives requests back the beginning of their path, which jupyter-server-proxy takes off.

It leads `<base URL>/proxy/8888/x` to `/x`, while every address in our pages, cookies and rules is
the browser's. Knows tornado alone.
"""

from __future__ import annotations

from collections.abc import Awaitable
from urllib.parse import urlsplit

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.web import Application, OutputTransform

_XSRF = "_xsrf"


class Prefixed(HTTPServerConnectionDelegate):
    """An application that is served under a prefix which requests do not bring.

    Args:
        application: what answers, with the prefix in its routes.
        prefix: ends with a slash.
    """

    def __init__(self, application: Application, prefix: str) -> None:
        self._application = application
        self._prefix = prefix

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        """One request of a connection."""
        return _PrefixedMessage(
            self._application.start_request(server_conn, request_conn), self._prefix
        )

    def on_close(self, server_conn: object) -> None:
        """Tell the application that a connection is closed."""
        self._application.on_close(server_conn)


class _PrefixedMessage(HTTPMessageDelegate):
    def __init__(self, message: HTTPMessageDelegate, prefix: str) -> None:
        self._message = message
        self._prefix = prefix

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        assert isinstance(start_line, RequestStartLine)
        path = start_line.path
        # `proxy/absolute/8888/` brings the whole path, and so does who asks us without Jupyter.
        if path.startswith("/") and not path.startswith(self._prefix):
            path = self._prefix + path[1:]
        _keep_nearest_xsrf(headers)
        return self._message.headers_received(start_line._replace(path=path), headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._message.data_received(chunk)

    def finish(self) -> None:
        self._message.finish()

    def on_connection_close(self) -> None:
        self._message.on_connection_close()


class RelativeRedirects(OutputTransform):
    """Has redirects lead to the same place whether or not a proxy adds the prefix to them.

    jupyter-server-proxy 4.6 does it with each path that begins with a slash; older ones do not.

    Args:
        request: what is answered.
        prefix: ends with a slash.
    """

    def __init__(self, request: HTTPServerRequest, prefix: str) -> None:
        super().__init__(request)
        self._page = request.path
        self._prefix = prefix

    def transform_first_chunk(
        self,
        status_code: int,
        headers: HTTPHeaders,
        chunk: bytes,
        finishing: bool,  # noqa: FBT001  # tornado's
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Change the header of a redirect; nothing else."""
        target = headers.get("Location", "")
        if not urlsplit(target).netloc and target.startswith(self._prefix):
            depth = self._page[len(self._prefix) :].count("/")
            headers["Location"] = ("../" * depth or "./") + target[len(self._prefix) :]
        return status_code, headers, chunk


def _keep_nearest_xsrf(headers: HTTPHeaders) -> None:
    """Leave one `_xsrf` cookie: that of the longest path, which scripts in our pages read.

    Browsers send it first (https://www.rfc-editor.org/rfc/rfc6265#section-5.4), and tornado reads
    the last: that of the Jupyter in front.
    """
    cookies = headers.get("Cookie", "").split(";")
    ours = [cookie for cookie in cookies if cookie.partition("=")[0].strip() == _XSRF]
    if len(ours) > 1:
        headers["Cookie"] = "; ".join(
            cookie.strip() for cookie in cookies if cookie is ours[0] or cookie not in ours
        )
