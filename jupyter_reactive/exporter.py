"""Reactive notebooks for nbconvert, and so for File > Save and Export As."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode
from traitlets import Float, default

from .errors import ReactiveError
from .notebooks.convert.converter import SECONDS, Converter
from .notebooks.convert.model import Verdict
from .notebooks.convert.report import to_text
from .notebooks.convert.targets import NEW_SUFFIX, OLD_SUFFIX
from .translation import _


class ReactiveExporter(Exporter):
    """`jupyter nbconvert --to reactive`: makes a reactive notebook of one of Jupyter.

    Nobody who exports from a menu sees a log. So what needs hands stands in a comment at the
    beginning of the file, where marimo leaves it as it is, and the cells are those of every other
    way to convert.
    """

    export_from_notebook = _("Reactive notebook (marimo)")
    output_mimetype = "text/x-python"

    seconds = Float(
        SECONDS,
        min=0.1,
        config=True,
        help="""
        How many seconds the conversion of a notebook may take before it is ended. Default: 60.
        """,
    )

    @default("file_extension")
    def _default_file_extension(self) -> str:
        return NEW_SUFFIX

    # A text, as that of every exporter but the base class, which the annotation is of.
    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook.

        Args:
            nb: the notebook.
            resources: nbconvert's, with the file's name and folder.
            kwargs: for nbconvert itself.

        Returns:
            The text of the new file, and nbconvert's resources with the report as `reactive`.

        Raises:
            ConversionException: the notebook is refused, in the words of `Converter.convert`.
        """
        nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        name = resources["metadata"].get("name") or "notebook"
        folder = resources["metadata"].get("path")
        try:
            with closing(Converter(self.seconds)) as converter:
                converted = converter.convert(
                    json.dumps(nb).encode(), name, Path(folder) if folder else None
                )
        except ReactiveError as e:
            raise ConversionException(str(e)) from e
        if resources.get("unique_key") == name:
            # How nbconvert's command calls the file, which must not hide a module.
            resources["unique_key"] = converted.name
        text, report = _with_comment(converted.text, converted.report, name, converted.name)
        resources["reactive"] = report
        if report["verdict"] == Verdict.NEEDS_YOU.value:
            self.log.warning("%s", to_text(report, name, converted.name))
        return text, resources


def _with_comment(
    text: str, report: dict[str, Any], old: str, new: str
) -> tuple[str, dict[str, Any]]:
    """A file that says what needs hands, and the report with the lines of that file."""
    needing = _needing_hands(report)
    if not (needing["notes"] or any(cell["notes"] for cell in needing["cells"])):
        return text, report
    files = f"{old}{OLD_SUFFIX}", f"{new}{NEW_SUFFIX}"
    # The comment is as long, whatever the numbers in it.
    length = len(_comment(needing, *files).splitlines())
    header, start, rest = text.partition("import marimo\n")
    comment = _comment(_moved(needing, length), *files)
    return header + comment + start + rest, _moved(report, length)


def _comment(report: dict[str, Any], old: str, new: str) -> str:
    lines = to_text(report, old, new).splitlines()
    return "".join(f"# {line}".rstrip() + "\n" for line in lines) + "\n"


def _needing_hands(report: dict[str, Any]) -> dict[str, Any]:
    """A report without the notes on what was done."""

    def needing(notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [note for note in notes if note["verdict"] == Verdict.NEEDS_YOU.value]

    cells = [{**cell, "notes": needing(cell["notes"])} for cell in report["cells"]]
    return {**report, "notes": needing(report["notes"]), "cells": cells}


def _moved(report: dict[str, Any], by: int) -> dict[str, Any]:
    """A report on a file whose cells begin some lines further down."""
    cells = [{**cell, "lines": [line + by for line in cell["lines"]]} for cell in report["cells"]]
    return {**report, "cells": cells}
