"""What `marimo export` is asked for, and how it tells which cells have raised.

Its command line is public (https://docs.marimo.io/guides/exporting/). How it words its end, and the
snapshot of a run that it leaves, are not; ``tests/unit/test_marimo_export.py`` holds them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BrokenNotebook, NotANotebook
from ..models.exports import CellError
from .marimo_messages import ON_PURPOSE
from .reactive_file import read_reactive

EXPORT_COMMAND = "export"
# The exit code and the words of an export that is there, although a cell has raised.
RAISED_CODE = 1
RAISED = "some cells failed to execute"
ERROR = "Error: "
# What marimo says, with a reason in its own words, when a notebook's kernel is gone while it runs.
# It waits on for the end of the run.
_DIED = re.compile(r"The Python kernel for file .* died: (?P<reason>.*)")
_ADVICE = re.compile(r" *Click Restart\b.*|\x1b\[[\d;]*m")

# Where the snapshot of a run stands in a page, and where it is kept: marimo says which cells have
# raised nowhere else, and a PDF has neither.
_IN_PAGE = re.compile(r'^\s*"session": (?=\{)', re.MULTILINE)
_SNAPSHOT = "__marimo__/session/{name}.json"


@dataclass(frozen=True)
class Format:
    """A format that a notebook can be exported in.

    Attributes:
        name: what users call it.
        suffix: of the file, or of the name of the folder.
        command: marimo's name for it, with its arguments.
        runs: whether the notebook is run for it.
        without_code: further arguments that leave the code out; None where that makes no sense.
        entry: the file in the folder that it is made of; empty for a format that is one file.
    """

    name: str
    suffix: str
    command: tuple[str, ...]
    runs: bool = False
    without_code: tuple[str, ...] | None = None
    entry: str = ""

    def arguments(self, notebook: Path, target: Path, *, include_code: bool = True) -> list[str]:
        """The arguments of marimo.

        Args:
            notebook: the file.
            target: the file or folder to write.
            include_code: whether readers see the code, where that can be chosen.
        """
        without = () if include_code else self.without_code or ()
        # A sandbox would install packages, and watch for ever is for a terminal.
        return [
            EXPORT_COMMAND,
            *self.command,
            *without,
            "--no-sandbox",
            *("--output", str(target)),
            *("--", str(notebook)),
        ]


FORMATS: Mapping[str, Format] = {
    kind.name: kind
    for kind in (
        Format("html", ".html", ("html",), runs=True, without_code=("--no-include-code",)),
        Format("ipynb", ".ipynb", ("ipynb", "--include-outputs"), runs=True),
        Format("markdown", ".md", ("md",)),
        Format("script", ".script.py", ("script",)),
        Format("pdf", ".pdf", ("pdf",), runs=True, without_code=("--no-include-inputs",)),
        Format("wasm", "_wasm", ("html-wasm", "--mode", "run"), entry="index.html"),
    )
}
# By TeX instead of a browser: what needs a browser for its picture has none.
TEX = ("--no-webpdf", "--no-rasterize-outputs")


def kernel_end(lines: Iterable[str]) -> str | None:
    """Why the kernel of a notebook is gone that is being run; None while it is there.

    Args:
        lines: what the export has printed last.
    """
    for line in lines:
        if match := _DIED.search(line):
            return _ADVICE.sub("", match["reason"]).strip()
    return None


def read_snapshot(notebook: Path) -> dict[str, Any] | None:
    """The snapshot of a notebook's last run; None where there is none that can be read."""
    try:
        snapshot: dict[str, Any] = json.loads(snapshot_file(notebook).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return snapshot


def snapshot_file(notebook: Path) -> Path:
    """Where marimo keeps the snapshot of a notebook's last run."""
    return notebook.parent / _SNAPSHOT.format(name=notebook.name)


def snapshot_in(page: str) -> dict[str, Any] | None:
    """The snapshot of the run that an exported page shows; None where there is none.

    Args:
        page: the HTML.
    """
    match = _IN_PAGE.search(page)
    if match is None:
        return None
    snapshot: dict[str, Any] = json.JSONDecoder().raw_decode(page, match.end())[0]
    return snapshot


def raised(snapshot: dict[str, Any], notebook: Path) -> list[CellError]:
    """The cells that have raised, in the order of the notebook.

    Args:
        snapshot: of a run, in marimo's own form (`NotebookSessionV1`).
        notebook: the file, for the names of its cells.
    """
    cells = snapshot["cells"]
    names = _names(notebook)
    if len(names) != len(cells):
        names = [""] * len(cells)
    return [
        CellError(number, name or None, str(output["evalue"]).strip())
        for number, (cell, name) in enumerate(zip(cells, names, strict=True), 1)
        for output in cell["outputs"]
        if output["type"] == "error" and output["ename"] not in ON_PURPOSE
    ]


def _names(notebook: Path) -> list[str]:
    try:
        return [cell.name for cell in read_reactive(notebook.read_text("utf-8")).cells]
    except (BrokenNotebook, NotANotebook, UnicodeDecodeError):
        # One that is written in Markdown.
        return []
