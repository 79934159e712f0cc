"""The steps of a conversion, in their order."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from .branches import with_named_values
from .diagnose import diagnosed, order_notes
from .exports import exports
from .futures import without_futures
from .images import with_images
from .imports import gathered, imported_modules
from .ipython import translate
from .model import Conversion, Draft
from .names import reactive
from .printing import with_rows_as_in_jupyter
from .raising import CODES as ERROR_CODES
from .raising import IMPORT as IMPORT_FOR_ERRORS
from .raising import guarded, python_only, undefined_names
from .read import read
from .report import report
from .reserved import without_reserved
from .stars import without_stars
from .titles import file_name, title_cell, title_of
from .write import write


def convert(content: bytes, name: str = "untitled", folder: Path | None = None) -> Conversion:
    """Convert a notebook.

    Args:
        content: of the `.ipynb` file.
        name: of that file, without its suffix.
        folder: where it stands, to look for modules of its own; None for none.

    Raises:
        BrokenNotebook: it is no JSON.
        NotANotebook: it is JSON, but no notebook.
        ForeignKernel: its cells are in another language than Python.
    """
    source = read(content)
    translation = translate(without_reserved(source.cells), folder)
    cells = without_futures(python_only(_filled(translation.drafts), source.cells))
    # Also what the next steps write may show something by a call.
    imports = {*translation.imports, "import marimo as mo"}
    cells = without_stars(cells, partial(exports, folder=folder), imports)
    cells = guarded(cells, source.cells, imports)
    if any(note.code in ERROR_CODES for draft in cells for note in draft.notes):
        imports.add(IMPORT_FOR_ERRORS)
    first, *rest = gathered(sorted(imports), cells, folder)
    drafts = [first, *title_cell(source.cells, source.metadata), *rest]
    drafts = reactive(drafts, undefined_names(source.cells))
    drafts = [with_named_values(draft) for draft in drafts]
    drafts = with_images(with_rows_as_in_jupyter(diagnosed(drafts, folder), source.cells))
    written = write(drafts, translation.dependencies, title=title_of(source.cells, source.metadata))
    new_name, notes = file_name(name, imported_modules(drafts))
    return Conversion(
        written.text,
        report(
            source.cells,
            drafts,
            written.lines,
            notes=[*notes, *order_notes(source.cells)],
            dependencies=translation.dependencies,
        ),
        new_name,
    )


def _filled(drafts: tuple[Draft, ...]) -> list[Draft]:
    """The cells that hold anything."""
    return [draft for draft in drafts if draft.source.strip()]
