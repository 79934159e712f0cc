"""Every hostile path at every door that takes a path: ours, and marimo's behind the proxy."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import tornado.httpclient
import tornado.websocket
import yaml
from hostile_paths import HostilePath, Trees
from jupyter_server.utils import url_path_join
from multipart import FORM_HEADERS, form

from jupyter_reactive.api import OPENAPI_FILE
from jupyter_reactive.errors import ReactiveError
from jupyter_reactive.named_files import NamedFiles
from jupyter_reactive.notebooks import marimo


async def at_once(asks: Iterable[Awaitable[Any]]) -> list[Any]:
    """The answers, asked for some at a time."""
    few = asyncio.Semaphore(8)

    async def ask(awaitable: Awaitable[Any]) -> Any:
        async with few:
            return await awaitable

    return await asyncio.gather(*map(ask, asks))


def some_of_each(paths: list[HostilePath]) -> list[HostilePath]:
    """One path of each operator that is refused, and one that is not."""
    return list({(path.operator, path.refused): path for path in paths}.values())


def test_every_operator_makes_paths(paths: list[HostilePath]):
    assert len({(path.operator, path.path) for path in paths}) == len(paths) > 150


def string_fields(schema: Any) -> Iterator[tuple[str, Callable[[str], Any]]]:
    """The fields of a body that take a string of any kind, with the way to put one in."""
    for name, field in schema.get("properties", {}).items():
        if "$ref" in field:
            # One of a few words.
            continue
        kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
        if "string" in kinds:
            yield name, lambda text: text
        elif "array" in kinds:
            yield name, lambda text: [text]


def doors_of_ours() -> tuple[list[str], list[tuple[str, str, Callable[[str], Any]]]]:
    """The REST routes with a parameter, and the fields of bodies that take a string."""
    parameters, fields = [], []
    for route, verbs in yaml.safe_load(OPENAPI_FILE.read_text("utf-8"))["paths"].items():
        path = route.removeprefix("/reactive/api/")
        for verb, operation in verbs.items():
            if "{" in path and verb in {"get", "post", "delete"}:
                parameters.append((verb, path))
            if verb == "parameters":
                continue
            body = operation.get("requestBody", {}).get("content", {})
            for name, fill in string_fields(body.get("application/json", {}).get("schema", {})):
                fields.append((path, name, fill))
    return parameters, fields


# What a body needs besides, and the doors behind which each path that may be read takes a moment.
BESIDES = {"exports": {"to": "script"}, "hooks": {"action": "submit"}}
SLOW = {"conversions", "exports", "links", "releases/changes", "releases/reset", "hooks"}


async def test_rest(
    api, ask_raw, reactive, jp_root_dir: Path, trees: Trees, paths: list[HostilePath]
):
    reactive.parts.hooks.commands = {"submit": ["true"]}
    parameters, fields = doors_of_ours()
    assert ("delete", "sessions/{id}") in parameters
    doors = {path for path, _name, _fill in fields}
    assert doors == SLOW | {"notebooks", "notebooks/recognise"}
    assert {door for door, name, _fill in fields if name == "path"} >= SLOW
    there = trees.fingerprint(jp_root_dir)

    async def fill_in(verb: str, door: str, path: HostilePath) -> None:
        head, _, rest = door.partition("{")
        route = f"api/{head}{quote(path.path, safe='')}{rest.partition('}')[2]}"
        # One that climbs is another route, or comes to a handler as a name.
        assert await ask_raw(route, verb.upper()) < 500, (door, path)

    async def send(door: str, name: str, fill: Callable[[str], Any], path: HostilePath) -> None:
        reply = await api("POST", door, {**BESIDES.get(door, {}), name: fill(path.path)})
        assert reply.status < 500, (door, name, path, reply.text)
        if door == "notebooks/recognise":
            assert not (path.refused and reply.json["reactive"]), path
        elif path.refused and (name == "path" or (name == "folder" and path.path != "/")):
            # As a folder it is the root, for Jupyter.
            assert reply.status >= 400, (door, name, path)

    short = [path for path in paths if "\ud800" not in path.path and len(path.path) < 15_000]
    few = some_of_each(short)
    await at_once(fill_in(verb, door, path) for verb, door in parameters for path in few)
    await at_once(
        send(*door, path)
        for door in fields
        for path in (some_of_each(paths) if door[0] in SLOW else paths)
    )
    now = trees.fingerprint(jp_root_dir)
    assert there.items() <= now.items(), "nothing is overwritten"
    made = [Path(path).relative_to(jp_root_dir) for path in now.keys() - there.keys()]
    assert made
    assert not [path for path in made if any(part.startswith(".") for part in path.parts)]


async def test_links(ask_raw, paths: list[HostilePath]):
    """`reactive/open/…`, encoded once, twice and in part; `reactive/edit/?file=…` as a page."""

    async def check(route: str, path: HostilePath, *, refused: bool) -> None:
        status = await ask_raw(route, **{"Sec-Fetch-Mode": "navigate", "Accept": "text/html"})
        assert (400 if refused else 200) <= status < 500, (route[:300], path)

    asks = []
    for path in paths:
        if "\ud800" in path.path or len(path.path) > 15_000:
            continue
        once = quote(path.path, safe="")
        forms = once, quote(path.path), once.replace("%2F", "/")
        asks += [check(f"open/{form}", path, refused=path.refused) for form in forms]
        asks.append(check(f"open/{quote(once)}", path, refused=False))
        asks.append(check(f"edit/?file={once}", path, refused=path.refused))
        asks.append(check(f"edit/?file={quote(once)}", path, refused=False))
    await at_once(asks)


async def test_websockets(started, root_url, jp_auth_header, paths: list[HostilePath]):
    async def check(route: str, path: HostilePath) -> None:
        url = url_path_join(root_url, route).replace("http", "ws", 1)
        request = tornado.httpclient.HTTPRequest(
            f"{url}?session_id=s_1&file={quote(path.path, safe='')}", headers=jp_auth_header
        )
        if path.refused:
            with pytest.raises(tornado.httpclient.HTTPClientError) as raised:
                await tornado.websocket.websocket_connect(request)
            assert 400 <= raised.value.code < 500, path
        else:
            socket = await tornado.websocket.websocket_connect(request)
            assert json.loads(await socket.read_message())["uri"].startswith("/ws"), path
            socket.close()

    few = [path for path in paths if "\ud800" not in path.path and len(path.path) < 15_000]
    await at_once(check("reactive/edit/ws", path) for path in few)


def body_with(field: str, text: str) -> Any:
    body: Any = text
    keys = field.split(".")
    for key in reversed(keys):
        body = {key: [body] if key in {"custom_css", "custom_paths", "folders"} else body}
    return body


DOORS_OF_MARIMO = [
    *((route, field) for route, fields in marimo.BODY_PATHS.items() for field in fields),
    *((route, "?") for route in marimo.QUERY_PATHS),
    *((route, "file") for route in ("/x", "/og/thumbnail", marimo.EVENTS_ROUTE)),
    ("/x", marimo.NOTEBOOK_HEADER),
    (marimo.UPLOAD_ROUTE, "folder"),
    (marimo.UPLOAD_ROUTE, "name"),
]


def request_for(route: str, door: str, path: str) -> dict[str, Any] | None:
    """How a program would hand a path to a door of marimo's, if it can at all."""
    whole = path.encode("utf-8", "replace").decode() == path
    if door in {"folder", "name"}:
        fields = [("path", path if door == "folder" else ""), ("type", "file")]
        fields.append(("name", "new.bin" if door == "folder" else path))
        return {"method": "POST", "body": form(fields), "headers": {**FORM_HEADERS}}
    if door == marimo.NOTEBOOK_HEADER:
        return {"headers": {door: quote(path)}} if whole and len(path) < 10_000 else None
    if door in {"?", "file"}:
        key = marimo.QUERY_PATHS.get(route, marimo.FILE_QUERY) if door == "?" else door
        return {"params": {key: path}} if whole and len(path) < 10_000 else None
    return {"method": "POST", "body": json.dumps(body_with(door, path))}


