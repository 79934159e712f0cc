"""What the steps of a conversion hand to each other, and the report that comes out."""

from __future__ import annotations

from collections.abc import Mapping
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
    """

    verdict: Verdict
    code: str
    message: str
    suggestion: str = ""
    line: int | None = None


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
