"""Which files a command means, and where what becomes of them goes."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...errors import NotebookExists, NotebookMissing, Unreadable
from ...translation import _

OLD_SUFFIX = ".ipynb"
NEW_SUFFIX = ".py"


@dataclass(frozen=True)
class Target:
    """A notebook to convert.

    Attributes:
        source: the old notebook.
        folder: where the new one goes.
        name: what it is to be called, without its suffix; empty for the name of the old one.
    """

    source: Path
    folder: Path
    name: str = ""


def is_old(path: Path) -> bool:
    """Whether a file is a notebook of Jupyter, by its name."""
    return path.suffix == OLD_SUFFIX


def targets(
    sources: Sequence[str],
    output: str = "",
    *,
    suffixes: tuple[str, ...] = (NEW_SUFFIX, OLD_SUFFIX),
    is_wanted: Callable[[Path], bool] = is_old,
    kind: str = OLD_SUFFIX,
) -> list[Target]:
    """The notebooks that files, folders and patterns name, each once.

    Args:
        sources: what the user wrote.
        output: a folder that gets the new notebooks, in the folders that the old ones stand in;
            a file for a single notebook; empty for beside the old ones.
        suffixes: by which an output is known to be a file.
        is_wanted: which files of a folder or a pattern are meant.
        kind: what these are called in words.

    Raises:
        NotebookMissing: a source names nothing.
    """
    found: dict[Path, Target] = {}
    for source in sources:
        for path, root in _found(source, is_wanted, kind):
            folder = Path(output) / path.parent.relative_to(root) if output else path.parent
            found.setdefault(path, Target(path, folder))
    if len(found) == 1 and output.endswith(suffixes):
        (path,) = found
        return [Target(path, Path(output).parent, Path(output).stem)]
    return list(found.values())


def _found(
    source: str, is_wanted: Callable[[Path], bool], kind: str
) -> Iterator[tuple[Path, Path]]:
    """The notebooks that a source names, each with the folder that mirroring begins at."""
    path = Path(source)
    if path.is_file():
        yield path, path.parent
        return
    if path.is_dir():
        matches = [one for one in below(path) if is_wanted(one)]
        root = path
    else:
        matches = [Path(name) for name in sorted(glob.glob(source, recursive=True))]  # noqa: PTH207  # any place
        matches = [one for one in matches if one.is_file() and is_wanted(one)]
        root = _fixed(source)
    if not matches:
        raise NotebookMissing(
            _("“{source}” names no notebook.").format(source=source),
            _("Name {suffix} files, folders that hold some, or a pattern in quotes.").format(
                suffix=kind
            ),
        )
    for match in matches:
        yield match, root


def below(folder: Path) -> list[Path]:
    """All files in a folder and below it, hidden folders (checkpoints) left out, in order."""
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place, name) for name in sorted(files)]
    return found


def _fixed(pattern: str) -> Path:
    """The folder of a pattern above which nothing is a pattern."""
    parts = Path(pattern).parts
    fixed = []
    for part in parts[:-1]:
        if glob.has_magic(part):
            break
        fixed.append(part)
    return Path(*fixed)


def write_new(
    path: Path, content: str | bytes, *, force: bool = False, mode: int | None = None
) -> None:
    """Write a file whole or not at all.

    Args:
        path: where it goes; folders are made.
        content: what it holds; a text in UTF-8.
        force: whether a file of that name may be replaced.
        mode: its permissions; None for those that a new file gets.

    Raises:
        NotebookExists: the name is taken.
        Unreadable: the operating system refuses.
    """
    data = content.encode() if isinstance(content, str) else content
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            # mkstemp gives the file to its owner alone.
            temporary.chmod(0o666 & ~_umask() if mode is None else mode)
            if force:
                temporary.replace(path)
            else:
                # Unlike a rename it fails when the name has been taken meanwhile.
                os.link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def write_new_folder(path: Path, source: Path, *, force: bool = False) -> None:
    """Copy a folder whole or not at all.

    Args:
        path: where the copy goes; folders around it are made.
        source: what it is made of.
        force: whether a folder of that name may be replaced.

    Raises:
        NotebookExists: the name is taken.
        Unreadable: the operating system refuses.
    """
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix="."))
        try:
            copy, old = temporary / "new", temporary / "old"
            shutil.copytree(source, copy)
            if not force:
                refuse_taken(path)
            elif os.path.lexists(path):
                path.rename(old)
            copy.rename(path)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def refuse_taken(path: Path) -> None:
    """Raise where something stands.

    Raises:
        NotebookExists: it does.
    """
    if os.path.lexists(path):
        raise _taken(path)


def _taken(path: Path) -> NotebookExists:
    return NotebookExists(
        _("“{path}” is there already.").format(path=path),
        _("Choose another place with -o, or replace it with --force."),
    )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the operating system says of a place, as our own error."""
    try:
        yield
    except FileExistsError as e:
        raise _taken(path) from e
    except OSError as e:
        raise Unreadable(
            _("“{path}” cannot be written: {error}.").format(path=path, error=e.strerror or e),
            _("Choose a folder that you may write to, on a disk with room."),
        ) from e


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
