"""The files: recognise notebooks by content, create them."""

from __future__ import annotations

import json

from jupyter_server.utils import url_escape, url_path_join

from ..contents import NotebookFiles
from ..errors import InvalidRequest
from ..policy import Policy
from ..servers.prestart import Prestart
from ..translation import _
from ..web import permitted
from .base import ReactiveAPIHandler

MAX_PATHS = 5000


class NotebooksHandler(ReactiveAPIHandler):
    """``reactive/api/notebooks``."""

    def initialize(self, files: NotebookFiles, policy: Policy) -> None:
        """Take the files, and what may be done to them."""
        self.files = files
        self.policy = policy

    @permitted("write")
    async def post(self) -> None:
        """Create a notebook; never overwrites one."""
        self.policy.admit_new_notebook()
        body = self.body(folder=str | None, name=str | None, template=str | None)
        path = await self.files.create(body["folder"] or "", body["name"], body["template"])
        self.set_status(201)
        self.set_header("Location", url_path_join(self.base_url, "reactive/open", url_escape(path)))
        self.finish({"path": path, "name": path.rpartition("/")[2]})


class TemplatesHandler(ReactiveAPIHandler):
    """``reactive/api/notebooks/templates``."""

    def initialize(self, files: NotebookFiles) -> None:
        """Take what the routes hand over."""
        self.files = files

    @permitted("read")
    async def get(self) -> None:
        """What a new notebook can be made from."""
        default = self.files.default_template
        self.finish(
            json.dumps(
                [{"name": name, "default": name == default} for name in self.files.template_names()]
            )
        )


class RecogniseHandler(ReactiveAPIHandler):
    """``reactive/api/notebooks/recognise``."""

    def initialize(self, files: NotebookFiles, prestart: Prestart) -> None:
        """Take the files, and who wants to know that there are notebooks."""
        self.files = files
        self.prestart = prestart

    # The file browser asks whenever a folder has changed.
    counts_as_use = False

    @permitted("read")
    async def post(self) -> None:
        """Which of the paths are marimo notebooks, judged by content."""
        paths = self.body(paths=list)["paths"]
        if len(paths) > MAX_PATHS or not all(isinstance(path, str) for path in paths):
            raise InvalidRequest(
                _("“paths” must be a list of at most {limit} contents paths.").format(
                    limit=MAX_PATHS
                ),
                _("Ask in several requests."),
            )
        found = await self.files.recognise(paths)
        if found:
            self.prestart.notebook_seen()
        self.finish({"reactive": found})
