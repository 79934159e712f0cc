"""The operator's commands for lessons: which there are, and run one."""

from __future__ import annotations

from ..contents import NotebookFiles
from ..errors import NotebookMissing
from ..servers.hooks import LessonHooks, can_be_new
from ..web import permitted
from .base import ReactiveAPIHandler


class HooksHandler(ReactiveAPIHandler):
    """``reactive/api/hooks``."""

    def initialize(self, files: NotebookFiles, hooks: LessonHooks) -> None:
        """Take the files, and who runs the commands."""
        self.files = files
        self.hooks = hooks

    @permitted("read")
    async def get(self) -> None:
        """What users can do here with a lesson."""
        self.finish({"actions": self.hooks.actions})

    # The command may do anything that the user may.
    @permitted("execute")
    async def post(self) -> None:
        """Run a command, and tell how it ended."""
        body = self.body(action=str, path=str)
        path = body["path"].strip("/")
        try:
            file = await self.files.locate_any(path)
        except NotebookMissing:
            if not can_be_new(body["action"], path):
                raise
            file = self.files.os_path(await self._new(path))
        event = await self.hooks.run(body["action"], file, path, self.files.root)
        self.finish(event.to_json())

    async def _new(self, path: str) -> str:
        """The contents path of a folder that is to be fetched."""
        folder, _slash, name = path.rpartition("/")
        return await self.files.place(folder, name, suffix="")
