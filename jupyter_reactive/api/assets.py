"""What a browser may fetch before anybody opens a notebook."""

from __future__ import annotations

from jupyter_server.utils import url_path_join

from ..assets.store import AssetStore
from ..errors import InvalidRequest
from ..translation import _
from ..web import permitted
from .base import ReactiveAPIHandler


class AssetsHandler(ReactiveAPIHandler):
    """``reactive/api/assets``."""

    def initialize(self, assets: AssetStore) -> None:
        """Take what the routes hand over."""
        self.assets = assets

    @permitted("read")
    async def get(self) -> None:
        """The addresses of the files that the page of a notebook needs."""
        form = self.get_query_argument("form", "files")
        if form not in {"files", "packed"}:
            raise InvalidRequest(
                _("There is no form “{form}” of the list.").format(form=form),
                _("Forms: files, packed."),
            )
        files = await self.assets.in_thread(
            lambda: self.assets.packed_files if form == "packed" else self.assets.editor_files
        )
        catalog = self.assets.catalog
        base = catalog and url_path_join(self.base_url, "reactive/assets", catalog.version)
        self.finish({"files": [f"{base}/{name}" for name in files]})
