"""Cells of text: Markdown with its attachments, and raw cells."""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from ....translation import _
from ..model import Draft, SourceCell
from .work import Work

_ATTACHED = re.compile(r"attachment:(?P<name>[^\s)\"'>]+)")
_LOCAL = r"(?!https?:|data:|attachment:|/|public/)"
_LOCAL_IMAGES = (
    re.compile(rf"(?P<before>!\[[^\]]*\]\(){_LOCAL}(?P<path>[^)\s]+)"),
    re.compile(
        rf"(?P<before><img\b[^>]*\bsrc=[\"']){_LOCAL}(?P<path>[^\"']+)", flags=re.IGNORECASE
    ),
)
# A larger one would make the new file hard to read for people and for tools.
LARGEST_IMAGE = 500_000


def markdown_cell(cell: SourceCell, work: Work) -> Draft:
    """A cell of Markdown, its attached images within the text."""
    text = cell.source
    if cell.attachments:
        text = _ATTACHED.sub(lambda match: _data_of(match, cell.attachments), text)
        if text != cell.source:
            work.changed("attachments", _("The attached images are within the text now."))
    return _text(_with_images(text, work), cell, work)


def _with_images(text: str, work: Work) -> str:
    """The text with the images within it that stand beside the notebook."""
    shown: list[str] = []
    left: list[str] = []

    def instead(match: re.Match[str]) -> str:
        path = match["path"]
        data = _image(path, work.notebook.folder)
        (shown if data else left).append(path)
        return match["before"] + (data or path)

    for form in _LOCAL_IMAGES:
        text = form.sub(instead, text)
    if shown:
        work.changed(
            "local-image",
            _("Images that stand beside the notebook are within the text now: {paths}.").format(
                paths=", ".join(dict.fromkeys(shown))
            ),
        )
    if left:
        work.needs_you(
            "local-image",
            _("The text shows files that stand beside the notebook: {paths}.").format(
                paths=", ".join(dict.fromkeys(left))
            ),
            _("Move them into a folder “public” beside the notebook, and name them public/…."),
        )
    return text


def _image(path: str, folder: Path | None) -> str | None:
    """The data URL of an image below the folder; None for all else.

    Args:
        path: as a text names it.
        folder: of the notebook; None for none.
    """
    kind, _encoding = mimetypes.guess_type(path)
    parts = PurePosixPath(unquote(path)).parts
    if folder is None or not (kind or "").startswith("image/"):
        return None
    if any(part.startswith(".") and part != "." for part in parts):
        return None
    file = folder.joinpath(*parts)
    try:
        # No link leads out of the folder.
        if not file.resolve().is_relative_to(folder.resolve()):
            return None
        if not file.is_file() or file.stat().st_size > LARGEST_IMAGE:
            return None
        content = file.read_bytes()
    except (OSError, ValueError):
        return None
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def raw_cell(cell: SourceCell, work: Work) -> Draft:
    """A raw cell, which Jupyter shows as it stands."""
    work.changed("raw-cell", _("The raw cell is a text now, shown as it stands."))
    fence = "```"
    while fence in cell.source:
        fence += "`"
    return _text(f"{fence}text\n{cell.source}\n{fence}", cell, work)


def markdown_call(text: str) -> str:
    """A call of `mo.md` that shows the text.

    `mo.md` takes away the margin that all lines share, as inspect.cleandoc does.
    """
    if '"""' in text or text.endswith(("\\", '"')) or "\x00" in text:
        text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').replace("\x00", "")
        return f'mo.md("""\n{text}\n""")'
    return f'mo.md(r"""\n{text}\n""")'


def _text(text: str, cell: SourceCell, work: Work) -> Draft:
    work.notebook.need("import marimo as mo")
    return Draft(
        markdown_call(text), (cell.index,), tuple(work.notes), markdown=True, hide_code=True
    )


def _data_of(match: re.Match[str], attachments: Mapping[str, Any]) -> str:
    """The data URL of an attachment; what names none stays as it is."""
    bundle = attachments.get(match["name"])
    if not bundle:
        return match[0]
    kind, data = next(iter(bundle.items()))
    return f"data:{kind};base64,{''.join(data).replace(chr(10), '')}"
