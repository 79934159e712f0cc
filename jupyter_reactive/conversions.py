"""Notebooks of Jupyter under the contents root made reactive ones, off the event loop."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError
from traitlets import Float, Instance, Integer
from traitlets.config import LoggingConfigurable

from .contents import NotebookFiles
from .errors import NotANotebook, Unreadable
from .notebooks.convert.converter import SECONDS, Converted, Converter
from .notebooks.convert.targets import NEW_SUFFIX, OLD_SUFFIX
from .translation import _


@dataclass(frozen=True)
class Conversion:
    """What became of a notebook.

    Attributes:
        path: of the new notebook; None where nothing was to be written.
        name: that the new notebook has, or would have.
        report: in the form of `notebooks.convert.report.to_json`.
    """

    path: str | None
    name: str
    report: dict[str, Any]


class NotebookConversions(LoggingConfigurable):
    """Converts one notebook for each request, each in a child that ends with it.

    Owned by the extension app.
    """

    seconds = Float(
        SECONDS,
        min=0.1,
        config=True,
        help="How many seconds the conversion of a notebook may take. Default: 60.",
    )

    at_a_time = Integer(
        2,
        min=1,
        config=True,
        help="How many notebooks are converted at a time; others wait. Default: 2.",
    )

    files = Instance(NotebookFiles)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._places = asyncio.Semaphore(self.at_a_time)

    async def convert(
        self,
        path: str,
        folder: str | None = None,
        name: str | None = None,
        *,
        preview: bool = False,
    ) -> Conversion:
        """Convert a notebook; nothing is overwritten, and the old one stays.

        Args:
            path: contents path of the old notebook.
            folder: contents path of the new one's folder; None for that of the old one.
            name: of the new file; None for that of the old one.
            preview: whether to report only, and write nothing.

        Raises:
            ReactiveError: as `NotebookFiles.locate` and `NotebookFiles.add`, and
                `Converter.convert`.
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

        def work() -> Converted:
            with closing(Converter(self.seconds)) as converter:
                return converter.convert(content, stem, os_path.parent)

        async with self._places:
            converted = await asyncio.to_thread(work)
        new_name = name or f"{converted.name}{NEW_SUFFIX}"
        if preview:
            return Conversion(None, new_name, converted.report)
        where = source.rpartition("/")[0] if folder is None else folder
        new_path = await self.files.add(where, new_name, converted.text)
        return Conversion(new_path, new_path.rpartition("/")[2], converted.report)

    async def _content(self, path: str) -> bytes:
        try:
            model = await ensure_async(
                self.files.contents_manager.get(path, type="file", format="text")
            )
        except (HTTPError, OSError) as e:
            raise Unreadable(
                _("“{path}” cannot be read: {error}").format(path=path, error=e),
                _("Check who may read the file."),
            ) from e
        text: str = model["content"]
        return text.encode()
