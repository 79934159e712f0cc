"""Released versions of the notebooks under the contents root, for the server.

Every write goes through the contents manager. Knows nothing of HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from traitlets import Callable as CallableTrait
from traitlets import Instance
from traitlets.config import LoggingConfigurable

from .contents import NotebookFiles
from .errors import SessionNotFound
from .models.lessons import LessonEvent, TaskState
from .releases.comparison import Comparison, compare
from .releases.reset import kept_name
from .servers.sessions import SessionMonitor


@dataclass(frozen=True)
class Reset:
    """What a reset has done.

    Attributes:
        path: contents path of the notebook.
        kept: of the version that was there; None where it was the released one already.
    """

    path: str
    kept: str | None


class ReleasedNotebooks(LoggingConfigurable):
    """Compares notebooks with what was released of them, and puts that in their place.

    Owned by the extension app.
    """

    files = Instance(NotebookFiles)

    sessions = Instance(SessionMonitor)

    on_change = CallableTrait(help="Called with a `LessonEvent` after a reset.")

    async def compare(self, path: str) -> Comparison:
        """Hold a notebook against its released version.

        Args:
            path: contents path of the notebook.

        Raises:
            ReactiveError: as `NotebookFiles.locate`; NoRelease, GitMissing, Unreadable.
        """
        return await asyncio.to_thread(compare, await self.files.locate(path))

    async def reset(self, path: str) -> Reset:
        """Put the released version in place, and keep beside it what is there.

        Its session ends first: it would save what it has over the released version.

        Args:
            path: contents path of the notebook.

        Raises:
            ReactiveError: as `NotebookFiles.locate` and `NotebookFiles.place`; NoRelease,
                GitMissing, Unreadable.
        """
        path = path.strip("/")
        comparison = await self.compare(path)
        if not comparison.is_same:
            await self._close(path)
        async with self.files.writing:
            # The last words of its session may have come meanwhile.
            comparison = await self.compare(path)
            if comparison.is_same:
                return Reset(path, None)
            folder, _slash, name = path.rpartition("/")
            free = await self.files.free_name(folder, kept_name(name))
            kept = await self.files.place(folder, free, "")
            mine = await asyncio.to_thread(self.files.os_path(path).read_bytes)
            await self.files.write_bytes(kept, mine)
            await self.files.write_bytes(path, comparison.release.content)
        self.on_change(LessonEvent("reset", path, TaskState.DONE, kept=kept))
        return Reset(path, kept)

    async def _close(self, path: str) -> None:
        for session in await self.sessions.refresh():
            if session.path == path:
                # It may have ended by itself meanwhile.
                with contextlib.suppress(SessionNotFound):
                    await self.sessions.shutdown(session.id)
