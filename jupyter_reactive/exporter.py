"""Reactive notebooks for nbconvert, and so for Jupyter's File > Save and Export As."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Float, default

from .notebooks.convert.converter import SECONDS, Converter
from .notebooks.convert.report import summary, to_text
from .notebooks.convert.targets import NEW_SUFFIX
from .translation import _


class ReactiveExporter(Exporter):
    """Makes a reactive notebook of one of Jupyter; what needs hands goes into the log."""

    export_from_notebook = _("Reactive notebook (marimo)")
    output_mimetype = "text/x-python"

    seconds = Float(
        SECONDS,
        min=0.1,
        config=True,
        help="How many seconds the conversion of a notebook may take. Default: 60.",
    )

    @default("file_extension")
    def _default_file_extension(self) -> str:
        return NEW_SUFFIX

    # nbconvert annotates the base class alone, whose result is a notebook.
    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook.

        Args:
            nb: the notebook.
            resources: nbconvert's, with the file's name and folder.
            kwargs: for nbconvert itself.

        Raises:
            ReactiveError: the notebook is refused, see `Converter.convert`.
        """
        nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        metadata = resources.get("metadata", {})
        folder = metadata.get("path")
        with closing(Converter(self.seconds)) as converter:
            converted = converter.convert(
                json.dumps(nb).encode(),
                metadata.get("name") or "notebook",
                Path(folder) if folder else None,
            )
        old, new = metadata.get("name", "notebook"), f"{converted.name}{NEW_SUFFIX}"
        self.log.info("%s: %s", old, summary(converted.report))
        if converted.report["verdict"] == "needs you":
            self.log.warning("%s", to_text(converted.report, old, new))
        resources["reactive"] = converted.report
        return converted.text, resources
