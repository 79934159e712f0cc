"""What the steps of a conversion hand to each other, and the report that comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal


class Verdict(str, Enum):
    """What became of a cell, from the best to the worst."""

    KEPT = "kept"
    CHANGED = "changed"
    NEEDS_YOU = "needs you"


@dataclass(frozen=True)
class Note:
    """A line of the report.

    Attributes:
        verdict: `CHANGED` for what was done, `NEEDS_YOU` for what was not.
        code: short and lasting, in kebab-case, for scripts that read the report: ``magic-time``.
        message: what was done, or why it was not, in a sentence.
        suggestion: what the reader can do; empty where nothing is to be done.
        line: of the old cell, counted from 1; None for the whole cell.
        cell: the `SourceCell.index` that it is about, where a draft has several; None for all.
    """

    verdict: Verdict
    code: str
    message: str
    suggestion: str = ""
    line: int | None = None
    cell: int | None = None


@dataclass(frozen=True)
class SourceCell:
    """A cell of the old notebook, in the words of nbformat 4.

    Attributes:
        index: its place, counted from 0 over cells of all kinds.
        kind: `code`, `markdown` or `raw`.
        source: its text.
        tags: of its metadata.
        metadata: all of it, the tags too.
        attachments: by file name, each a MIME bundle.
        outputs: as stored.
        execution_count: as stored.
    """

    index: int
    kind: Literal["code", "markdown", "raw"]
    source: str
    tags: frozenset[str] = frozenset()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    attachments: Mapping[str, Any] = field(default_factory=dict)
    outputs: tuple[Mapping[str, Any], ...] = ()
    execution_count: int | None = None


@dataclass(frozen=True)
class Draft:
    """A cell of the new notebook on its way.

    Attributes:
        source: Python, nothing of IPython's.
        origins: `SourceCell.index` of those that it came from; empty for a cell that we added.
        notes: what was done so far.
        markdown: whether it is nothing but a text.
        hide_code: marimo's setting of a cell.
        disabled: marimo's setting of a cell.
        name: of the cell; empty for none.
    """

    source: str
    origins: tuple[int, ...]
    notes: tuple[Note, ...] = ()
    markdown: bool = False
    hide_code: bool = False
    disabled: bool = False
    name: str = ""


@dataclass(frozen=True)
class Translation:
    """Cells in pure Python, and what they need.

    Attributes:
        drafts: in the order of the old notebook.
        imports: import statements that the drafts rely on, for one cell before them.
        dependencies: requirements for the new notebook's PEP 723 block.
    """

    drafts: tuple[Draft, ...]
    imports: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellReport:
    """What became of one cell of the old notebook.

    Attributes:
        number: of the old cell, counted from 1 over cells of all kinds.
        kind: `code`, `markdown` or `raw`.
        verdict: the worst of its notes.
        notes: what was done, in the order of the steps.
        new_cells: the numbers of the cells that it went into, counted from 1.
        lines: where each of these begins in the new file.
    """

    number: int
    kind: str
    verdict: Verdict
    notes: tuple[Note, ...]
    new_cells: tuple[int, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Report:
    """What became of a notebook: nothing is lost without a line in it.

    Attributes:
        cells: one for each cell of the old notebook.
        notes: what concerns the notebook as a whole.
        new_cells: how many cells the new notebook has.
        dependencies: requirements in its PEP 723 block.
    """

    cells: tuple[CellReport, ...]
    notes: tuple[Note, ...] = ()
    new_cells: int = 0
    dependencies: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of all cells and of the whole."""
        return worst([*self.notes, *(note for cell in self.cells for note in cell.notes)])


@dataclass(frozen=True)
class Conversion:
    """A converted notebook.

    Attributes:
        text: of the `.py` file.
        report: what was done, cell by cell.
        name: the new file's, without its suffix; another one where the old would hide a module.
    """

    text: str
    report: Report
    name: str


def worst(notes: Sequence[Note]) -> Verdict:
    """The worst verdict of some notes; `KEPT` for none."""
    order = list(Verdict)
    return max((note.verdict for note in notes), key=order.index, default=Verdict.KEPT)
