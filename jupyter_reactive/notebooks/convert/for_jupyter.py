"""A copy of a folder for programs that know Jupyter's own notebooks alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...errors import ConversionFailed
from ...translation import _
from ..recognise import recognise
from .converter import Converter
from .snapshot import old_notebook
from .targets import NEW_SUFFIX, OLD_SUFFIX, write_new

# Python's and marimo's own; hidden files stay away too.
_NOT_COPIED = {"__marimo__", "__pycache__"}


def copy_for_jupyter(
    folder: Path, copy: Path, converter: Converter, chosen: Path | None = None
) -> dict[Path, Path]:
    """Make a folder that has what another one has, and each notebook as one of Jupyter.

    Of a notebook that is there in both kinds the chosen one counts, else the one that was saved
    last. What is no notebook is a link to where it is: nothing large is copied.

    Args:
        folder: what to copy; not below it.
        copy: what is made.
        converter: does the work.
        chosen: a notebook of the folder that is meant most of all; it is converted in any case.

    Returns:
        For each reactive notebook that was converted the one that stands for it.

    Raises:
        BrokenNotebook: one of the notebooks is not one, any longer.
        NotANotebook: the chosen one is none.
        ForeignKernel: the old notebook is in another language than Python.
        ConversionFailed: it takes too long, or would lose a cell that may not be deleted.
        Unreadable: the operating system refuses to write.
        OSError: it refuses to read.
    """
    made = {}
    for source in _reactive(folder, chosen):
        old = old_notebook(source)
        converted = converter.convert_back(source.read_bytes(), source.stem, old, folder)
        if old is not None:
            _refuse_loss(source.name, old, converted.text)
        made[source] = copy / f"{source.stem}{OLD_SUFFIX}"
        write_new(made[source], converted.text)
    copy.mkdir(parents=True, exist_ok=True)
    taken = {path.name for path in made.values()} | _NOT_COPIED
    for path in folder.iterdir():
        if path.name not in taken and not path.name.startswith("."):
            (copy / path.name).symlink_to(path.absolute())
    return made


def _reactive(folder: Path, chosen: Path | None) -> Iterator[Path]:
    """The notebooks that are to be converted."""
    for source in sorted(folder.glob(f"*{NEW_SUFFIX}")):
        half = source.with_suffix(OLD_SUFFIX)
        if source == chosen or (
            half.is_file()
            and half != chosen
            and source.stat().st_mtime >= half.stat().st_mtime
            and recognise(source).reactive
        ):
            yield source


def _refuse_loss(name: str, old: bytes, new: str) -> None:
    """Raise where a cell that may not be deleted has gone.

    What is said of a cell's `deletable` is nbformat's
    (https://nbformat.readthedocs.io/en/latest/format_description.html#cell-metadata).
    """
    left = [cell["metadata"] for cell in json.loads(new)["cells"]]
    for cell in json.loads(old.decode("utf-8-sig")).get("cells", ()):
        metadata = cell.get("metadata", {})
        if metadata.get("deletable") is not False:
            continue
        found = next((one for one in left if _carries(one, metadata)), None)
        if found is None:
            first = "".join(cell["source"]).strip().partition("\n")[0]
            raise ConversionFailed(
                _(
                    "“{name}” cannot become a notebook of Jupyter without losing the cell"
                    " “{line}”, which may not be deleted."
                ).format(name=name, line=first),
                _("Work in “{name}” instead, and tell whoever wrote the lesson.").format(
                    name=Path(name).with_suffix(OLD_SUFFIX).name
                ),
            )
        left.remove(found)


def _carries(new: dict[str, Any], old: dict[str, Any]) -> bool:
    """Whether a cell has all that another one had, but for its tags, of which it may have more."""
    return all(new.get(key) == value for key, value in old.items() if key != "tags")
