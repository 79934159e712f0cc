"""What a notebook is called: its file, and the page that shows it."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ...translation import _
from .imports import is_installed
from .ipython.markdown import markdown_call
from .model import Draft, Note, SourceCell, Verdict

_HEADING = re.compile(
    r"\s*#\s+(?P<text>[^\n#]+?)\s*#*\s*(?:\n|$)|\s*(?P<under>[^\n]+)\n=+\s*(?:\n|$)"
)
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]*>|[*_`]+(?=\S)|(?<=\S)[*_`]+")


def title_of(cells: Sequence[SourceCell], metadata: Mapping[str, Any]) -> str:
    """The title of a notebook: the heading that it begins with, or what its metadata say.

    Args:
        cells: of the notebook.
        metadata: of the notebook.
    """
    return _heading(cells) or str(metadata.get("title") or "").strip()


def title_cell(cells: Sequence[SourceCell], metadata: Mapping[str, Any]) -> list[Draft]:
    """A cell for a title that stands in the metadata alone."""
    title = title_of(cells, metadata)
    if not title or _heading(cells):
        return []
    return [Draft(markdown_call(f"# {title}"), (), markdown=True, hide_code=True)]


def _heading(cells: Sequence[SourceCell]) -> str:
    if not cells or cells[0].kind != "markdown":
        return ""
    match = _HEADING.match(cells[0].source)
    if match is None:
        return ""
    return _MARKUP.sub(r"\1", match["text"] or match["under"]).strip()


def file_name(name: str, imported: set[str]) -> tuple[str, list[Note]]:
    """A name for the new file that hides no module, and a word about it where it is another one.

    A program's folder comes first where Python looks for modules
    (https://docs.python.org/3/library/sys_path_init.html).

    Args:
        name: of the old file, without its suffix.
        imported: top-level modules that the notebook imports.
    """
    if not name.isidentifier() or not (
        name in imported or name in sys.stdlib_module_names or is_installed(name)
    ):
        return name, []
    free = f"{name}_notebook"
    note = Note(
        Verdict.CHANGED,
        "file-name",
        _("The file is called “{free}.py”: “{name}.py” would hide the module “{name}”.").format(
            free=free, name=name
        ),
    )
    return free, [note]
