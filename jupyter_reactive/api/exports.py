"""Notebooks into reports: begun, looked at, cancelled; how far they are is told as events too."""

from __future__ import annotations

import json

from jupyter_server.utils import url_path_join

from ..exports import NotebookExports, Wish
from ..places import Place
from ..policy import Policy
from ..web import permitted
from .base import ReactiveAPIHandler


class ExportsHandler(ReactiveAPIHandler):
    """``reactive/api/exports``."""

    def initialize(self, exports: NotebookExports, policy: Policy) -> None:
        """Take who exports, and what may be exported."""
        self.exports = exports
        self.policy = policy

    @permitted("read")
    async def get(self) -> None:
        """The exports that are known."""
        self.finish(json.dumps([export.to_json() for export in self.exports.models()]))

    # The notebook's code is run, and a file is written.
    @permitted("execute")
    @permitted("write")
    async def post(self) -> None:
        """Begin an export."""
        body = self.body(
            path=str,
            to=str,
            folder=str | None,
            name=str | None,
            overwrite=bool | None,
            include_code=bool | None,
        )
        self.policy.admit_export()
        place = Place(body["folder"], body["name"], overwrite=bool(body["overwrite"]))
        include_code = body["include_code"] is not False
        wish = Wish(body["path"], body["to"], place, include_code=include_code)
        export = await self.exports.start(wish)
        self.set_status(202)
        link = url_path_join(self.base_url, "reactive/api/exports", export.id)
        self.set_header("Location", link)
        self.finish(export.to_json())


class ExportHandler(ReactiveAPIHandler):
    """``reactive/api/exports/<id>``."""

    def initialize(self, exports: NotebookExports) -> None:
        """Take who exports."""
        self.exports = exports

    @permitted("read")
    async def get(self, export_id: str) -> None:
        """How far an export is."""
        self.finish(self.exports.get(export_id).to_json())

    @permitted("write")
    async def delete(self, export_id: str) -> None:
        """Cancel an export, and forget it."""
        await self.exports.cancel(export_id)
        self.set_status(204)
        self.finish()
