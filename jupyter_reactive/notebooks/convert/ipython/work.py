"""What is known of a notebook, and found out about a cell, while its magics become Python."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ..model import Note, Verdict

_INLINED = Path(__file__).parent / "inlined"


@dataclass
class Notebook:
    """What the cells of one notebook share.

    Attributes:
        bound: names that a cell gives a value, in whichever scope.
        read: names that cells read.
        missing: those of them that no cell gives a value: they may come from a script.
        runs: how many scripts %run runs.
        scripts: the text of files that the notebook itself writes, by name.
        shells: names that mean IPython's shell.
        asks_lists: whether lists of a command's lines are asked for what only IPython's have.
        goes_back: whether %cd goes back to the folder before.
        shows_formulas: whether SymPy shows lists as formulas.
        folder: where the notebook stands; None for none.
        imports: statements that the new notebook needs, each once, in order.
        dependencies: requirements of the new notebook, each once, in order.
        inlined: functions of ours that the new notebook needs: their file, and the name they get.
    """

    bound: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    runs: int = 0
    scripts: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    shells: frozenset[str] = frozenset()
    asks_lists: bool = False
    goes_back: bool = False
    shows_formulas: bool = False
    imports: dict[str, None] = field(default_factory=dict)
    dependencies: dict[str, None] = field(default_factory=dict)
    inlined: dict[str, str] = field(default_factory=dict)

    def text_of(self, name: str) -> str | None:
        """The text of a file beside the notebook or that it writes itself; None for none."""
        if name in self.scripts:
            return self.scripts[name]
        if self.folder is None:
            return None
        try:
            return (self.folder / name).read_text("utf-8")
        except (OSError, ValueError):
            return None

    def need(self, *statements: str) -> None:
        """Have import statements stand before the cells."""
        self.imports.update(dict.fromkeys(statements))

    def require(self, *requirements: str) -> None:
        """Have packages named in the new notebook's PEP 723 block."""
        self.dependencies.update(dict.fromkeys(requirements))

    def inline(self, name: str) -> str:
        """Have one of our functions in the new notebook; answer what it is called there."""
        if name not in self.inlined:
            free = name
            while free in self.bound or hasattr(builtins, free):
                free += "_"
            self.inlined[name] = free
            if "mo." in _function(name):
                self.need("import marimo as mo")
        return self.inlined[name]

    def inlined_source(self) -> str:
        """The text of a cell that defines what `inline` was asked for; empty for nothing."""
        return "\n\n\n".join(
            _function(name).replace(f"def {name}(", f"def {free}(")
            for name, free in self.inlined.items()
        )


@cache
def _function(name: str) -> str:
    return (_INLINED / f"{name}.py.txt").read_text("utf-8").strip()


@dataclass
class Work:
    """A cell in the making: where those who change it say what they did.

    Attributes:
        notebook: what the cells share.
        line: the line of the old cell that is at work, for the notes.
        notes: what was done so far.
        shows_all: whether the values of all its expressions show.
        captured: whether the cell keeps to itself what it shows.
    """

    notebook: Notebook
    line: int | None = None
    shows_all: bool = False
    captured: bool = False
    notes: list[Note] = field(default_factory=list)

    @property
    def bound(self) -> AbstractSet[str]:
        """Names that the notebook gives a value."""
        return self.notebook.bound

    def changed(self, code: str, message: str, suggestion: str = "") -> None:
        """Say what was done."""
        self.notes.append(Note(Verdict.CHANGED, code, message, suggestion, self.line))

    def needs_you(self, code: str, message: str, suggestion: str) -> None:
        """Say what was not done, and what the reader can do."""
        self.notes.append(Note(Verdict.NEEDS_YOU, code, message, suggestion, self.line))


@dataclass(frozen=True)
class Magic:
    """A magic as it stands in a cell.

    Attributes:
        name: without its %.
        arguments: the rest of its line.
        body: the lines below a cell magic; None for a line magic.
        wanted: whether its value is used or shown.
    """

    name: str
    arguments: str
    body: str | None = None
    wanted: bool = False

    @property
    def written(self) -> str:
        """As its author wrote it."""
        sign = "%" if self.body is None else "%%"
        line = f"{sign}{self.name} {self.arguments}".rstrip()
        return line if self.body is None else f"{line}\n{self.body}".rstrip()


@dataclass(frozen=True)
class Rewrite:
    """Python for a magic.

    Attributes:
        statements: that come first; comments count.
        value: an expression for the magic's value; empty for none.
    """

    statements: str = ""
    value: str = ""


def commented(text: str) -> str:
    """The text as a comment."""
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())
