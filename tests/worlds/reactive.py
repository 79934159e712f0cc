"""Runs a notebook in marimo's own runtime, as its editor does."""

from __future__ import annotations

import json
import re
import tempfile
from html import unescape
from pathlib import Path
from typing import Any

from .forker import Ended, Forker
from .jupyter import PICTURE_TEXT
from .seen import Seen, Shown

# What a session imports by the way.
WARM = """\
import marimo, marimo._cli.cli, marimo._cli.export.session, marimo._runtime.runtime
import marimo._session.session, marimo._output.formatters.formatters, nbformat
"""
# And what a notebook imports first that runs as a script.
WARM_SCRIPT = """\
import contextlib, marimo, marimo._runtime.app.script_runner
with contextlib.suppress(ImportError):
    import marimo._output.mpl
"""
_BEFORE = Path(__file__).with_name("reactive_before.py")
_FIGURES = re.compile(
    r"data:image/(?!svg)|image/svg\+xml[\"']?[:;,]|<svg|<marimo-(?:plotly|mpl|vega|altair)|vegalite"
)
# Scripts and styles: an animation's pictures and a button's are no figures of the cell's.
_UNSEEN = re.compile(r"(?:<|&lt;)(script|style)\b.*?(?:<|&lt;)/\1\b", re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_ERROR_NAME = re.compile(r"^(?:[\w.]*\.)?(\w+)(?::|$)", re.MULTILINE)


def in_marimo(source: str, warm: Forker, folder: Path, seconds: float) -> tuple[list[Seen], Ended]:
    """What each cell of a reactive notebook shows when it is opened and run.

    Args:
        source: of the notebook.
        warm: an interpreter made with `WARM`.
        folder: where it stands and runs.
        seconds: how long all of it may take.
    """
    path = folder / "notebook.py"
    path.write_text(source, "utf-8")
    argv = ["-m", "marimo", "export", "session", str(path), "--force-overwrite", "--no-sandbox"]
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as log:
        before = f"{_BEFORE.read_text('utf-8')}\ninstall({log.name!r})\n"
        ended = warm.run(argv, folder, seconds, before)
        displayed = _displayed(Path(log.name))
    session = folder / "__marimo__" / "session" / f"{path.name}.json"
    if not session.exists():
        return [], ended
    cells = json.loads(session.read_text("utf-8"))["cells"]
    return [_seen(cell, displayed.get(cell["id"], [])) for cell in cells], ended


def as_script(source: str, warm: Forker, folder: Path, seconds: float) -> Ended:
    """Run a reactive notebook as a plain program.

    Args:
        source: of the notebook.
        warm: an interpreter made with `WARM_SCRIPT`.
        folder: where it stands and runs.
        seconds: how long it may take.
    """
    path = folder / "notebook.py"
    path.write_text(source, "utf-8")
    return warm.run([str(path)], folder, seconds)


def _displayed(log: Path) -> dict[str, list[str]]:
    """The texts of what each cell displays in the end."""
    cells: dict[str, list[str]] = {}
    for line in log.read_text("utf-8").splitlines():
        entry = json.loads(line)
        texts = cells.setdefault(entry["cell"], [])
        match entry["how"]:
            case "append":
                texts.append(entry["text"])
            case "replace_at_index":
                texts[entry["index"] : entry["index"] + 1] = [entry["text"]]
            case "clear":
                texts.clear()
            case _:
                texts[:] = [entry["text"]]
    return cells


def _seen(cell: dict[str, Any], displayed: list[str]) -> Seen:
    streams = {"stdout": "", "stderr": ""}
    rich, error, ran = [], "", True
    for entry in cell["console"]:
        if entry["type"] == "streamMedia":
            rich.append(str(entry["data"]))
        elif entry.get("mimetype") == "application/vnd.marimo+traceback":
            error = _name_of(entry["text"])
        elif entry["type"] == "stream" and entry["name"] in streams:
            streams[entry["name"]] += entry["text"]
    for output in cell["outputs"]:
        if output["type"] == "error":
            # Without a traceback the exception is that of a cell that this one needs.
            ran = bool(error)
        else:
            rich += map(str, output["data"].values())
    shown = tuple(Shown(text) for text in displayed if not PICTURE_TEXT.fullmatch(text))
    page = "\n".join(rich)
    figures = len(_FIGURES.findall(_UNSEEN.sub("", page)))
    return Seen(streams["stdout"], streams["stderr"], shown, page, figures, error, ran)


def _name_of(traceback: str) -> str:
    """The name of the exception that a highlighted traceback ends with."""
    lines = unescape(_TAGS.sub("", traceback)).strip().splitlines()
    for line in reversed(lines):
        if line and not line.startswith(" ") and (match := _ERROR_NAME.match(line)):
            return match[1]
    return "Exception"
