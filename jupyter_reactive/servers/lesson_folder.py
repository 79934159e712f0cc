"""What a command for a lesson gets to work on: the folder itself, or a copy for Jupyter.

Whatever a fetch puts in the place of the user's own notebooks, these are kept beside it.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import Unreadable
from ..notebooks.convert.converter import Converter
from ..notebooks.convert.for_jupyter import copy_for_jupyter
from ..releases.own_notebooks import OwnNotebooks
from ..translation import _


@dataclass
class Work:
    """What a command works on.

    Attributes:
        file: the notebook or folder.
        folder: that it is in; it may not be there yet.
        said: what was done besides, in sentences.
    """

    file: Path
    folder: Path
    said: list[str] = field(default_factory=list)

    @property
    def cwd(self) -> Path:
        """Where the command runs."""
        return self.folder if self.folder.is_dir() else self.folder.parent

    @property
    def places(self) -> dict[str, str]:
        """The paths by their names in an operator's command."""
        return {
            "file": str(self.file),
            "folder": str(self.folder),
            "folder_name": self.folder.name,
            "parent": str(self.folder.parent),
        }


def in_place(file: Path) -> Work:
    """Work on the user's own folder.

    Args:
        file: the notebook or folder; what is not there yet is a folder.
    """
    return Work(file, file.parent if file.is_file() else file)


@asynccontextmanager
async def keeping_mine(work: Work) -> AsyncIterator[Work]:
    """Keep what the command replaces of the user's notebooks.

    Raises:
        Unreadable: they cannot be read, or not be kept.
    """
    try:
        mine = await asyncio.to_thread(OwnNotebooks, work.folder)
        try:
            yield work
        finally:
            for path, kept in await asyncio.to_thread(mine.keep):
                work.said.append(
                    _("“{name}” is another one now; yours is kept as “{kept}”.").format(
                        name=path.name, kept=kept.name
                    )
                )
    except OSError as e:
        raise _unreadable(work.folder, e) from e


@asynccontextmanager
async def for_jupyter(work: Work) -> AsyncIterator[Work]:
    """Work on a copy in which reactive notebooks are ones of Jupyter; it goes away afterwards.

    Raises:
        ReactiveError: as `copy_for_jupyter`.
        Unreadable: the folder cannot be read, or its copy not be made.
    """
    converter = Converter()
    try:
        with tempfile.TemporaryDirectory(prefix="lesson-") as place, closing(converter):
            copy = Path(place, work.folder.name)
            try:
                made = await asyncio.to_thread(
                    copy_for_jupyter, work.folder, copy, converter, work.file
                )
            finally:
                # Whoever waits may have left, and then the child still works.
                converter.cancel()
            file = copy if work.file == work.folder else copy / work.file.name
            said = [
                _("“{name}” goes as “{new}”.").format(name=source.name, new=new.name)
                for source, new in made.items()
            ]
            yield Work(made.get(work.file, file), copy, said)
    except OSError as e:
        raise _unreadable(work.folder, e) from e


def _unreadable(folder: Path, error: OSError) -> Unreadable:
    return Unreadable(
        _("“{name}” cannot be read: {error}").format(
            name=folder.name, error=error.strerror or error
        ),
        _("Check who may read the folder, and whether there is space left on the disk."),
    )
