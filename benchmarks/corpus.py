"""Notebooks to convert, each in a folder of its own with the files that it reads."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from operator import itemgetter
from pathlib import Path


@dataclass(frozen=True)
class Notebook:
    """A notebook of a corpus.

    Attributes:
        root: the folder that the paths are relative to.
        path: of the notebook.
        needs: the files that it reads.
    """

    root: Path
    path: Path
    needs: tuple[Path, ...]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def content(self) -> bytes:
        return (self.root / self.path).read_bytes()

    @contextlib.contextmanager
    def workplace(self) -> Iterator[Path]:
        """A new folder with what the notebook reads, and without itself: where it may run."""
        with tempfile.TemporaryDirectory(prefix="convert-") as name:
            for need in self.needs:
                copy = Path(name, need)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self.root / need, copy)
            place = Path(name, self.path).parent
            place.mkdir(parents=True, exist_ok=True)
            yield place


def notebooks(folder: Path, only: str = "*") -> list[Notebook]:
    """The notebooks of a folder.

    An `index.json` beside the folder `notebooks` names for each what it reads; without one that is
    everything beside it that is no notebook.

    Args:
        folder: of the corpus.
        only: a pattern that their names must match.
    """
    index = folder / "index.json"
    if index.exists():
        # The quick ones first: much is known soon.
        entries = sorted(json.loads(index.read_text("utf-8")), key=itemgetter("seconds"))
        found = [
            Notebook(folder, Path("notebooks", entry["file"]), tuple(map(Path, entry["needs"])))
            for entry in entries
        ]
    else:
        paths = [path.relative_to(folder) for path in sorted(folder.rglob("*"))]
        others = [path for path in paths if path.suffix != ".ipynb" and (folder / path).is_file()]
        found = [
            Notebook(folder, path, tuple(o for o in others if o.is_relative_to(path.parent)))
            for path in paths
            if path.suffix == ".ipynb"
        ]
    return [notebook for notebook in found if fnmatch(notebook.name, f"*{only}*")]
