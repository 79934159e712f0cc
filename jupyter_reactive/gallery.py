"""Which apps there are, for the page that lists them.

Knows the contents root, and nothing of servers and of HTTP.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from traitlets import Instance, Integer, List, Unicode

from .contents import NotebookFiles
from .errors import ReactiveError
from .notebooks.card import Card, read_card
from .notebooks.recognise import Recogniser
from .preferences import Preferring

# Of Jupyter's front ends' configuration.
SECTION = "reactive_gallery"
# What programs write, and in numbers.
SKIPPED = frozenset({"node_modules", "__pycache__", "__marimo__", "site-packages"})


@dataclass(frozen=True)
class Gallery:
    """What was found.

    Attributes:
        apps: contents path and card of each app, by folder and title.
        broken: contents path of each notebook whose Python does not parse, and why.
        is_cut: whether there are more files than are looked at.
    """

    apps: list[tuple[str, Card]] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)
    is_cut: bool = False


class ReactiveGallery(Preferring):
    """Looks for apps in the folders that the operator or user has chosen."""

    folders = List(
        Unicode(),
        default_value=[""],
        config=True,
        help="""
        The folders of the contents root whose notebooks the gallery at `reactive/run/` shows, with
        what lies in them; for example `["apps", "course/week-1"]`. An empty list shows none. The
        setting "Reactive Gallery" of JupyterLab goes before it. Default: [""] (the whole root).
        """,
    )

    max_files = Integer(
        2000,
        min=1,
        config=True,
        help="""
        How many `.py` files the gallery looks at; where there are more it says so. Default: 2000.
        """,
    )

    files = Instance(NotebookFiles)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._recogniser = Recogniser()

    async def find(self) -> Gallery:
        """Look at all of them; a file that cannot be read is not among them."""
        return await asyncio.to_thread(self._find)

    def _find(self) -> Gallery:
        apps: list[tuple[str, Card]] = []
        broken: list[tuple[str, str]] = []
        looked = 0
        for path, os_path in self._candidates():
            looked += 1
            if looked > self.max_files:
                break
            try:
                found = self._recogniser.recognise(os_path)
                if found.error:
                    broken.append((path, found.error))
                elif found.reactive:
                    apps.append((path, read_card(os_path)))
            except OSError as e:
                self.log.debug("the gallery cannot read %s: %s", path, e)
        apps.sort(key=lambda app: (str(PurePosixPath(app[0]).parent), app[1].title.casefold()))
        return Gallery(apps, sorted(broken), is_cut=looked > self.max_files)

    def _candidates(self) -> Iterator[tuple[str, Path]]:
        seen = set()
        for chosen in self.preferred(SECTION, "folders"):
            try:
                top = self.files.os_path(chosen)
            except ReactiveError as e:
                self.log.warning("ReactiveGallery.folders: %s", e)
                continue
            for folder, folders, names in os.walk(top):
                folders[:] = sorted(
                    name
                    for name in folders
                    if name not in SKIPPED
                    and not self.files.has_refused_name(name)
                    # An environment of Python's.
                    and not Path(folder, name, "pyvenv.cfg").exists()
                )
                for name in sorted(names):
                    os_path = Path(folder, name)
                    path = self.files.api_path(os_path)
                    is_seen = os_path.suffix == ".py" and not self.files.has_refused_name(name)
                    if path and is_seen and path not in seen and self.files.inside(os_path):
                        seen.add(path)
                        yield path, os_path
