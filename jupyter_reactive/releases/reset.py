"""Puts the released version of a notebook in its place; what was there is kept beside it."""

from __future__ import annotations

import itertools
from pathlib import Path

from ..errors import NotebookExists
from ..notebooks.convert.targets import write_new
from .released import find


def kept_name(name: str) -> str:
    """The name under which somebody's own version is kept, if it is free.

    Args:
        name: of the notebook's file.
    """
    path = Path(name)
    return f"{path.stem}_mine{path.suffix}"


def reset(notebook: Path) -> Path | None:
    """Put the released version in place.

    What is there is whole under its new name before the released version takes its place at once.

    Returns:
        Where the version is that was there; None where it was the released one already.

    Raises:
        NoRelease: there is none.
        GitMissing: there is no git.
        Unreadable: the folder cannot be written to.
        OSError: the notebook cannot be read.
    """
    release = find(notebook)
    mine = notebook.read_bytes()
    if mine == release.content:
        return None
    mode = notebook.stat().st_mode & 0o7777
    kept = keep_mine(notebook, mine, mode)
    write_new(notebook, release.content, force=True, mode=mode)
    return kept


def keep_mine(notebook: Path, content: bytes, mode: int) -> Path:
    """Write somebody's own version beside a notebook, under the next free name.

    Args:
        notebook: what gets another content.
        content: their own.
        mode: the permissions of that file.

    Returns:
        Where it is.

    Raises:
        Unreadable: the folder cannot be written to.
    """
    first = notebook.with_name(kept_name(notebook.name))
    for number in itertools.count():
        kept = first.with_stem(f"{first.stem}_{number}") if number else first
        try:
            write_new(kept, content, mode=mode)
        except NotebookExists:
            continue
        return kept
    raise AssertionError
