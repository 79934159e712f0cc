"""Where the old notebook is kept, for its outputs and for the way back.

marimo itself keeps what belongs to a notebook in `__marimo__` beside it.
"""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TypeVar

from .targets import OLD_SUFFIX, write_new

AnyPath = TypeVar("AnyPath", bound=PurePath)


def keep(source: Path, content: bytes, new: Path) -> None:
    """Keep a copy of the old notebook, unless it stands beside the new one under its name.

    Args:
        source: the old notebook.
        content: of that file.
        new: the new notebook.

    Raises:
        Unreadable: the operating system refuses.
    """
    if source.absolute() != new.absolute().with_suffix(OLD_SUFFIX):
        write_new(copy_of(new), content.decode("utf-8-sig"), force=True)


def old_notebook(new: Path) -> bytes | None:
    """The notebook that another one was converted from; None if it is not known.

    Args:
        new: the reactive notebook.

    Raises:
        OSError: it is there, and cannot be read.
    """
    for path in (new.with_suffix(OLD_SUFFIX), copy_of(new)):
        if path.is_file():
            return path.read_bytes()
    return None


def copy_of(new: AnyPath) -> AnyPath:
    """Where the copy of the old notebook goes.

    Args:
        new: the reactive notebook, wherever its path begins.
    """
    return new.parent / "__marimo__" / "jupyter" / f"{new.stem}{OLD_SUFFIX}"
