"""``jupyter reactive export``: notebooks into reports, run for their outputs."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traitlets import Bool, Enum, Float, Unicode, default

from ..errors import ReactiveError
from ..models.exports import CellError
from ..notebooks.convert.targets import (
    Target,
    refuse_taken,
    targets,
    write_new,
    write_new_folder,
)
from ..notebooks.marimo_export import FORMATS
from ..notebooks.recognise import recognise, require_openable
from ..servers.exporting import SECONDS, Exporter, Order
from ..servers.launcher import EditServerLauncher
from ..translation import _
from .batch import REFUSED, BatchApp, Outcome

DONE, RAISED = 0, 1


@dataclass(frozen=True)
class ExportOutcome(Outcome):
    """What became of one notebook.

    Attributes:
        raised: whether a cell has raised.
        errors: the cells that have, where marimo tells.
    """

    raised: bool = False
    errors: tuple[CellError, ...] = ()

    @property
    def status(self) -> int:
        """The exit status for this notebook alone."""
        if self.path is None:
            return REFUSED
        return RAISED if self.raised else DONE

    def to_json(self) -> dict[str, Any]:
        """The outcome for programs."""
        return {
            **super().to_json(),
            "raised": self.raised,
            "errors": [error.to_json() for error in self.errors],
        }


class ExportApp(BatchApp):
    """``jupyter reactive export``: writes a report, or another file, of each notebook."""

    name = "jupyter-reactive-export"
    description = """Export reactive notebooks: HTML, .ipynb, Markdown, script, PDF or WASM.

    Takes files, folders and patterns in quotes. HTML, .ipynb and PDF show outputs: marimo runs the
    notebook for them, in the environment that Jupyter's notebooks run in, and in this folder.
    Exit status: 0 all is exported, 1 a cell has raised (the export shows it), 2 there is none.

    HTML and WASM load marimo's program from the internet when they are read.
    """
    examples = """
    jupyter reactive export lesson.py
    jupyter reactive export lesson.py --to pdf -o reports/week-1.pdf --no-code
    jupyter reactive export course/ --to ipynb -o notebooks/ --seconds 60
    """
    classes = [EditServerLauncher]
    aliases = {
        "to": "ExportApp.to",
        "o": "ExportApp.output",
        "output": "ExportApp.output",
        "seconds": "ExportApp.seconds",
    }
    flags = {
        "force": ({"ExportApp": {"force": True}}, "Replace what is there already."),
        "json": ({"ExportApp": {"as_json": True}}, "Print what became of them for programs."),
        "no-code": ({"ExportApp": {"include_code": False}}, "Leave the code out of HTML and PDF."),
    }

    to = Enum(
        list(FORMATS),
        "html",
        config=True,
        help="The format: html, ipynb, markdown, script, pdf or wasm (a folder). Default: html.",
    )
    output = Unicode(
        config=True,
        help="""
        Where the exports go: a folder, in which the folders of the notebooks are made again; or,
        for a single notebook, a file with the ending of the format. Default: "" (beside the
        notebooks).
        """,
    )
    seconds = Float(
        SECONDS,
        min=0,
        config=True,
        help="How many seconds the export of a notebook may take. Default: 600. 0: no limit.",
    )
    include_code = Bool(
        default_value=True,
        config=True,
        help="Whether readers of HTML and PDF see the code. Default: True.",
    )

    @default("config_file_name")
    def _default_config_file_name(self) -> str:
        # The environment of the notebooks stands in the server's own file.
        return "jupyter_server_config"

    def targets(self) -> list[Target]:
        """The notebooks that are named."""
        kind = FORMATS[self.to]
        return targets(
            self.extra_args,
            self.output,
            suffixes=() if kind.entry else (Path(f"x{kind.suffix}").suffix,),
            is_wanted=_is_notebook,
            kind="marimo",
        )

    def outcomes(self, found: list[Target]) -> list[Outcome]:
        """Export each notebook, one after the other."""
        try:
            return asyncio.run(self._export_all(found))
        except KeyboardInterrupt:
            # What was running has been ended.
            sys.exit(130)

    async def _export_all(self, found: list[Target]) -> list[Outcome]:
        exporter = Exporter(EditServerLauncher(parent=self), self.seconds, self.log)
        outcomes: list[Outcome] = []
        for number, target in enumerate(found, 1):
            if sys.stderr.isatty():
                print(f"[{number}/{len(found)}] {target.source} …", file=sys.stderr)
            outcome = await self._export(target, exporter)
            self._tell(outcome, f"[{number}/{len(found)}] {target.source}")
            outcomes.append(outcome)
        return outcomes

    async def _export(self, target: Target, exporter: Exporter) -> ExportOutcome:
        source, kind = target.source, FORMATS[self.to]
        beside = target.folder / f"{source.stem}{kind.suffix}"
        path = Path(self.output) if target.name else beside
        order = Order(source.absolute(), kind, Path.cwd(), include_code=self.include_code)
        write = write_new_folder if kind.entry else _write_file
        try:
            require_openable(str(source), recognise(source))
            if not self.force:
                # Told before the notebook runs, which may take long.
                refuse_taken(path)
            async with exporter.exported(order) as exported:
                await asyncio.to_thread(write, path, exported.path, force=self.force)
        except OSError as e:
            return ExportOutcome(source, error=_("It cannot be read: {error}.").format(error=e))
        except ReactiveError as e:
            return ExportOutcome(source, error=str(e))
        return ExportOutcome(source, path, raised=exported.raised, errors=exported.errors)

    def _tell(self, outcome: ExportOutcome, what: str) -> None:
        """Say what became of a notebook; with --json on the standard error alone."""
        if outcome.path is None:
            print(f"{what}: {outcome.error}", file=sys.stderr)
            return
        print(f"{what} → {outcome.path}", file=sys.stderr if self.as_json else sys.stdout)
        for error in outcome.errors:
            print(f"  {_sentence(error)}", file=sys.stderr)
        if outcome.raised and not outcome.errors:
            print("  " + _("A cell has raised an error; the export shows it."), file=sys.stderr)


def _is_notebook(path: Path) -> bool:
    return recognise(path).reactive


def _write_file(path: Path, source: Path, *, force: bool) -> None:
    write_new(path, source.read_bytes(), force=force)


def _sentence(error: CellError) -> str:
    name = f" ({error.name})" if error.name else ""
    return _("Cell {number}{name}: {message}").format(
        number=error.cell, name=name, message=error.message
    )
