"""What a project has that its README may point at: notebooks, an image for Binder, an address.

Reads the project's own files and what git knows of them; asks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import GitMissing
from ..notebooks.card import read_card
from ..notebooks.convert.targets import below
from ..notebooks.recognise import recognise
from . import git
from .image import names_us
from .lesson import REACTIVE_SUFFIX
from .platforms import JUPYTER_SUFFIX

# Where repo2docker and people look for what pip is to install.
_REQUIREMENTS = ("requirements.txt", "binder/requirements.txt", ".binder/requirements.txt")


@dataclass(frozen=True)
class Pair:
    """A notebook in one format or in both.

    Attributes:
        title: what its author calls it.
        jupyter: its path in Jupyter's format, below the project's folder; None where there is none.
        reactive: its path as a reactive notebook, in the same way.
    """

    title: str
    jupyter: str | None
    reactive: str | None


@dataclass(frozen=True)
class Project:
    """A folder with notebooks.

    Attributes:
        notebooks: in the order of their paths.
        prefix: the folder's path in its repository; empty for the repository's own folder, and
            where there is no repository.
        requirements: the path of a file for pip, below the folder; None where there is none.
        has_us: whether what repo2docker reads names this package.
        remote: the address of the remote as git has it, secrets included; empty where there is
            none.
        branch: the remote's name for what is checked out; empty where there is none.
    """

    notebooks: tuple[Pair, ...]
    prefix: str = ""
    requirements: str | None = None
    has_us: bool = False
    remote: str = ""
    branch: str = ""


def look(folder: Path, remote: str = "origin") -> Project:
    """Look at a folder: at the files that its repository has, or at all where there is none.

    Args:
        folder: is there.
        remote: git's name for the remote that readers see.
    """
    try:
        top = git.ask(folder, "rev-parse", "--show-toplevel")
    except GitMissing:
        top = None
    if top is None or not top.ok:
        files = [path.relative_to(folder).as_posix() for path in below(folder)]
        return Project(_pairs(folder, files), requirements=_requirements(folder))
    root = Path(top.text)
    listed = git.ask(folder, "ls-files", "-z", "--", ".").out.decode("utf-8", "surrogateescape")
    files = [name for name in listed.split("\0") if name and (folder / name).is_file()]
    prefix = folder.resolve().relative_to(root.resolve()).as_posix()
    return Project(
        _pairs(folder, files),
        "" if prefix == "." else prefix,
        _requirements(folder),
        names_us(root),
        git.ask(root, "config", "--get", f"remote.{remote}.url").text,
        _branch(root, remote),
    )


def _branch(root: Path, remote: str) -> str:
    """The remote's own first branch, which readers see; else the one that is checked out."""
    head = git.ask(root, "symbolic-ref", "--short", "--quiet", f"refs/remotes/{remote}/HEAD")
    if head.ok:
        return head.text.removeprefix(f"{remote}/")
    return git.ask(root, "symbolic-ref", "--short", "--quiet", "HEAD").text


def _requirements(folder: Path) -> str | None:
    return next((name for name in _REQUIREMENTS if (folder / name).is_file()), None)


def _pairs(folder: Path, files: list[str]) -> tuple[Pair, ...]:
    shown = [name for name in files if not f"/{name}".count("/.")]
    jupyter = {name for name in shown if name.endswith(JUPYTER_SUFFIX)}
    reactive = {
        name
        for name in shown
        if name.endswith(REACTIVE_SUFFIX) and recognise(folder / name).reactive
    }
    stems = {str(PurePosixPath(name).with_suffix("")) for name in jupyter | reactive}
    return tuple(_pair(folder, stem, jupyter, reactive) for stem in sorted(stems))


def _pair(folder: Path, stem: str, jupyter: set[str], reactive: set[str]) -> Pair:
    old, new = f"{stem}{JUPYTER_SUFFIX}", f"{stem}{REACTIVE_SUFFIX}"
    is_reactive = new in reactive
    title = PurePosixPath(stem).name.replace("_", " ").strip()
    return Pair(
        read_card(folder / new).title if is_reactive else title,
        old if old in jupyter else None,
        new if is_reactive else None,
    )
