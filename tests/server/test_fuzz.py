"""Made-up requests to every route of the REST API, on a real server."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import tornado.httpclient
import yaml
from hostile_paths import Trees, hostile_paths
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jupyter_server.utils import url_path_join

from jupyter_reactive.api import OPENAPI_FILE

STAND_IN = Path(__file__).parent.parent / "resources" / "stand_in.py"
# They start processes or take seconds.
SLOW = {"startServer", "restartServer", "examine", "tryEventStream"}
VERBS = ("get", "post", "put", "delete")
OPERATIONS = {
    operation["operationId"]: (verb, route.removeprefix("/reactive/api/"), operation)
    for route, verbs in yaml.safe_load(OPENAPI_FILE.read_text("utf-8"))["paths"].items()
    for verb, operation in verbs.items()
    if verb in VERBS
}


@pytest.fixture
def jp_server_config(jp_server_config):
    return {
        **jp_server_config,
        "EditServerLauncher": {"command": [sys.executable, str(STAND_IN)]},
    }


def texts(trees: Trees) -> st.SearchStrategy[str]:
    """Names and paths, likely and not."""
    paths = sorted({path.path for path in hostile_paths(trees) if len(path.path) < 8000})
    return st.one_of(
        st.sampled_from(["edit", "folder", "folder/n.py", "n.py", "default", *paths]),
        st.text(max_size=300),
    )


def values(schema: dict[str, Any], text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """What a schema asks for, sooner or later."""
    match schema.get("type"):
        case "object":
            fields = {name: values(field, text) for name, field in schema["properties"].items()}
            return st.fixed_dictionaries({}, optional=fields)
        case "array":
            return st.lists(values(schema["items"], text), max_size=20)
        case "number":
            return st.floats() | st.integers(-(2**70), 2**70)
        case ["boolean", "null"]:
            return st.booleans() | st.none()
        case ["string", "null"]:
            return text | st.none()
    return text


def anything() -> st.SearchStrategy[Any]:
    """Any JSON, NaN and halves of characters too."""
    halves = st.text(st.characters(), max_size=20)
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | halves
    return st.recursive(
        leaves, lambda inner: st.lists(inner) | st.dictionaries(halves, inner), max_leaves=8
    )


def bodies(operation: dict[str, Any], text: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """Bodies that fit, JSON that does not, and what is no JSON."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    odd = st.one_of(anything().map(json.dumps).map(str.encode), st.binary(max_size=500))
    if schema is None:
        return st.just(b"") | odd
    fitting = values(schema, text).map(json.dumps).map(str.encode)
    return st.one_of(fitting, fitting, fitting, odd)


def run(examples: int) -> Callable[..., Any]:
    """The same requests each time."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.timeout(900)
@pytest.mark.parametrize("examples", [25, pytest.param(400, marks=pytest.mark.slow)])
def test_no_request_breaks_anything(
    root_url: str,
    jp_auth_header: dict[str, str],
    jp_asyncio_loop: asyncio.AbstractEventLoop,
    jp_root_dir: Path,
    tmp_path: Path,
    conform,
    reply_of,
    examples: int,
):
    trees = Trees(jp_root_dir, tmp_path / "outside")
    trees.plant()
    untouched, there = trees.untouchable(), trees.fingerprint(jp_root_dir)
    text = texts(trees)
    client = tornado.httpclient.AsyncHTTPClient()
    seen: dict[str, set[int]] = {}

    async def ask(name: str, filling: str, body: bytes, headers: dict[str, str]) -> None:
        verb, route, operation = OPERATIONS[name]
        head, brace, rest = route.partition("{")
        filled = quote(filling.encode("utf-8", "replace"), safe="")
        if brace and filled.strip(".") == "":
            return  # another route
        target = f"{head}{filled}{rest.partition('}')[2]}" if brace else route
        answer = await client.fetch(
            url_path_join(root_url, "reactive/api/") + target,
            method=verb.upper(),
            body=body if verb in {"post", "put"} else None,
            headers={**headers, **jp_auth_header},
            raise_error=False,
            request_timeout=60,
        )
        reply = reply_of(answer)
        what = (name, target[:200], body[:500], headers, reply)
        assert reply.status < 500 or (reply.status == 503 and "503" in operation["responses"]), what
        if name != "tryEventStream":  # of which openapi-core makes bytes
            conform(verb, f"{head}x{rest.partition('}')[2]}" if brace else route, reply)
        seen.setdefault(name, set()).add(reply.status)

    def send_to(name: str) -> Callable[[], None]:
        operation = OPERATIONS[name][2]

        @run(1 + examples // 50 if name in SLOW else examples)
        @given(
            filling=text,
            body=bodies(operation, text),
            kind=st.sampled_from(["application/json", "text/plain", "multipart/form-data", "?"]),
        )
        def send(filling: str, body: bytes, kind: str) -> None:
            jp_asyncio_loop.run_until_complete(ask(name, filling, body, {"Content-Type": kind}))

        return send

    for name in OPERATIONS:
        send_to(name)()
    assert seen.keys() == OPERATIONS.keys()
    assert {200, 204, 400, 404} <= set.union(*seen.values())
    assert trees.untouchable() == untouched
    now = trees.fingerprint(jp_root_dir)
    assert there.items() <= now.items(), "nothing is overwritten"
