"""Notebooks of Jupyter under the contents root made reactive ones, off the event loop.

Knows nothing of HTTP and of servers.
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import Any

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError
from traitlets import Float, Instance, Integer
from traitlets.config import LoggingConfigurable

from .contents import NotebookFiles
from .errors import NotANotebook, TooLarge, Unreadable
from .notebooks.convert.converter import SECONDS, Converted, Converter
from .notebooks.convert.targets import NEW_SUFFIX, OLD_SUFFIX
from .translation import _


@dataclass(frozen=True)
class Conversion:
    """A notebook that is converted, and not yet written.

    Attributes:
        source: contents path of the old notebook.
        notebook: the new one, with the report.
    """

    source: str
    notebook: Converted


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
        The largest notebook of Jupyter, in MB with its outputs, that is converted. Default: 100.
        0: no limit.
        """,
    )

    files = Instance(NotebookFiles)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._places = asyncio.Semaphore(self.at_a_time)
        self._running: set[Converter] = set()

    async def convert(self, path: str) -> Conversion:
        """Convert a notebook and write nothing. Cancelled, it ends the child.

        Args:
            path: contents path of the old notebook.

        Raises:
            ReactiveError: as `NotebookFiles.locate` and `Converter.convert`; TooLarge, and
                Unreadable where the contents manager does not give it.
        """
        os_path = await self.files.locate(path)
        source = path.strip("/")
        if not source.endswith(OLD_SUFFIX):
            raise NotANotebook(
                _("“{path}” is no notebook of Jupyter.").format(path=source),
                _("Choose a file that ends with {suffix}.").format(suffix=OLD_SUFFIX),
            )
        content = await self._content(source)
        stem = source.rpartition("/")[2].removesuffix(OLD_SUFFIX)
        async with self._places:
            converter = Converter(self.seconds)
            self._running.add(converter)
            try:
                notebook = await asyncio.to_thread(
                    _converted, converter, content, stem, os_path.parent
                )
            finally:
                # Whoever waits may have left, and then the child still works.
                converter.cancel()
                self._running.discard(converter)
        return Conversion(source, notebook)

    async def place(
        self,
        conversion: Conversion,
        folder: str | None = None,
        name: str | None = None,
        *,
        overwrite: bool = False,
    ) -> str:
        """The contents path that a new notebook would get.

        Args:
            conversion: what is to be written.
            folder: contents path of an existing folder; None for that of the old notebook.
            name: of the new file; None for that of the old one, with a number where it is taken.
            overwrite: whether a file of that name may be replaced.

        Raises:
            ReactiveError: as `NotebookFiles.place`.
        """
        where = conversion.source.rpartition("/")[0] if folder is None else folder
        if name is None:
            name = f"{conversion.notebook.name}{NEW_SUFFIX}"
            if not overwrite:
                name = await self.files.free_name(where, name)
        return await self.files.place(where, name, overwrite=overwrite)

    async def write(
        self,
        conversion: Conversion,
        folder: str | None = None,
        name: str | None = None,
        *,
        overwrite: bool = False,
    ) -> str:
        """Write a new notebook; the old one stays as it is.

        Args:
            conversion: what is to be written.
            folder: as for `place`.
            name: as for `place`.
            overwrite: as for `place`.

        Returns:
            The contents path of the new notebook.

        Raises:
            ReactiveError: as `NotebookFiles.place`; Unreadable where it cannot be written.
        """
        async with self.files.writing:
            path = await self.place(conversion, folder, name, overwrite=overwrite)
            await self.files.write(path, conversion.notebook.text)
        return path

    def stop(self) -> None:
        """End every child."""
        for converter in self._running:
            converter.cancel()

    async def _content(self, path: str) -> bytes:
        contents = self.files.contents_manager
        try:
            model = await ensure_async(contents.get(path, content=False, type="file"))
            size = model.get("size") or 0
            if self.max_size and size > self.max_size * 1_000_000:
                raise TooLarge(
                    _(
                        "“{path}” has {size:.0f} MB; notebooks up to {limit} MB are converted."
                    ).format(path=path, size=size / 1_000_000, limit=self.max_size),
                    _("Clear its outputs, and try again."),
                )
            model = await ensure_async(contents.get(path, type="file"))
        except (HTTPError, OSError) as e:
            reason = e.log_message if isinstance(e, HTTPError) else e.strerror
            raise Unreadable(
                _("“{path}” cannot be read: {error}").format(path=path, error=reason or e),
                _("Check who may read the file."),
            ) from e
        text: str = model["content"]
        return base64.b64decode(text) if model["format"] == "base64" else text.encode()


def _converted(converter: Converter, content: bytes, name: str, folder: Any) -> Converted:
    with converter:
        return converter.convert(content, name, folder)
