"""Notebooks of Jupyter into marimo's, with a report of what became of each cell."""

from __future__ import annotations

from .model import Conversion, Draft
from .names import reactive
from .read import read
from .report import report
from .ipython import translate
from .write import write

__all__ = ["Conversion", "convert"]


def convert(content: bytes, name: str = "notebook") -> Conversion:
    """Convert a notebook.

    Args:
        content: of the `.ipynb` file.
        name: of that file, without its suffix.

    Raises:
        BrokenNotebook: it is no JSON.
        NotANotebook: it is JSON, but no notebook.
        ForeignKernel: its cells are in another language than Python.
    """
    source = read(content)
    translation = translate(source.cells)
    drafts: list[Draft] = []
    if translation.imports:
        drafts.append(Draft("\n".join(translation.imports), ()))
    drafts += translation.drafts
    drafts = reactive(drafts)
    written = write(drafts, translation.dependencies)
    return Conversion(
        written.text,
        report(source.cells, drafts, written.lines, dependencies=translation.dependencies),
        name,
    )
