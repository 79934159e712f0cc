"""``jupyter reactive convert``: notebooks of Jupyter into reactive ones and back, with a report."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from traitlets import Bool, Float, Integer, Unicode

from ..errors import ReactiveError
from ..notebooks.convert.back.execute import with_outputs
from ..notebooks.convert.converter import SECONDS, Converted, Converter
from ..notebooks.convert.model import Verdict
from ..notebooks.convert.report import to_text
from ..notebooks.convert.snapshot import keep, old_notebook
from ..notebooks.convert.targets import NEW_SUFFIX, OLD_SUFFIX, Target, targets, write_new
from ..translation import _
from .batch import REFUSED, BatchApp, Outcome

CLEAN, NEEDS_HANDS = 0, 1


@dataclass(frozen=True)
class ConvertOutcome(Outcome):
    """What became of one notebook.

    Attributes:
        report: what was done; None if nothing was.
    """

    report: dict[str, Any] | None = None

    @property
    def status(self) -> int:
        """The exit status for this notebook alone."""
        if self.report is None or self.error:
            return REFUSED
        return NEEDS_HANDS if self.report["verdict"] == Verdict.NEEDS_YOU.value else CLEAN

    def to_json(self) -> dict[str, Any]:
        """The outcome for programs."""
        return {**super().to_json(), "report": self.report}


class ConvertApp(BatchApp):
    """``jupyter reactive convert``: writes a notebook of the other kind for each that is named."""

    name = "jupyter-reactive-convert"
    description = """Convert notebooks of Jupyter (.ipynb) into reactive ones (.py), with a report.

    Takes files, folders and patterns in quotes. The old notebooks stay as they are, with their
    outputs. Exit status: 0 all is converted, 1 a cell needs you, 2 a notebook was refused.

    A reactive notebook (.py) goes back to one of Jupyter's. Its old notebook, beside it or in
    __marimo__/jupyter, gives back tags, outputs and cells that nobody has edited since.
    """
    examples = """
    jupyter reactive convert lesson.ipynb
    jupyter reactive convert course/ -o reactive/
    jupyter reactive convert 'course/*/solution.ipynb' --json
    jupyter reactive convert lesson.py -o back/ --execute
    """
    aliases = {
        "o": "ConvertApp.output",
        "output": "ConvertApp.output",
        "j": "ConvertApp.jobs",
        "jobs": "ConvertApp.jobs",
        "seconds": "ConvertApp.seconds",
    }
    flags = {
        "force": ({"ConvertApp": {"force": True}}, "Replace files that are there already."),
        "json": ({"ConvertApp": {"as_json": True}}, "Print the report as JSON for programs."),
        "execute": ({"ConvertApp": {"execute": True}}, "Run what goes back, for its outputs."),
        "dry-run": ({"ConvertApp": {"dry_run": True}}, "Report only: write nothing."),
    }

    output = Unicode(
        config=True,
        help="""
        Where the new notebooks go: a folder, in which the folders of the old ones are made again;
        or, for a single notebook, a file that ends with .py or .ipynb. Default: "" (beside the old
        ones).
        """,
    )
    jobs = Integer(
        0,
        min=0,
        config=True,
        help="How many notebooks are converted at a time. Default: 0 (one for each processor).",
    )
    seconds = Float(
        SECONDS,
        min=0.1,
        config=True,
        help="How many seconds the conversion of a notebook may take. Default: 60.",
    )
    execute = Bool(
        config=True,
        help="""
        Whether a notebook that goes back to Jupyter is run there, in a kernel of this environment,
        so that it has outputs. Default: False.
        """,
    )
    dry_run = Bool(config=True, help="Whether to write nothing. Default: False.")

    def targets(self) -> list[Target]:
        """The notebooks that are named."""
        return targets(self.extra_args, self.output)

    def outcomes(self, found: list[Target]) -> list[Outcome]:
        """Convert each notebook, some at a time."""
        outcomes: list[Outcome] = []
        for number, outcome in enumerate(self._outcomes(found), 1):
            outcomes.append(outcome)
            self._tell(outcome, number, len(found))
        return outcomes

    def _outcomes(self, found: list[Target]) -> Iterator[ConvertOutcome]:
        """The outcomes in the order of the notebooks, while more are converted."""
        jobs = min(self.jobs or os.cpu_count() or 1, len(found))
        free: SimpleQueue[Converter] = SimpleQueue()
        converters = [Converter(self.seconds) for _job in range(jobs)]
        for converter in converters:
            free.put(converter)

        def work(target: Target) -> ConvertOutcome:
            converter = free.get()
            try:
                return self._convert(target, converter)
            finally:
                free.put(converter)

        try:
            with ThreadPoolExecutor(jobs) as pool:
                yield from pool.map(work, found)
        finally:
            for converter in converters:
                converter.close()

    def _convert(self, target: Target, converter: Converter) -> ConvertOutcome:
        source = target.source
        goes_back = source.suffix == NEW_SUFFIX
        try:
            content = source.read_bytes()
            if goes_back:
                converted = self._convert_back(source, content, converter)
            else:
                converted = converter.convert(content, source.stem, source.parent)
        except OSError as e:
            return ConvertOutcome(source, error=_("It cannot be read: {error}.").format(error=e))
        except ReactiveError as e:
            return ConvertOutcome(source, error=str(e))
        suffix = OLD_SUFFIX if goes_back else NEW_SUFFIX
        path = target.folder / f"{target.name or converted.name}{suffix}"
        try:
            if not self.dry_run:
                write_new(path, converted.text, force=self.force)
                if not goes_back:
                    keep(source, content, path)
        except ReactiveError as e:
            return ConvertOutcome(source, error=str(e), report=converted.report)
        return ConvertOutcome(source, path, report=converted.report)

    def _convert_back(self, source: Path, content: bytes, converter: Converter) -> Converted:
        converted = converter.convert_back(
            content, source.stem, old_notebook(source), source.parent
        )
        if not self.execute or self.dry_run:
            return converted
        return with_outputs(converted, source.parent)

    def _tell(self, outcome: ConvertOutcome, number: int, count: int) -> None:
        """Say how far it is, and, without --json, what became of the notebook."""
        if outcome.error or outcome.report is None:
            print(f"[{number}/{count}] {outcome.source}: {outcome.error}", file=sys.stderr)
        elif self.as_json:
            print(f"[{number}/{count}] {outcome.source}", file=sys.stderr)
        else:
            text = to_text(outcome.report, str(outcome.source), str(outcome.path))
            print(f"[{number}/{count}] {text}")
