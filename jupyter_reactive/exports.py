"""Notebooks under the contents root exported as reports, one task for each.

Knows nothing of HTTP.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import PurePosixPath
from typing import Any

from traitlets import Callable as CallableTrait
from traitlets import Float, Instance, Integer
from traitlets.config import LoggingConfigurable

from .contents import NotebookFiles
from .errors import ExportNotFound, InvalidRequest, ReactiveError, TooManyRequests
from .models.exports import ExportModel, ExportState
from .notebooks.marimo_export import FORMATS, Format
from .places import Place, path_at
from .servers.exporting import SECONDS, Exported, Exporter, Order
from .servers.launcher import EditServerLauncher
from .translation import _

FINAL = frozenset({ExportState.DONE, ExportState.FAILED, ExportState.CANCELLED})
# So many are remembered that have ended, and so many may wait.
REMEMBERED = 100
# How often an export counts as use while it runs.
USE_SECONDS = 20


@dataclass(frozen=True)
class Wish:
    """What somebody wants exported.

    Attributes:
        path: contents path of the notebook.
        to: the format.
        place: where the result goes.
        include_code: whether readers see the code, where that can be chosen.
    """

    path: str
    to: str
    place: Place
    include_code: bool = True


class NotebookExports(LoggingConfigurable):
    """Runs exports, some at a time, and knows what has become of them.

    Owned by the extension app.
    """

    seconds = Float(
        SECONDS,
        min=0,
        config=True,
        help="""
        How many seconds the export of a notebook may take, with all that its cells compute; then
        it is ended with everything that it has started. Default: 600. 0: no limit.
        """,
    )

    at_a_time = Integer(
        2,
        min=1,
        config=True,
        help="""
        How many notebooks are exported at a time, each in a process of its own; others wait.
        Default: 2.
        """,
    )

    files = Instance(NotebookFiles)

    launcher = Instance(EditServerLauncher)

    on_change = CallableTrait(help="Called with the model each time that an export gets further.")

    on_use = CallableTrait(help="Called each time that an export counts as use.")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._places = asyncio.Semaphore(self.at_a_time)
        # The oldest first.
        self._models: dict[str, ExportModel] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def models(self) -> list[ExportModel]:
        """The exports that are known, the oldest first."""
        return list(self._models.values())

    def get(self, export_id: str) -> ExportModel:
        """One export.

        Raises:
            ExportNotFound: there is none of that id.
        """
        try:
            return self._models[export_id]
        except KeyError:
            raise ExportNotFound(
                _("There is no export “{id}”.").format(id=export_id),
                _("It has been cancelled, or it was long ago; start it again."),
            ) from None

    async def start(self, wish: Wish) -> ExportModel:
        """Begin an export; what becomes of it is told by `on_change`.

        Raises:
            InvalidRequest: no such format.
            TooManyRequests: as many wait as may.
            ReactiveError: as `NotebookFiles.notebook` and `NotebookFiles.place`.
        """
        kind = FORMATS.get(wish.to)
        if kind is None:
            raise InvalidRequest(
                _("“{format}” is no format for an export.").format(format=wish.to),
                _("Choose one of {formats}.").format(formats=", ".join(FORMATS)),
            )
        if len(self._tasks) >= REMEMBERED:
            raise TooManyRequests
        notebook = await self.files.notebook(wish.path)
        source = PurePosixPath(wish.path.strip("/"))
        # A mistake is told at once, and not when the notebook has run.
        await self._path(source, kind, wish.place)
        model = ExportModel(uuid.uuid4().hex, str(source), wish.to)
        order = Order(notebook, kind, self.files.root, include_code=wish.include_code)
        self._change(model)
        task = asyncio.create_task(self._run(model.id, order, wish.place))
        self._tasks[model.id] = task
        task.add_done_callback(lambda _task: self._tasks.pop(model.id))
        return model

    async def cancel(self, export_id: str) -> None:
        """End an export, with everything that it has started, and forget it.

        Raises:
            ExportNotFound: there is none of that id.
        """
        self.get(export_id)
        if task := self._tasks.get(export_id):
            task.cancel()
            await asyncio.wait([task])
        self._models.pop(export_id, None)

    async def stop(self) -> None:
        """End every export."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _run(self, export_id: str, order: Order, place: Place) -> None:
        try:
            async with self._places:
                started = datetime.now(timezone.utc).isoformat()
                self._further(export_id, state=ExportState.RUNNING, started=started)
                await self._counting(self._export(export_id, order, place))
        except asyncio.CancelledError:
            self._further(export_id, state=ExportState.CANCELLED)
            raise
        except ReactiveError as e:
            self.log.warning("%s is not exported: %s", order.notebook, e)
            self._fail(export_id, e)
        # It is told in the log, with its traceback, and in the export; nobody awaits this task.
        except Exception:
            self.log.exception("%s is not exported", order.notebook)
            self._fail(
                export_id,
                ReactiveError(
                    _("Something unexpected happened."),
                    _("Try again; the log of the Jupyter server holds the details."),
                ),
            )

    async def _export(self, export_id: str, order: Order, place: Place) -> None:
        exporter = Exporter(self.launcher, self.seconds, self.log)
        async with exporter.exported(order) as exported:
            self._further(export_id, state=ExportState.WRITING)
            source = PurePosixPath(self.get(export_id).source)
            path = await self._write(source, order.format, exported, place)
        self._further(
            export_id,
            state=ExportState.DONE,
            path=path,
            raised=exported.raised,
            errors=exported.errors,
        )

    async def _counting(self, work: Awaitable[None]) -> None:
        """Wait for it, and let it count as use meanwhile."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                self.on_use()
                await asyncio.wait([task], timeout=USE_SECONDS)
        finally:
            task.cancel()
            await asyncio.wait([task])
        task.result()

    async def _write(
        self, source: PurePosixPath, kind: Format, exported: Exported, place: Place
    ) -> str:
        if kind.entry:
            # It takes seconds, and what is there is not overwritten in any case.
            path = await self._path(source, kind, place)
            await self.files.write_folder(path, exported.path)
            return path
        content = await asyncio.to_thread(exported.path.read_bytes)
        async with self.files.writing:
            path = await self._path(source, kind, place)
            await self.files.write_bytes(path, content)
        return path

    async def _path(self, source: PurePosixPath, kind: Format, place: Place) -> str:
        """The contents path that the result would get now."""
        if kind.entry:
            return await path_at(self.files, place, source, f"{source.stem}{kind.suffix}", "")
        return await path_at(self.files, place, source, source.stem, kind.suffix)

    def _fail(self, export_id: str, error: ReactiveError) -> None:
        self._further(
            export_id, state=ExportState.FAILED, message=error.message, remedy=error.remedy
        )

    def _further(self, export_id: str, **changes: Any) -> None:
        self._change(replace(self._models[export_id], **changes))

    def _change(self, model: ExportModel) -> None:
        self._models[model.id] = model
        ended = [known.id for known in self._models.values() if known.state in FINAL]
        for export_id in ended[:-REMEMBERED]:
            del self._models[export_id]
        self.on_change(model)
