"""Keeps what is somebody's own where a program may put another version in its place."""

from __future__ import annotations

from pathlib import Path

from ..notebooks.convert.targets import OLD_SUFFIX
from ..notebooks.marimo import NOTEBOOK_SUFFIXES
from .reset import keep_mine

SUFFIXES = {OLD_SUFFIX, *NOTEBOOK_SUFFIXES}


class OwnNotebooks:
    """The notebooks of a folder as they are before the program runs.

    Args:
        folder: may be one that is not there yet.

    Raises:
        OSError: one of them cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
        self._before = {
            path: (path.read_bytes(), path.stat().st_mode & 0o7777)
            for path in paths
            if path.suffix in SUFFIXES and path.is_file()
        }

    def keep(self) -> list[tuple[Path, Path]]:
        """Write beside the new notebooks what they have replaced.

        Returns:
            Each notebook that has another content now, and where its old one is.

        Raises:
            Unreadable: the folder cannot be written to.
            OSError: a notebook cannot be read.
        """
        return [
            (path, keep_mine(path, content, mode))
            for path, (content, mode) in self._before.items()
            if not path.is_file() or path.read_bytes() != content
        ]
