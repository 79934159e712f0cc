"""A real Jupyter server in the test's own process, with real marimo children.

jp_serverapp      the server, under pytest-jupyter's nasty base URL, extension enabled
api               asks the REST API and holds each answer against the OpenAPI file
conform           holds an answer against the OpenAPI file
browse            opens a route as a browser does, without following redirects
events            what is told on the event bus
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import tornado.httpclient
import yaml
from course import Course, new_course
from handlers import loaded
from jupyter_core.paths import jupyter_path
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.testing import MockResponse
from pytest_jupyter.jupyter_server import *  # noqa: F403  # here alone: its loop would be Playwright's

from jupyter_reactive.api import OPENAPI_FILE
from jupyter_reactive.events import (
    LESSON_SCHEMA,
    NOTICE_SCHEMA,
    SERVER_SCHEMA,
    SESSION_SCHEMA,
)
from jupyter_reactive.notebooks.marimo import server_token

SPEC = OpenAPI.from_dict(yaml.safe_load(OPENAPI_FILE.read_text("utf-8")))


@dataclass
class Reply:
    """An answer of the server."""

    status: int
    headers: Any
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class _Request:
    """What openapi-core wants to know of a request."""

    host_url: str
    path: str
    method: str
    full_url_pattern: str
    parameters: RequestParameters = field(default_factory=RequestParameters)
    content_type: str = "application/json"
    body: bytes | None = None

    @property
    def path_pattern(self) -> None:
        return None


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyter_reactive": True},
            "allow_unauthenticated_access": False,
        }
    }


@pytest.fixture
def jp_nbconvert_templates(jp_data_dir: Path) -> None:
    """nbconvert's templates where the server looks; pytest-jupyter copies them for each test."""
    templates = next(filter(os.path.isdir, jupyter_path("nbconvert", "templates")), None)
    if templates:
        (jp_data_dir / "nbconvert").mkdir()
        (jp_data_dir / "nbconvert/templates").symlink_to(templates)


@pytest.fixture(autouse=True)
def stop_children(marimo_config, jp_serverapp, jp_asyncio_loop):
    """No child outlives its test."""
    yield
    jp_asyncio_loop.run_until_complete(app_of(jp_serverapp).stop_extension())


def app_of(serverapp):
    """The extension's app in a server."""
    (app,) = serverapp.extension_manager.extension_apps["jupyter_reactive"]
    return app


@pytest.fixture
def reactive(jp_serverapp):
    """The extension's app."""
    return app_of(jp_serverapp)


@pytest.fixture
def routes(reactive) -> list[tuple[str, type]]:
    """Each route of ours, with the handler that answers there."""
    return [(route, loaded(handler)) for route, handler, *_ in reactive.handlers]


@pytest.fixture
def started(reactive, jp_asyncio_loop):
    """The edit server, running."""
    return jp_asyncio_loop.run_until_complete(reactive.servers.ensure())


@pytest.fixture
def reply_of() -> Callable[[tornado.httpclient.HTTPResponse], Reply]:
    """What tests look at of an answer."""

    def take(reply: tornado.httpclient.HTTPResponse) -> Reply:
        return Reply(reply.code, reply.headers, reply.body or b"")

    return take


@pytest.fixture
def fetch(jp_fetch, reply_of) -> Callable[..., Awaitable[Reply]]:
    """Ask for any route; errors are answers too."""

    async def ask(*parts: str, **options: Any) -> Reply:
        options.setdefault("follow_redirects", False)
        options.setdefault("request_timeout", 60)
        if options.get("method", "GET") in {"POST", "PUT", "PATCH"}:
            options.setdefault("body", "{}")
        try:
            reply = await jp_fetch(*parts, **options)
        except tornado.httpclient.HTTPClientError as e:
            reply = e.response
        return reply_of(reply)

    return ask


@pytest.fixture
def browse(fetch) -> Callable[..., Awaitable[Reply]]:
    """Open a route as a browser does."""

    async def open_(*parts: str, **options: Any) -> Reply:
        headers = {
            "Sec-Fetch-Mode": "navigate",
            "Accept": "text/html",
            **options.pop("headers", {}),
        }
        return await fetch(*parts, headers=headers, **options)

    return open_


