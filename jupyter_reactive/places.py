"""Where what is made of a notebook goes: beside it or elsewhere, and under which name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from .contents import NotebookFiles


@dataclass(frozen=True)
class Place:
    """Where a new file is to go.

    Attributes:
        folder: contents path of an existing folder; None for that of the notebook.
        name: of the new file; None for that of the notebook, with a number where it is taken.
        overwrite: whether a file of that name may be replaced.
    """

    folder: str | None = None
    name: str | None = None
    overwrite: bool = False


async def path_at(
    files: NotebookFiles, place: Place, source: PurePosixPath, name: str, suffix: str
) -> str:
    """The contents path that a new file would get now.

    Args:
        files: the contents root.
        place: where it is to go.
        source: contents path of the notebook.
        name: what it is called unless the place says something else, without its suffix.
        suffix: of the new file.

    Raises:
        ReactiveError: as `NotebookFiles.place`.
    """
    beside = "" if source.parent == PurePosixPath() else str(source.parent)
    folder = beside if place.folder is None else place.folder
    file_name = place.name
    if file_name is None:
        file_name = f"{name}{suffix}"
        if not place.overwrite:
            file_name = await files.free_name(folder, file_name)
    return await files.place(folder, file_name, suffix, overwrite=place.overwrite)