async def test_every_path_at_every_field(reactive, paths: list[HostilePath]):
    """What the proxy asks of each body, without the way there."""
    named = NamedFiles(reactive.files)
    for route, fields in marimo.BODY_PATHS.items():
        for field in fields:
            for path in paths:
                body = json.dumps(body_with(field, path.path)).encode()
                if climbs_from_the_notebook(route, path) or (route, field, path.path) == (
                    *(marimo.COPY_ROUTE, "path", ""),
                ):
                    continue
                refusal = None
                try:
                    await named.check_body(route, body, None)
                except ReactiveError as e:
                    refusal = e
                assert (refusal is not None) == path.refused, (route, field, path, refusal)


def climbs_from_the_notebook(route: str, path: HostilePath) -> bool:
    """Whether a path may climb there, as long as it stays in the root."""
    return route in marimo.NOTEBOOK_RELATIVE_ROUTES and path.operator == "climb"


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
async def test_marimo_hears_only_of_what_may_be_named(
    client, trees: Trees, paths: list[HostilePath], every: bool
):
    if not every:
        paths = some_of_each(paths)

    async def ask(route: str, door: str, path: HostilePath) -> None:
        options = request_for(route, door, path.path)
        if options is None or (route == marimo.EVENTS_ROUTE and not path.refused):
            return  # it would go on for ever
        relative = climbs_from_the_notebook(route, path)
        reply = await client.ask(route, **options)
        case = (route, door, path.operator, path.path[:200], reply.status, reply.text[:200])
        if path.refused and not (relative or (door == "name" and "/" not in path.path)):
            assert 400 <= reply.status < 500, case
            assert reply.json["message"], case
        elif route == marimo.COPY_ROUTE and not path.path and door == "path":
            # The root itself, with its links that lead out.
            assert reply.status == 403, case
        elif door != "name" and not relative:
            assert reply.status == 200, case
            sent = options.get("body")
            if isinstance(sent, str):
                assert json.loads(reply.json["body"].encode("latin-1")) == json.loads(sent), case
            elif sent:
                assert reply.json["body"].encode("latin-1") == sent, case

    await at_once(ask(route, door, path) for route, door in DOORS_OF_MARIMO for path in paths)
    assert await client.was_reached() == client.reached > 100