@pytest.fixture
def conform() -> Callable[[str, str, Reply], None]:
    """Hold an answer of the REST API against the OpenAPI file."""

    def check(method: str, route: str, reply: Reply) -> None:
        request = _Request(
            host_url="http://localhost",
            path=f"/reactive/api/{route}",
            method=method.lower(),
            full_url_pattern=f"http://localhost/reactive/api/{route}",
        )
        response = MockResponse(
            data=reply.text.encode(),
            status_code=reply.status,
            content_type=reply.headers.get("Content-Type", "").split(";")[0] or "application/json",
        )
        SPEC.validate_response(request, response)
        if reply.status >= 400:
            assert reply.json["message"]

    return check


@pytest.fixture
def api(fetch, conform) -> Callable[..., Awaitable[Reply]]:
    """Ask the REST API; the answer must be one that the OpenAPI file describes."""

    async def ask(method: str, route: str, body: Any = None, **options: Any) -> Reply:
        if body is not None:
            options["body"] = body if isinstance(body, str | bytes) else json.dumps(body)
        reply = await fetch("reactive", "api", *route.split("/"), method=method, **options)
        conform(method, route, reply)
        return reply

    return ask


@pytest.fixture
def events(reactive, jp_serverapp) -> Iterator[list[dict[str, Any]]]:
    """What is told on the event bus, in order."""
    told: list[dict[str, Any]] = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        told.append({"schema": schema_id, **data})

    for schema in (SERVER_SCHEMA, SESSION_SCHEMA, NOTICE_SCHEMA, LESSON_SCHEMA):
        jp_serverapp.event_logger.add_listener(schema_id=schema, listener=listen)
    yield told
    jp_serverapp.event_logger.remove_listener(listener=listen)


@pytest.fixture
def root_url(http_server_client, jp_base_url) -> str:
    """Where the server answers, for requests that `fetch` would authenticate."""
    return http_server_client.get_url(jp_base_url)


@pytest.fixture
def notebook(jp_root_dir: Path, notebook_source: str) -> str:
    """A notebook in the contents root; gives its path."""
    (jp_root_dir / "work").mkdir()
    (jp_root_dir / "work/slider.py").write_text(notebook_source)
    return "work/slider.py"


@pytest.fixture
def course(jp_root_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course under the contents root."""
    home = tmp_path / "ada"
    home.mkdir()
    course = new_course(home, Path(jp_root_dir) / "course")
    for name in ("HOME", "GIT_CONFIG_NOSYSTEM"):
        monkeypatch.setenv(name, course.variables[name])
    return course


@pytest.fixture
def until():
    """Wait until something is true."""

    async def wait(condition: Callable[[], Any], seconds: float = 40) -> Any:
        deadline = asyncio.get_running_loop().time() + seconds
        while not (result := condition()):
            assert asyncio.get_running_loop().time() < deadline, "it never became true"
            await asyncio.sleep(0.05)
        return result

    return wait


@pytest.fixture
def open_session(jp_ws_fetch, started, reactive, until):
    """Open a notebook as marimo's page does, by its websocket; gives the session's id."""
    sockets = []

    async def greeted(path: str, session_id: str) -> Any:
        socket = await jp_ws_fetch(
            "reactive", "edit", "ws", params={"session_id": session_id, "file": path}
        )
        sockets.append(socket)
        message = json.loads(await socket.read_message() or "{}")
        if message.get("op") == "banner":
            message = json.loads(await socket.read_message() or "{}")
        if message.get("op") == "reconnected" or not message.get("data", {"kiosk": 1})["kiosk"]:
            return socket
        # marimo has not yet heard that the page before has left: this one may only look on.
        socket.close()
        return None

    async def connect(path: str, session_id: str = "s_test01", *, leave: bool = False) -> str:
        deadline = asyncio.get_running_loop().time() + 60
        while (socket := await greeted(path, session_id)) is None:
            assert asyncio.get_running_loop().time() < deadline, "marimo lets no page in"
            await asyncio.sleep(0.1)
        await until(lambda: session_id in {s.id for s in reactive.sessions.models()})
        if leave:
            socket.close()
        return session_id

    yield connect
    for socket in sockets:
        socket.close()


@pytest.fixture
def marimo_post(fetch, browse):
    """POST to marimo as its page does, with the token of a page that was loaded just now."""

    async def post(
        route: str, body: dict[str, Any], session_id: str = "s_test01", token: str | None = None
    ) -> Reply:
        if token is None:
            token = server_token((await browse("reactive", "edit/")).text)
        return await fetch(
            "reactive",
            "edit",
            *route.strip("/").split("/"),
            method="POST",
            body=json.dumps(body),
            headers={
                "Marimo-Session-Id": session_id,
                "Marimo-Server-Token": token,
                "Content-Type": "application/json",
            },
        )

    return post
