"""Every route of the installed marimo, from its own table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from marimo._server.api.router import build_routes
from starlette.routing import BaseRoute, Mount


def marimo_paths() -> list[str]:
    """The paths, mounts and websockets too; a path's parameters are `x`."""
    return sorted({re.sub(r"\{[^}]*\}", "x", path) or "/" for path in _walk(build_routes(""))})


def _walk(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[str]:
    for route in routes:
        path = prefix + getattr(route, "path", "")
        yield path
        if isinstance(route, Mount):
            yield from _walk(route.routes or (), path)
