"""Notebooks under the contents root made reactive ones, or ones for Jupyter, off the event loop.

Knows nothing of HTTP and of servers.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError
from traitlets import Float, Instance, Integer
from traitlets.config import LoggingConfigurable

from .contents import NotebookFiles
from .errors import IsFolder, NotANotebook, NotFound, OutsideRoot, TooLarge, Unreadable
from .notebooks.convert.converter import SECONDS, Converted, Converter
from .notebooks.convert.snapshot import copy_of
from .notebooks.convert.targets import NEW_SUFFIX, OLD_SUFFIX
from .places import Place, path_at
from .translation import _


@dataclass(frozen=True)
class Conversion:
    """A notebook that is converted, and not yet written.

    Attributes:
        source: contents path of the old notebook.
        content: of that file.
        notebook: the new one, with the report.
    """

    source: PurePosixPath
    content: bytes
    notebook: Converted

    @property
    def suffix(self) -> str:
        """Of the new notebook."""
        return NEW_SUFFIX if self.source.suffix == OLD_SUFFIX else OLD_SUFFIX


class NotebookConversions(LoggingConfigurable):
    """Converts one notebook for each request, each in a child that ends with it.

    Owned by the extension app.
    """

    seconds = Float(
        SECONDS,
        min=0.1,
        config=True,
        help="""
        How many seconds the conversion of a notebook may take before it is ended. Default: 60.
        """,
    )

    at_a_time = Integer(
        2,
        min=1,
        config=True,
        help="""
        How many notebooks are converted at a time, each in a process of its own; others wait.
        Default: 2.
        """,
    )

    max_size = Integer(
        100,
        min=0,
        config=True,
        help="""
        The largest notebook, in MB with its outputs, that is converted. Default: 100.
        0: no limit.
        """,
    )

    files = Instance(NotebookFiles)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._places = asyncio.Semaphore(self.at_a_time)
        self._running: set[Converter] = set()

    async def convert(self, path: str) -> Conversion:
        """Convert a notebook of Jupyter, or a reactive one, and write nothing.

        Cancelled, it ends the child.

        Args:
            path: contents path of the old notebook.

        Raises:
            ReactiveError: as `NotebookFiles.locate`, `Converter.convert` and `convert_back`;
                TooLarge, and Unreadable where the contents manager does not give it.
        """
        os_path = await self.files.locate(path)
        source = PurePosixPath(path.strip("/"))
        if source.suffix not in {OLD_SUFFIX, NEW_SUFFIX}:
            raise NotANotebook(
                _("“{path}” is no notebook.").format(path=source),
                _("Choose a file that ends with {old} or {new}.").format(
                    old=OLD_SUFFIX, new=NEW_SUFFIX
                ),
            )
        content = await self._content(source)
        converter = Converter(self.seconds)
        if source.suffix == OLD_SUFFIX:
            work = partial(converter.convert, content, source.stem, os_path.parent)
        else:
            old = await self._old_notebook(source)
            work = partial(converter.convert_back, content, source.stem, old, os_path.parent)
        async with self._places:
            self._running.add(converter)
            try:
                notebook = await asyncio.to_thread(_closing, converter, work)
            finally:
                # Whoever waits may have left, and then the child still works.
                converter.cancel()
                self._running.discard(converter)
        return Conversion(source, content, notebook)

    async def path(self, conversion: Conversion, place: Place) -> str:
        """The contents path that a new notebook would get.

        Raises:
            ReactiveError: as `NotebookFiles.place`.
        """
        name = conversion.notebook.name
        return await path_at(self.files, place, conversion.source, name, conversion.suffix)

    async def write(self, conversion: Conversion, place: Place) -> str:
        """Write a new notebook; the old one stays as it is.

        Returns:
            The contents path of the new notebook.

        Raises:
            ReactiveError: as `NotebookFiles.place`; Unreadable where it cannot be written.
        """
        async with self.files.writing:
            path = await self.path(conversion, place)
            await self._keep_old(conversion, PurePosixPath(path))
            await self.files.write(path, conversion.notebook.text)
        return path

    def stop(self) -> None:
        """End every child."""
        for converter in self._running:
            converter.cancel()

    async def _keep_old(self, conversion: Conversion, path: PurePosixPath) -> None:
        """Keep the notebook of Jupyter where the way back finds it."""
        source = conversion.source
        if source.suffix == OLD_SUFFIX and source != path.with_suffix(OLD_SUFFIX):
            await self.files.restore(str(copy_of(path)), conversion.content.decode("utf-8-sig"))

    async def _old_notebook(self, path: PurePosixPath) -> bytes | None:
        """The notebook that a reactive one was converted from; None if it is not known."""
        for old in (path.with_suffix(OLD_SUFFIX), copy_of(path)):
            if await self._may_be_read(old):
                return await self._content(old)
        return None

    async def _may_be_read(self, path: PurePosixPath) -> bool:
        try:
            await self.files.locate(str(path))
        except (IsFolder, NotFound, OutsideRoot):
            return False
        return True

    async def _content(self, path: PurePosixPath) -> bytes:
        contents = self.files.contents_manager
        try:
            model = await ensure_async(contents.get(str(path), content=False, type="file"))
            size = model.get("size") or 0
            if self.max_size and size > self.max_size * 1_000_000:
                raise TooLarge(
                    _(
                        "“{path}” has {size:.0f} MB; notebooks up to {limit} MB are converted."
                    ).format(path=path, size=size / 1_000_000, limit=self.max_size),
                    _("Clear its outputs, and try again."),
                )
            model = await ensure_async(contents.get(str(path), type="file"))
        except (HTTPError, OSError) as e:
            reason = e.log_message if isinstance(e, HTTPError) else e.strerror
            raise Unreadable(
                _("“{path}” cannot be read: {error}").format(path=path, error=reason or e),
                _("Check who may read the file."),
            ) from e
        text: str = model["content"]
        return base64.b64decode(text) if model["format"] == "base64" else text.encode()


def _closing(converter: Converter, work: Callable[[], Converted]) -> Converted:
    with closing(converter):
        return work()
