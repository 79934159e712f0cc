"""Puts a file back where a save has failed in the midst of it.

Jupyter's contents manager does so while it writes, but not for the last bytes, which are written
when its file is closed: a full disk leaves the beginning of the new text, and the old one beside it
under another name (`jupyter_server.services.contents.fileio.atomic_writing`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jupyter_server.services.contents.fileio import path_to_intermediate


@contextmanager
def old_or_new(file: Path) -> Iterator[None]:
    """Have a file as it was when what is done here raises.

    Args:
        file: absolute; where Jupyter's files are elsewhere, nothing is there and nothing happens.
    """
    before = _stamp(file)
    try:
        yield
    except BaseException:
        # The error that is on its way says more than one of these.
        with suppress(OSError):
            _put_back(file, before)
        raise


def _put_back(file: Path, before: tuple[int, int] | None) -> None:
    now = _stamp(file)
    backup = Path(path_to_intermediate(str(file)))  # type: ignore[no-untyped-call]
    if before is None:
        if now is not None:
            file.unlink()
    # The copy has the time of what it was made of; one of an earlier accident has another.
    elif _stamp(backup) == before:
        if now == before:
            backup.unlink()
        else:
            backup.replace(file)


def _stamp(file: Path) -> tuple[int, int] | None:
    """By what a version of a file is known: its time in nanoseconds and its size in bytes."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
