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
        body = self.body(path=str, hub=str | None, binder=str | None, cell=str | None)
        notebook = await self.files.locate(body["path"])
        path = body["path"].strip("/")
        wishes = (body[field] or "" for field in ("hub", "binder", "cell"))
        found = await asyncio.to_thread(catalogue, notebook, path, *wishes)
        self.finish(found.to_json())
