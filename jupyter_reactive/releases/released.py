"""Finds what was released of a notebook: the file in the remote's branch, as it was fetched last.

Asks git about the checkout alone, never the remote.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import NoRelease
from ..links import git
from ..translation import _

_REMOTE = "origin"


@dataclass(frozen=True)
class Release:
    """A notebook as it was released.

    Attributes:
        ref: git's short name of what was released, `origin/main` for example.
        commit: that this name stood for when it was fetched.
        date: ISO 8601 time of that commit.
        content: what the file holds there.
    """

    ref: str
    commit: str
    date: str
    content: bytes


def find(notebook: Path) -> Release:
    """The released version of a notebook.

    Args:
        notebook: a file of this machine.

    Raises:
        NoRelease: it is in no checkout, the checkout follows nothing, or the file is not in it.
        GitMissing: there is no git.
    """
    name = notebook.name
    if notebook.is_symlink():
        raise NoRelease(
            _("“{name}” is a link to another file.").format(name=name),
            _("Open that file; it may have been released."),
        )
    top = git.ask(notebook.parent, "rev-parse", "--show-toplevel")
    if not top.ok:
        raise _no_checkout(notebook, top)
    root = Path(top.text)
    path = PurePosixPath(notebook.parent.resolve().relative_to(root.resolve()), name).as_posix()
    ref = _followed(root)
    if ref is None:
        raise NoRelease(
            _("The repository of “{name}” follows none that a release could come from.").format(
                name=name
            ),
            _("Let the branch follow it: git branch --set-upstream-to origin/main"),
        )
    # Plumbing alone: `git log` may run a program that the checkout's configuration names.
    date = git.ask(root, "for-each-ref", "--format=%(committerdate:iso-strict)", ref).text
    commit = git.ask(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").text
    content = git.ask(root, "cat-file", "blob", f"{commit}:{path}")
    short = ref.removeprefix("refs/remotes/").removeprefix("refs/heads/")
    if not content.ok:
        raise NoRelease(
            _("“{path}” is not in what was released ({ref}): it is yours alone.").format(
                path=path, ref=short
            ),
            _("If it was released lately, get it first: git fetch, or the link of the course."),
        )
    return Release(short, commit, date, content.out)


def _followed(root: Path) -> str | None:
    """The full name of what the branch follows; None where it follows nothing."""
    upstream = git.ask(
        root, "rev-parse", "--verify", "--quiet", "--symbolic-full-name", "@{upstream}"
    )
    branch = git.ask(root, "symbolic-ref", "--short", "--quiet", "HEAD").text
    places = [upstream.text] if upstream.ok else []
    if branch:
        places.append(f"refs/remotes/{_REMOTE}/{branch}")
    places.append(f"refs/remotes/{_REMOTE}/HEAD")
    for place in places:
        if git.ask(root, "rev-parse", "--verify", "--quiet", f"{place}^{{commit}}").ok:
            return place
    return None


def _no_checkout(notebook: Path, answer: git.Answer) -> NoRelease:
    if answer.is_distrusted:
        return NoRelease(*git.distrust(notebook))
    return NoRelease(
        _("“{name}” is in no git repository: nothing tells what was released.").format(
            name=notebook.name
        ),
        _("Get the course by its link."),
    )
