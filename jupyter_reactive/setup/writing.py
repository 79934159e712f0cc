"""Compares files with the disk, and writes what is different: all of it, or nothing."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..errors import InvalidRequest
from ..notebooks.convert.targets import write_new
from ..translation import _
from .blocks import SetupFile, merged


@dataclass(frozen=True)
class Change:
    """What becomes of one file.

    Attributes:
        path: the file.
        old: what it holds; None where it is not there.
        new: what it holds afterwards.
        mode: its permissions afterwards; None for those that a new file gets.
    """

    path: Path
    old: str | None
    new: str
    mode: int | None

    @property
    def is_needed(self) -> bool:
        """Whether anything is different."""
        return self.old != self.new

    def diff(self) -> str:
        """The change as `diff -u` shows it."""
        return "".join(
            difflib.unified_diff(
                (self.old or "").splitlines(keepends=True),
                self.new.splitlines(keepends=True),
                "/dev/null" if self.old is None else str(self.path),
                str(self.path),
            )
        )


def changes(files: Sequence[SetupFile], folder: Path) -> list[Change]:
    """What has to be done so that a folder holds the files. Writes nothing.

    Raises:
        InvalidRequest: one of them is somebody else's, or cannot be read or written.
    """
    return [_change(file, folder / file.path) for file in files]


def apply(planned: Sequence[Change]) -> None:
    """Write what is different; all is as it was where that fails.

    Raises:
        Unreadable: the operating system refuses.
    """
    with ExitStack() as undone:
        for change in planned:
            if change.is_needed:
                write_new(change.path, change.new, force=True, mode=change.mode)
                undone.callback(_undo, change)
        undone.pop_all()


def _undo(change: Change) -> None:
    if change.old is None:
        change.path.unlink()
    else:
        write_new(change.path, change.old, force=True, mode=change.mode)


def _change(file: SetupFile, path: Path) -> Change:
    old = None
    mode = 0o755 if file.is_program else None
    try:
        # Where a link stands, what it leads to is written.
        path = path.resolve()
        if path.exists():
            # With its own ends of lines.
            old = path.read_bytes().decode("utf-8")
            mode = path.stat().st_mode & 0o7777 | (mode or 0) & 0o111
    # Before Python 3.13 links in a circle are a RuntimeError.
    except (OSError, RuntimeError, UnicodeDecodeError) as e:
        raise InvalidRequest(
            _("{path} cannot be read: {error}.").format(path=path, error=e),
            _("Run the command as who owns it, or choose another folder with --to."),
        ) from e
    change = Change(path, old, merged(file, old), mode)
    if change.is_needed and not os.access(_nearest(path.parent), os.W_OK | os.X_OK):
        raise InvalidRequest(
            _("Nothing may be written to {folder}.").format(folder=path.parent),
            _("Run the command as who owns it, or choose another folder with --to."),
        )
    return change


def _nearest(folder: Path) -> Path:
    """The folder, or the one of those around it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())
