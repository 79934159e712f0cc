"""marimo's own table of routes, as marimo builds it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from marimo._server.api.endpoints.assets import STATIC_FILES
from marimo._server.api.router import build_routes
from marimo._server.lsp import CompositeLspServer
from starlette.routing import BaseRoute, WebSocketRoute

CATCH_ALL = "/{path:path}"


def walk(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Each verb and path; `WS` is a websocket, and what has no verb of its own is got."""
    for route in routes:
        path = prefix + getattr(route, "path", "")
        if inner := getattr(route, "routes", None):
            yield from walk(inner, path)
        elif isinstance(route, WebSocketRoute):
            yield "WS", path
        else:
            for verb in getattr(route, "methods", None) or {"GET"}:
                yield verb, path


def static_files() -> set[str]:
    """The files that marimo's last route serves, from the patterns that it goes by."""
    found = set()
    for pattern in STATIC_FILES:
        choices = re.search(r"\(([^()]*\|[^()]*)\)", pattern)
        for choice in choices.group(1).split("|") if choices else [""]:
            name = pattern.replace(choices.group(0), choice) if choices else pattern
            found.add("/" + re.sub(r"[()\\]", "", name))
    return found


def marimo_routes() -> list[tuple[str, str]]:
    """Everything that `marimo edit` answers to, each once; a parameter is a short name."""
    found = {(verb, path) for verb, path in walk(build_routes()) if path != CATCH_ALL}
    found |= {("GET", path) for path in static_files()}
    # Not in the table: a middleware passes these on to language servers.
    found |= {("WS", f"/lsp/{name}") for name in CompositeLspServer.LANGUAGE_SERVERS}
    return sorted((verb, re.sub(r"\{[^}]*\}", "x", path)) for verb, path in found)


def marimo_paths() -> list[str]:
    """The paths of all of these."""
    return sorted({path for _verb, path in marimo_routes()})
