"""The two worlds that a notebook lives in, and whether it shows the same in both.

`Worlds` runs notebooks: in Jupyter (nbclient, ipykernel), in marimo's own runtime, and as a plain
program. Tests of the conversion use it, and benchmarks/convert.py.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

import nbformat
from typing_extensions import Self

from jupyter_reactive.notebooks.convert.groups import groups

from . import jupyter, reactive
from .compare import Difference, differences, normal, same_text, text_of
from .forker import Ended, Forker
from .jupyter import seen_in_jupyter
from .seen import Seen, Shown, together

__all__ = [
    "Difference",
    "Ended",
    "Seen",
    "Shown",
    "Worlds",
    "differences",
    "groups",
    "normal",
    "same_text",
    "seen_in_jupyter",
    "text_of",
    "together",
]


class Worlds:
    """Runs notebooks; use it as a context.

    Args:
        python: the interpreter of the environment that has what they import, ipykernel and marimo.
        seconds: how long a cell may take in Jupyter, and all of a notebook in marimo.
    """

    def __init__(self, python: str = sys.executable, seconds: float = 60) -> None:
        self.python = python
        self._seconds = seconds
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def in_jupyter(
        self, notebook: Sequence[str] | nbformat.NotebookNode, folder: Path | None = None
    ) -> list[Seen]:
        """What each cell shows in Jupyter; one that raises does not stop the others.

        Args:
            notebook: the sources of code cells, or a notebook of nbformat 4.
            folder: where it runs; a new one if None.
        """
        return [seen_in_jupyter(cell) for cell in self.run_in_jupyter(notebook, folder).cells]

    def run_in_jupyter(
        self, notebook: Sequence[str] | nbformat.NotebookNode, folder: Path | None = None
    ) -> nbformat.NotebookNode:
        """The notebook with its outputs; for the arguments see `in_jupyter`."""
        with _place(folder) as where:
            return jupyter.run_in_jupyter(notebook, self._jupyter, where, self._seconds)

    def in_marimo(self, source: str, folder: Path | None = None) -> list[Seen]:
        """What each cell shows in marimo's editor when all have run; none if it does not open.

        Args:
            source: of a reactive notebook.
            folder: where it stands and runs; a new one if None.
        """
        with _place(folder) as where:
            return reactive.in_marimo(source, self.marimo, where, self._seconds)[0]

    def as_script(
        self, source: str, folder: Path | None = None, seconds: float | None = None
    ) -> Ended:
        """Run a reactive notebook as a plain program.

        Args:
            source: of a reactive notebook.
            folder: where it stands and runs; a new one if None.
            seconds: how long it may take; as for all others if None.
        """
        with _place(folder) as where:
            return reactive.as_script(source, self._scripts, where, seconds or self._seconds)

    @cached_property
    def _jupyter(self) -> Forker:
        return self._open.enter_context(Forker(self.python, jupyter.WARM))

    @cached_property
    def _scripts(self) -> Forker:
        return self._open.enter_context(Forker(self.python, reactive.WARM_SCRIPT))

    @cached_property
    def marimo(self) -> Forker:
        """The interpreter that marimo's programs fork from."""
        return self._open.enter_context(Forker(self.python, reactive.WARM))


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    """A folder to run in, removed afterwards where none was given."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="worlds-") as name:
        yield Path(name)
