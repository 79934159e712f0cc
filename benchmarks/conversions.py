"""What becomes of one notebook: run in Jupyter, converted, run again, compared cell by cell."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from converters import Converted, Converter
from corpus import Notebook
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from worlds import Seen, Worlds, differences, groups, same_text, seen_in_jupyter, together

LONGEST_TEXT = 2000
# Where the new notebook stands when it runs.
NEW = "notebook.py"


@dataclass(frozen=True)
class Cells:
    """Cells of the old notebook that became one or more of the new one, and what differs.

    Attributes:
        old: their numbers, counted from 0.
        new: those of the new ones.
        told: what the report says.
        differs: what they show otherwise, by kind, old and new.
        figures: how many of the old cells show a figure.
        figures_lost: how many of these do not any more.
    """

    old: tuple[int, ...]
    new: tuple[int, ...]
    told: str
    differs: dict[str, tuple[str, str]]
    figures: int = 0
    figures_lost: int = 0

    @property
    def silent(self) -> bool:
        """Whether something differs without an error and without a word."""
        loud = {"error", "not run"} & self.differs.keys()
        return bool({"text", "figures"} & self.differs.keys()) and not loud and not self.told


@dataclass(frozen=True)
class Outcome:
    """What became of a notebook with one converter.

    Attributes:
        converts: whether there is a new notebook.
        message: why there is none, or what it says that does not run.
        cpu: seconds of processor time for the conversion.
        checked: whether `marimo check` has nothing to say.
        check: what it says.
        runs: whether it runs as a script.
        hangs: the step that never ended; empty for none.
        cells: those that show something else.
        figure_cells: how many cells show figures in Jupyter.
        figures_lost: how many of these do not in marimo.
        told_of_all: what the report says of the whole.
    """

    converts: bool
    message: str = ""
    cpu: float = 0.0
    checked: bool = False
    check: str = ""
    runs: bool = False
    hangs: str = ""
    cells: list[Cells] = field(default_factory=list)
    figure_cells: int = 0
    figures_lost: int = 0
    told_of_all: Sequence[str] = ()

    @property
    def same_text(self) -> bool:
        return self.converts and not any({"text", "not run"} & c.differs.keys() for c in self.cells)

    @property
    def silent(self) -> list[Cells]:
        if any("needs you" in told for told in self.told_of_all):
            return []
        return [cells for cells in self.cells if cells.silent]


@dataclass(frozen=True)
class Result:
    """What became of a notebook.

    Attributes:
        runs: whether it runs in Jupyter to its end.
        raises: whether a cell raises there.
        outcomes: by converter.
    """

    runs: bool
    raises: bool
    outcomes: dict[str, Outcome]


def seen_twice(notebook: Notebook, worlds: Worlds, cache: Path) -> list[list[Seen]]:
    """What each cell shows in Jupyter, in two runs; none where it does not run there.

    Args:
        notebook: which.
        worlds: where it runs.
        cache: a folder that keeps it for the next time.
    """
    key = hashlib.sha256(notebook.content + worlds.python.encode()).hexdigest()[:16]
    kept = cache / f"{notebook.path.stem}-{key}.json"
    if kept.exists():
        runs = json.loads(kept.read_text("utf-8"))
    else:
        runs = _run_twice(notebook, worlds)
        if runs:
            # What did not end may have been the machine's fault: it is tried again.
            cache.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(runs), "utf-8")
    return [[seen_in_jupyter(cell) for cell in run] for run in runs]


def _run_twice(notebook: Notebook, worlds: Worlds) -> list[list[dict[str, Any]]]:
    """The cells with their outputs, of two runs."""
    runs = []
    try:
        text = notebook.content.decode("utf-8")
        source = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]  # untyped
        for beside in ((), (NEW,)):
            with notebook.workplace() as folder:
                # What shows which files there are differs, as it does with the new notebook.
                for name in beside:
                    (folder / name).touch()
                runs.append(worlds.run_in_jupyter(source, folder).cells)
    except (nbformat.reader.NotJSONError, CellTimeoutError, DeadKernelError, ValueError):
        return []
    return runs


def outcome(
    notebook: Notebook, converter: Converter, worlds: Worlds, jupyter: list[list[Seen]]
) -> Outcome:
    """Convert a notebook, run it in both ways, and compare.

    Args:
        notebook: which.
        converter: makes the new notebook.
        worlds: where it runs.
        jupyter: what each cell shows there, in two runs.
    """
    with notebook.workplace() as folder, tempfile.TemporaryDirectory(prefix="convert-") as name:
        source = Path(shutil.copy(notebook.root / notebook.path, folder))
        converted = converter(source, Path(name))
    if converted.text is None:
        hangs = "converting" if converted.hung else ""
        return Outcome(converts=False, message=converted.message, cpu=converted.cpu, hangs=hangs)
    with notebook.workplace() as folder:
        (folder / NEW).write_text(converted.text, "utf-8")
        check = worlds.marimo.run(["-m", "marimo", "check", NEW], folder, 60)
    with notebook.workplace() as folder:
        script = worlds.as_script(converted.text, folder)
    with notebook.workplace() as folder:
        new = worlds.in_marimo(converted.text, folder)
    cells = _compared(converted, jupyter, new) if jupyter else []
    hangs = "running as a script" if script.status is None else ""
    return Outcome(
        converts=True,
        message=script.err.strip()[-LONGEST_TEXT:] if script.status else "",
        cpu=converted.cpu,
        checked=check.status == 0,
        check="" if check.status == 0 else (check.out + check.err).strip()[-LONGEST_TEXT:],
        runs=script.status == 0,
        hangs=hangs,
        cells=[found for found in cells if found.differs],
        figure_cells=sum(found.figures for found in cells),
        figures_lost=sum(found.figures_lost for found in cells),
        told_of_all=converted.told_of_all,
    )


def _compared(converted: Converted, jupyter: list[list[Seen]], new: list[Seen]) -> list[Cells]:
    first, second = jupyter
    found = []
    for old_numbers, new_numbers in groups(converted.places):
        old = together([first[number] for number in old_numbers])
        again = together([second[number] for number in old_numbers])
        # A notebook that does not open shows no cell at all.
        opened = all(number < len(new) for number in new_numbers)
        now = together([new[number] for number in new_numbers]) if opened else Seen(ran=False)
        differs = {d.what: (_cut(d.old), _cut(d.new)) for d in differences(old, now)}
        if not same_text(old, again):
            differs.pop("text", None)
        if old.err != again.err:
            differs.pop("stderr", None)
        if old == Seen(ran=old.ran) and not now.ran:
            # It shows nothing, so that nothing is missed.
            differs.pop("not run", None)
        figures = [number for number in old_numbers if first[number].figures]
        lost = 0
        if figures and now.figures < old.figures:
            lost = min(len(figures), old.figures - now.figures)
        found.append(
            Cells(
                tuple(old_numbers),
                tuple(new_numbers),
                "; ".join(filter(None, (converted.told[number] for number in old_numbers))),
                differs,
                len(figures),
                lost,
            )
        )
    return found


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
