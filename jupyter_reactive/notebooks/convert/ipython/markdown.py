"""Cells of text: Markdown with its attachments, and raw cells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ....translation import _
from ..model import Draft, SourceCell
from .work import Work

_ATTACHED = re.compile(r"attachment:(?P<name>[^\s)\"'>]+)")
_LOCAL_IMAGE = re.compile(r"!\[[^\]]*\]\((?!https?:|data:|attachment:|/|public/)(?P<path>[^)\s]+)")
_HTML_IMAGE = re.compile(
    r"<img\b[^>]*\bsrc=[\"'](?!https?:|data:|attachment:|/|public/)(?P<path>[^\"']+)", re.IGNORECASE
)


def markdown_cell(cell: SourceCell, work: Work) -> Draft:
    """A cell of Markdown, its attached images within the text."""
    text = cell.source
    if cell.attachments:
        text = _ATTACHED.sub(lambda match: _data_of(match, cell.attachments), text)
        if text != cell.source:
            work.changed("attachments", _("The attached images are within the text now."))
    paths = [match["path"] for form in (_LOCAL_IMAGE, _HTML_IMAGE) for match in form.finditer(text)]
    if paths:
        work.needs_you(
            "local-image",
            _("The text shows files that stand beside the notebook: {paths}.").format(
                paths=", ".join(paths)
            ),
            _("Move them into a folder “public” beside the notebook, and name them public/…."),
        )
    return _text(text, cell, work)


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
