"""Says whether the files that a request to marimo names may be named.

marimo opens what its page asks for, anywhere on the machine. What lies outside the contents root
or is hidden is refused here. Where a request names files, `notebooks.marimo` knows; which of them
may be named, `contents`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from .contents import NotebookFiles
from .errors import InvalidPath, InvalidRequest
from .notebooks import marimo
from .translation import _


class NamedFiles:
    """Lets pass what names files of the contents root, and marimo's own tutorials.

    Args:
        files: judges the paths.
    """

    def __init__(self, files: NotebookFiles) -> None:
        self._files = files
        self._tutorial_folders: set[Path] = set()

    def check_route(self, route: str) -> None:
        """Check that marimo reads the route of a request as we do.

        Args:
            route: the path after the prefix of the edit server, unquoted once.

        Raises:
            InvalidPath: it could read another one.
        """
        if not marimo.is_plain_route(route):
            raise InvalidPath(
                _("The address {path} could be read in more than one way.").format(path=route),
                _("Check the link that you followed."),
            )

    async def check_address(
        self, route: str, query: Iterable[tuple[str, str]], notebook: str
    ) -> None:
        """Check what the address of a request and its headers name.

        Args:
            route: marimo's, as marimo will read it.
            query: its query.
            notebook: what `marimo.NOTEBOOK_HEADER` holds.

        Raises:
            ReactiveError: one of them may not be named.
        """
        names = {marimo.FILE_QUERY, marimo.QUERY_PATHS.get(route, marimo.FILE_QUERY)}
        for key, value in query:
            if key in names:
                await self._check(value)
        notebook = unquote(notebook)
        if notebook:
            await self._check(notebook)
        if route.startswith(marimo.PUBLIC_ROUTE):
            folder = str(PurePosixPath(notebook).parent)
            public = f"{folder}{route}" if folder != "." else route.strip("/")
            await self._check(public)

    async def check_body(self, route: str, body: bytes | bytearray, notebook: Path | None) -> None:
        """Check what the JSON of a request names.

        Args:
            route: marimo's.
            body: the request's.
            notebook: the file of the session that asks, if it is known.

        Raises:
            ReactiveError: the body is no JSON, or names what may not be named.
        """
        fields = marimo.BODY_PATHS.get(route, ())
        if not fields:
            return
        parsed = _parsed(body)
        folder = notebook.parent if notebook and route in marimo.NOTEBOOK_RELATIVE_ROUTES else None
        for field in fields:
            for value in _values(parsed, field.split(".")):
                await self._check(value, folder)
        if route == marimo.COPY_ROUTE:
            for value in _values(parsed, ["path"]):
                await self._files.admit_tree(value)

    async def check_form(self, fields: dict[str, str]) -> None:
        """Check what the small fields of an upload name.

        Raises:
            ReactiveError: it may not be named.
        """
        folder, name = fields.get("path", ""), fields.get("name", "")
        if "/" in name or "\\" in name:
            raise InvalidPath(
                _("“{name}” is no name for a file.").format(name=name),
                _("Give a name without slashes; name the folder apart from it."),
            )
        await self._check(folder)
        await self._check(f"{folder.rstrip('/')}/{name}" if folder else name)

    def note_tutorial(self, answer: bytes) -> None:
        """Remember where marimo has put a tutorial; it is opened from there.

        Args:
            answer: what `marimo.TUTORIAL_ROUTE` answered.
        """
        path = Path(json.loads(answer)["path"])
        self._tutorial_folders.add(path.parent)

    async def _check(self, place: str, folder: Path | None = None) -> None:
        if not self._is_tutorial(place):
            await self._files.admit(place, folder)

    def _is_tutorial(self, place: str) -> bool:
        """Whether it is a file in a folder that marimo made, and nobody else since."""
        if not self._tutorial_folders:
            return False
        path = Path(place)
        if path.parent not in self._tutorial_folders or path.name == "..":
            return False
        try:
            owner = path.parent.lstat().st_uid
        except OSError:
            return False
        return owner == os.geteuid() and not path.is_symlink()


def _parsed(body: bytes | bytearray) -> Any:
    """The JSON of a body, as long as everybody reads it alike."""
    try:
        return json.loads(bytes(body).decode("utf-8") or "{}", object_pairs_hook=_object)
    except (ValueError, RecursionError) as e:
        raise InvalidRequest(
            _("The body of the request is no JSON."), _("Send a JSON object with each field once.")
        ) from e


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Which one counts is for each parser to decide.
        raise ValueError("a field stands twice")
    return found


def _values(parsed: Any, keys: list[str]) -> Iterator[str]:
    """The strings in a field; of a list, those of each element."""
    if isinstance(parsed, list):
        for element in parsed:
            yield from _values(element, keys)
    elif isinstance(parsed, str) and not keys:
        yield parsed
    elif isinstance(parsed, dict) and keys:
        yield from _values(parsed.get(keys[0]), keys[1:])
