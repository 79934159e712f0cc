"""Links that bring others to a notebook, checked before they are handed out."""

from __future__ import annotations

import asyncio

from ..contents import NotebookFiles
from ..links.catalogue import catalogue
from ..web import permitted
from .base import ReactiveAPIHandler


class LinksHandler(ReactiveAPIHandler):
    """``reactive/api/links``."""

    def initialize(self, files: NotebookFiles) -> None:
        """Take the files."""
        self.files = files

    # git goes to the remote with the user's account there.
    @permitted("execute")
    async def post(self) -> None:
        """The links to a notebook for every platform."""
        body = self.body(path=str, hub=str | None, binder=str | None)
        notebook = await self.files.locate(body["path"])
        path = body["path"].strip("/")
        links = await asyncio.to_thread(
            catalogue, notebook, path, body["hub"] or "", body["binder"] or ""
        )
        self.finish({"links": [link.to_json() for link in links]})
