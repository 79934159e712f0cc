"""Writes what a notebook shows as an `.ipynb` beside it, so that a site like GitHub shows it.

Knows when a notebook is saved and where its snapshot goes; nothing of HTTP.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from traitlets import Bool, Instance

from .contents import NotebookFiles
from .errors import NotebookExists, ReactiveError
from .models.notices import NoticeEvent, NoticeLevel
from .preferences import Preferring
from .servers.running import RunningServer
from .servers.sessions import SessionMonitor
from .servers.tasks import retrieve
from .translation import _

# Of Jupyter's front ends' configuration.
SECTION = "reactive_snapshots"
SUFFIX = ".snapshot.ipynb"
# In the metadata of every snapshot (https://nbformat.readthedocs.io/en/latest/format_description.html),
# so that no other notebook is ever taken for one.
MARK = "jupyter_reactive_snapshot"
# marimo saves while its user types; one snapshot does for all of it.
DELAY = 2.0


class OutputNotebooks(Preferring):
    """Keeps the snapshots of notebooks that are saved.

    Owned by the extension app. Invariant: only what bears our mark is replaced.
    """

    on_save = Bool(
        default_value=False,
        config=True,
        help="""
        Whether each save of a notebook also writes what it shows into an `.ipynb` beside it:
        `lesson.snapshot.ipynb` for `lesson.py`, two seconds later, by marimo's own export. A
        file of that name that is no such snapshot stays as it is. Whoever may read the folder
        reads the outputs. Users switch it on for theirs in JupyterLab's settings ("Reactive
        Snapshots"). Default: False.
        """,
    )

    files = Instance(NotebookFiles)
    sessions = Instance(SessionMonitor)

    def __init__(self, on_notice: Callable[[NoticeEvent], None], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._on_notice = on_notice
        self._due: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writing = asyncio.Lock()
        self._told: set[str] = set()

    @property
    def is_idle(self) -> bool:
        """Whether no snapshot is on its way."""
        return not self._tasks

    def note_save(self, server: RunningServer, session_id: str) -> None:
        """A notebook was saved.

        Args:
            server: that has it open.
            session_id: marimo's.
        """
        if session_id not in self._due:
            self._due.add(session_id)
            task = asyncio.create_task(self._write_soon(server, session_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            task.add_done_callback(retrieve)

    def stop(self) -> None:
        """The Jupyter server ends."""
        for task in self._tasks:
            task.cancel()

    async def _write_soon(self, server: RunningServer, session_id: str) -> None:
        is_wanted = await asyncio.to_thread(self.preferred, SECTION, "on_save")
        if is_wanted:
            await asyncio.sleep(DELAY)
        self._due.discard(session_id)
        if not is_wanted:
            return
        try:
            async with self._writing:
                await self._write(server, session_id)
        except ReactiveError as e:
            self.log.warning("no snapshot of a notebook is written: %s", e.message)
            self._tell(session_id, e)

    async def _write(self, server: RunningServer, session_id: str) -> None:
        await self.sessions.refresh()
        source = self.sessions.path_of(session_id)
        path = self.files.api_path(source) if source else None
        if not path:
            return
        notebook = PurePosixPath(path)
        folder = "" if notebook.parent == PurePosixPath() else str(notebook.parent)
        place = await self.files.place(folder, notebook.stem + SUFFIX, ".ipynb", overwrite=True)
        before = await asyncio.to_thread(_text_of, self.files.os_path(place))
        if before is not None and not _is_snapshot(before):
            raise NotebookExists(
                _("“{path}” is no snapshot and was not overwritten.").format(path=place),
                _("Rename it, and save the notebook again for a snapshot."),
            )
        exported = json.loads(await server.client.exported_notebook(session_id))
        exported["metadata"][MARK] = True
        text = json.dumps(exported, indent=1, ensure_ascii=False) + "\n"
        if text != before:
            await self.files.write(place, text)

    def _tell(self, session_id: str, error: ReactiveError) -> None:
        """Say it once: a notebook is saved again and again."""
        if session_id in self._told:
            return
        self._told.add(session_id)
        path = self.sessions.path_of(session_id)
        self._on_notice(
            NoticeEvent(
                id=session_id,
                path=self.files.api_path(path) if path else None,
                level=NoticeLevel.WARNING,
                message=error.message,
                remedy=error.remedy,
            )
        )


def _text_of(file: Path) -> str | None:
    try:
        return file.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return None


def _is_snapshot(text: str) -> bool:
    try:
        return json.loads(text)["metadata"][MARK] is True
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
