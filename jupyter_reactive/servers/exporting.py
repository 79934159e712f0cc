"""Runs `marimo export` for one notebook in a child with limits, and looks what has come of it.

Where the result goes is the business of who asks; it stands in a folder that goes with the child.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import ExportFailed, PdfToolsMissing, ReactiveError
from ..models.exports import CellError
from ..notebooks import marimo_export
from ..notebooks.marimo_export import Format
from ..start_errors import PythonUnknown
from ..translation import _
from .failures import from_words, reason
from .launcher import EditServerLauncher, LaunchSpec
from .one_shot import one_shot, run_to_end
from .process import ChildProcess

SECONDS = 600.0
# How often the words of a child are looked at, and how many of them.
LOOK_SECONDS = 0.5
LAST_WORDS = 20
PROBE = Path(__file__).parent.parent / "notebooks" / "pdf_tools.py"


@dataclass(frozen=True)
class Order:
    """What is wanted.

    Attributes:
        notebook: its file.
        format: that it is exported in.
        folder: the working folder of its code.
        include_code: whether readers see the code, where that can be chosen.
    """

    notebook: Path
    format: Format
    folder: Path
    include_code: bool = True


@dataclass(frozen=True)
class Exported:
    """What has come of it.

    Attributes:
        path: the file or folder, in a folder that is soon removed.
        raised: whether a cell has raised.
        errors: the cells that have, where marimo tells.
    """

    path: Path
    raised: bool = False
    errors: tuple[CellError, ...] = ()


class Exporter:
    """Exports in the environment that the notebooks run in.

    Args:
        launcher: knows that environment.
        seconds: how long an export may take; 0 for any time.
        log: where the child's output goes, at debug level.
    """

    def __init__(self, launcher: EditServerLauncher, seconds: float, log: logging.Logger) -> None:
        self._launcher = launcher
        self._seconds = seconds
        self._log = log

    @asynccontextmanager
    async def exported(self, order: Order) -> AsyncIterator[Exported]:
        """Export a notebook. Left or cancelled, it ends the child and removes what there is.

        Raises:
            ExportFailed: it takes too long, or marimo cannot do it.
            StartFailed: marimo cannot be started.
        """
        place = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="reactive-"))
        try:
            yield await self._exported(order, place)
        finally:
            await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)

    async def _exported(self, order: Order, place: Path) -> Exported:
        kind, notebook = order.format, order.notebook
        target = place / f"{notebook.stem}{kind.suffix}"
        arguments = kind.arguments(notebook, target, include_code=order.include_code)
        if kind is marimo_export.FORMATS["pdf"]:
            arguments[2:2] = await self._pdf_arguments(order.folder, place)
        before = _written(notebook)
        spec = self._spec([*self._launcher.program(), *arguments], order.folder, place)
        code, lines = await self._run(spec)
        written = target / kind.entry if kind.entry else target
        if not written.is_file():
            raise self._failure(code, lines, spec, notebook.name)
        if code == 0:
            return Exported(target)
        if code == marimo_export.RAISED_CODE and any(marimo_export.RAISED in li for li in lines):
            is_fresh = _written(notebook) != before
            errors = await asyncio.to_thread(_raised, notebook, target, is_fresh=is_fresh)
            return Exported(target, raised=True, errors=tuple(errors))
        raise self._failure(code, lines, spec, notebook.name)

    async def _pdf_arguments(self, folder: Path, place: Path) -> Sequence[str]:
        """What makes the PDF. marimo would download a browser, or try for a minute.

        Raises:
            PdfToolsMissing: nothing can.
        """
        try:
            python = self._launcher.python()
        except PythonUnknown:
            return ()
        code, lines = await self._run(self._spec([python, str(PROBE)], folder, place))
        if code == 0:
            return marimo_export.TEX if "tex" in lines else ()
        raise PdfToolsMissing(lines[-1] if lines else reason(code))

    def _spec(self, command: Sequence[str], folder: Path, place: Path) -> LaunchSpec:
        temporary = place / "tmp"
        temporary.mkdir(exist_ok=True)
        # What a child that is killed leaves behind goes with the rest.
        environment = {**self._launcher.child_environment(), "TMPDIR": str(temporary)}
        return one_shot(command, folder, environment)

    async def _run(self, spec: LaunchSpec) -> tuple[int, list[str]]:
        """The exit code and the last words of a child.

        Raises:
            ExportFailed: it takes too long, or has lost the kernel of its notebook.
        """
        try:
            return await run_to_end(spec, self._log, self._seconds, _ended)
        except asyncio.TimeoutError as e:
            raise ExportFailed(
                _("The export took longer than {seconds:g} seconds.").format(seconds=self._seconds),
                _("Let the notebook compute less, or allow more time."),
            ) from e

    def _failure(self, code: int, lines: list[str], spec: LaunchSpec, name: str) -> ReactiveError:
        if code < 0:
            return ExportFailed(
                _("The process that exports “{name}” was ended ({reason}).").format(
                    name=name, reason=reason(code)
                ),
                _("The notebook may need more memory than there is."),
            )
        # Further up are the words of the notebook's own code.
        if known := from_words(lines[-1:], spec):
            return known
        return ExportFailed(
            _("“{name}” could not be exported: {error}").format(
                name=name,
                error=lines[-1].removeprefix(marimo_export.ERROR) if lines else reason(code),
            ),
            _("Open the notebook and run it; mend what does not work there."),
        )


async def _ended(child: ChildProcess) -> None:
    """Wait for the end of a child.

    Raises:
        ExportFailed: it has lost the kernel of its notebook, and would wait for ever.
    """
    while not child.ended.is_set():
        if why := marimo_export.kernel_end(child.log_lines()[-LAST_WORDS:]):
            raise ExportFailed(
                _("The notebook's kernel ended while it ran: {reason}").format(reason=why),
                _("Mend what ends it, or let the notebook need less memory, and export it again."),
            )
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(child.ended.wait(), LOOK_SECONDS)


def _written(notebook: Path) -> int | None:
    """When the snapshot of the last run was written."""
    try:
        return marimo_export.snapshot_file(notebook).stat().st_mtime_ns
    except OSError:
        return None


def _raised(notebook: Path, target: Path, *, is_fresh: bool) -> list[CellError]:
    """The cells that have raised; none where nothing tells."""
    if target.suffix == ".html":
        snapshot = marimo_export.snapshot_in(target.read_text("utf-8"))
    elif is_fresh:
        snapshot = marimo_export.read_snapshot(notebook)
    else:
        snapshot = None
    return marimo_export.raised(snapshot, notebook) if snapshot is not None else []
