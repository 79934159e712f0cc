"""Notebooks of Jupyter into reactive ones, and back: first the report, then the file."""

from __future__ import annotations

import asyncio

from jupyter_server.utils import url_escape, url_path_join

from ..conversions import Conversion, NotebookConversions
from ..notebooks.convert.targets import NEW_SUFFIX
from ..places import Place
from ..policy import Policy
from ..web import permitted
from .base import ReactiveAPIHandler


class ConversionsHandler(ReactiveAPIHandler):
    """``reactive/api/conversions``."""

    def initialize(self, conversions: NotebookConversions, policy: Policy) -> None:
        """Take who converts, and what may be done to files."""
        self.conversions = conversions
        self.policy = policy
        self._work: asyncio.Task[Conversion] | None = None
        self._left = False

    @permitted("write")
    async def post(self) -> None:
        """Convert a notebook, or tell what would become of it."""
        body = self.body(
            path=str,
            folder=str | None,
            name=str | None,
            preview=bool | None,
            overwrite=bool | None,
        )
        self.policy.admit_new_notebook()
        place = Place(body["folder"], body["name"], overwrite=bool(body["overwrite"]))
        self._work = asyncio.create_task(self.conversions.convert(body["path"]))
        try:
            conversion = await self._work
        except asyncio.CancelledError:
            if not self._left:
                raise
            return
        if body["preview"]:
            path = await self.conversions.path(conversion, place)
        else:
            path = await self.conversions.write(conversion, place)
            self.set_status(201)
            if conversion.suffix == NEW_SUFFIX:
                link = url_path_join(self.base_url, "reactive/open", url_escape(path))
                self.set_header("Location", link)
        name = path.rpartition("/")[2]
        self.finish({"path": path, "name": name, "report": conversion.notebook.report})

    def on_connection_close(self) -> None:
        """End what is done for a client that has left."""
        super().on_connection_close()
        self._left = True
        if self._work is not None:
            self._work.cancel()
