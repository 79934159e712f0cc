"""Which static files the installed marimo has, and which of them its editor needs."""

from __future__ import annotations

import functools
import hashlib
import mmap
import os
from dataclasses import dataclass
from pathlib import Path

from ..notebooks import marimo, marimo_static
from .pack import packed

# Pictures and fonts are compressed already.
COMPRESSIBLE = frozenset(
    {".css", ".html", ".ico", ".js", ".json", ".pack", ".svg", ".wasm", ".webmanifest"}
)


@dataclass(frozen=True)
class Catalog:
    """The static files of one marimo.

    Attributes:
        folder: where they are.
        version: of that marimo.
        key: names this very build in a cache.
        names: of all files, relative to the folder, with slashes. Nothing else is served but
            the pack.
    """

    folder: Path
    version: str
    key: str
    names: frozenset[str]

    def fits(self, page: str) -> bool:
        """Whether a page of a running marimo asks for these files.

        Args:
            page: the HTML of a page of the edit server.
        """
        wanted = marimo_static.page_files(page)
        return bool(wanted) and self.names.issuperset(wanted)

    @property
    def pack_name(self) -> str:
        """The name of the pack; another content has another name."""
        return f"{self.key}.pack"

    def __contains__(self, name: str) -> bool:
        return name in self.names or name == self.pack_name

    def read(self, name: str) -> bytes:
        """A file, or the pack of all that is needed at once. Not for the event loop.

        Raises:
            OSError: marimo has been taken away meanwhile.
        """
        if name != self.pack_name:
            return (self.folder / name).read_bytes()
        return packed((name, (self.folder / name).read_bytes()) for name in self.packed_files())

    def compressible(self) -> list[str]:
        """What gets smaller: the pack first, then small files before large ones."""
        names = [name for name in self.names if Path(name).suffix in COMPRESSIBLE]
        return [
            self.pack_name,
            *sorted(names, key=lambda name: (self.folder / name).stat().st_size),
        ]

    def packed_files(self) -> list[str]:
        """What is in the pack: hundreds of scripts, which ask for each other and for small sheets.

        Not WebAssembly: browsers keep what they have compiled only of a file of its own.
        """
        page = self._page_files()
        scripts = [name for name in self.editor_files if name.endswith(".js")]
        sheets = sorted(name for name in self.names if name.endswith(".css") and name not in page)
        return scripts + sheets

    @functools.cached_property
    def editor_files(self) -> list[str]:
        """What a browser fetches to show an open notebook, what comes first in front.

        Goes through some MB the first time: not for the event loop.
        """
        roots = self._page_files()
        roots += sorted(name for name in self.names if marimo_static.is_editor_file(name))
        found: dict[str, None] = {}
        waiting = roots[::-1]
        while waiting:
            name = waiting.pop()
            if name in found or name not in self.names:
                continue
            found[name] = None
            if name.endswith(".js"):
                waiting += self._imports(name)
        return list(found)

    def _imports(self, name: str) -> list[str]:
        # A large text would leave its place in Jupyter's memory behind.
        with (
            (self.folder / name).open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as source,
        ):
            files = marimo_static.imports(source)
        return [f"{marimo_static.ASSETS_FOLDER}/{file}" for file in files]

    def _page_files(self) -> list[str]:
        """What the page itself names and every notebook shows."""
        page = (self.folder / marimo_static.PAGE_FILE).read_text("utf-8")
        files = marimo_static.page_files(marimo_static.without_rare_files(page))
        folder = f"{marimo_static.ASSETS_FOLDER}/"
        return [name for name in files if name in self.names and name.startswith(folder)]


def read_catalog() -> Catalog | None:
    """The static files of the marimo of this environment; None when there is none."""
    version, folder = marimo.installed_version(), marimo_static.static_folder()
    if version is None or folder is None:
        return None
    names = frozenset(
        Path(place, file).relative_to(folder).as_posix()
        for place, _folders, files in os.walk(folder)
        for file in files
        if file != marimo_static.PAGE_FILE
    )
    # The names of its scripts are made from their contents, and they stand in the page.
    page = (folder / marimo_static.PAGE_FILE).read_bytes()
    return Catalog(folder, version, f"{version}-{hashlib.sha256(page).hexdigest()[:12]}", names)
