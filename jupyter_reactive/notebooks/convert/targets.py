"""Which files a command means, and where what becomes of them goes."""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Iterator, Sequence
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


def targets(sources: Sequence[str], output: str = "") -> list[Target]:
    """The notebooks that files, folders and patterns name, each once.

    Args:
        sources: what the user wrote.
        output: a folder that gets the new notebooks, in the folders that the old ones stand in;
            a file for a single notebook; empty for beside the old ones.

    Raises:
        NotebookMissing: a source names nothing.
    """
    found: dict[Path, Target] = {}
    for source in sources:
        for path, root in _found(source):
            folder = Path(output) / path.parent.relative_to(root) if output else path.parent
            found.setdefault(path, Target(path, folder))
    if len(found) == 1 and output.endswith((NEW_SUFFIX, OLD_SUFFIX)):
        (path,) = found
        return [Target(path, Path(output).parent, Path(output).stem)]
    return list(found.values())


def _found(source: str) -> Iterator[tuple[Path, Path]]:
    """The notebooks that a source names, each with the folder that mirroring begins at."""
    path = Path(source)
    if path.is_file():
        yield path, path.parent
        return
    if path.is_dir():
        matches = _below(path)
        root = path
    else:
        matches = [Path(name) for name in sorted(glob.glob(source, recursive=True))]  # noqa: PTH207  # any place
        matches = [one for one in matches if one.is_file() and one.suffix == OLD_SUFFIX]
        root = _fixed(source)
    if not matches:
        raise NotebookMissing(
            _("“{source}” names no notebook.").format(source=source),
            _("Name {suffix} files, folders that hold some, or a pattern in quotes.").format(
                suffix=OLD_SUFFIX
            ),
        )
    for match in matches:
        yield match, root


def _below(folder: Path) -> list[Path]:
    """All notebooks in a folder and below it, hidden folders (checkpoints) left out."""
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place, name) for name in sorted(files) if name.endswith(OLD_SUFFIX)]
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


def write_new(path: Path, text: str, *, force: bool = False) -> None:
    """Write a file whole or not at all.

    Args:
        path: where it goes; folders are made.
        text: what it holds.
        force: whether a file of that name may be replaced.

    Raises:
        NotebookExists: the name is taken.
        Unreadable: the operating system refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            # mkstemp gives the file to its owner alone.
            temporary.chmod(0o666 & ~_umask())
            if force:
                temporary.replace(path)
            else:
                # Unlike a rename it fails when the name has been taken meanwhile.
                os.link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except FileExistsError as e:
        raise NotebookExists(
            _("“{path}” is there already.").format(path=path),
            _("Choose another place with -o, or replace it with --force."),
        ) from e
    except OSError as e:
        raise Unreadable(
            _("“{path}” cannot be written: {error}.").format(path=path, error=e.strerror or e),
            _("Choose a folder that you may write to with -o."),
        ) from e


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
