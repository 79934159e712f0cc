"""Stands in for `marimo edit` where a test must see what the proxy forwards, to the byte.

Speaks the few routes that the manager asks before it calls a server ready, and echoes the rest.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from typing import ClassVar

from tornado import httpserver, httputil, web, websocket


class Handler(web.RequestHandler):
    def initialize(self, secret: str) -> None:
        self.secret = secret

    def prepare(self) -> None:
        if self.request.path != "/health":
            if self.request.headers.get("Authorization") != f"Bearer {self.secret}":
                raise web.HTTPError(401)
            self.set_header("Set-Cookie", "session=secret; Path=/")


class Health(Handler):
    def get(self) -> None:
        self.finish({"status": "healthy"})


class Version(Handler):
    told = "0.25.2"

    def get(self) -> None:
        self.finish(self.told)


class Sessions(Handler):
    def get(self) -> None:
        self.finish({})


class Heard(Handler):
    """Tells which requests with a header of the test's came until now, and forgets them."""

    requests: ClassVar[list[str]] = []

    @classmethod
    def note(cls, request: httputil.HTTPServerRequest, verb: str) -> None:
        if "X-Heard" in request.headers:
            cls.requests.append(f"{verb} {request.uri}")

    def get(self) -> None:
        self.finish(json.dumps(self.requests))
        self.requests.clear()


class Echo(Handler):
    SUPPORTED_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

    count = 0

    def answer(self) -> None:
        Heard.note(self.request, self.request.method)
        Echo.count += 1
        self.finish(
            {
                "count": Echo.count,
                "method": self.request.method,
                "uri": self.request.uri,
                # As marimo says where it has put a tutorial.
                "path": self.request.path,
                "headers": {k: v for k, v in self.request.headers.items() if k != "Authorization"},
                "body": self.request.body.decode("latin-1"),
            }
        )

    get = head = post = put = patch = delete = options = answer


class Status(Handler):
    def get(self, code: str) -> None:
        self.set_status(int(code))
        self.finish({"detail": f"the server says {code}"})


class Redirect(Handler):
    def get(self) -> None:
        self.redirect("/elsewhere")


class Burn(Handler):
    """Computes where it should answer, as long as it is asked to."""

    def get(self, seconds: str) -> None:
        deadline = time.monotonic() + float(seconds)
        while time.monotonic() < deadline:
            pass


@web.stream_request_body
class Sink(Handler):
    """Counts what arrives of a body, while it arrives."""

    count = {"received": 0, "ended": 0, "broken": 0}

    def data_received(self, chunk: bytes) -> None:
        self.count["received"] += len(chunk)

    def get(self) -> None:
        self.finish(self.count)

    def post(self) -> None:
        self.count["ended"] += 1
        self.finish("{}")

    put = post

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.count["broken"] += 1


class Half(Handler):
    """Dies while it answers."""

    async def get(self, length: str) -> None:
        if length == "known":
            self.set_header("Content-Length", "9000000")
        self.write(b"x" * 2_000_000)
        await self.flush()
        self.detach().close()


class Port(Handler):
    """Tells which connection it was asked on; may close it a moment after its answer."""

    async def get(self) -> None:
        stream = self.request.connection.stream
        await self.finish(str(stream.socket.getpeername()[1]))
        if self.get_query_argument("close", ""):
            stream.close()


class Deaf(Handler):
    """Gives its port up and lives on, as a server does that is about to end."""

    server: httpserver.HTTPServer

    async def post(self) -> None:
        Deaf.server.stop()
        await self.finish("{}")
        await Deaf.server.close_all_connections()


class Events(Handler):
    """Sends the next event only after the client has got the one before and said so."""

    step = asyncio.Event()

    async def get(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        for number in range(3):
            self.write(f"data: {number}\n\n")
            await self.flush()
            await Events.step.wait()
            Events.step.clear()

    def post(self) -> None:
        Events.step.set()
        self.finish("{}")


class Socket(websocket.WebSocketHandler):
    def initialize(self, secret: str) -> None:
        self.secret = secret

    def check_origin(self, origin: str) -> bool:
        return True

    def open(self) -> None:
        Heard.note(self.request, "WS")
        headers = {k: v for k, v in self.request.headers.items() if k != "Authorization"}
        authorized = self.request.headers.get("Authorization") == f"Bearer {self.secret}"
        self.write_message(
            json.dumps({"headers": headers, "uri": self.request.uri, "authorized": authorized})
        )

    def on_message(self, message: str | bytes) -> None:
        if message == "close":
            self.close(4001, "as you wish")
        else:
            self.write_message(message, binary=isinstance(message, bytes))


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--told-version", default=Version.told)
    parser.add_argument("--version", action="version", version=Version.told)
    options, _rest = parser.parse_known_args()
    Version.told = options.told_version
    secret = {"secret": sys.stdin.read()}
    app = web.Application(
        [
            (r"/health", Health, secret),
            (r"/api/version", Version, secret),
            (r"/api/sessions", Sessions, secret),
            (r"/status/(\d+)", Status, secret),
            (r"/redirect", Redirect, secret),
            (r"/burn/(.*)", Burn, secret),
            (r"/sink", Sink, secret),
            (r"/half/(.*)", Half, secret),
            (r"/port", Port, secret),
            (r"/deaf", Deaf, secret),
            (r"/sse", Events, secret),
            (r"/heard", Heard, secret),
            (r"/(?:ws|ws_sync|terminal/ws|lsp/.*)", Socket, secret),
            (r"/.*", Echo, secret),
        ]
    )
    Deaf.server = app.listen(options.port, "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main())
