"""Holds a notebook against its released version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..notebooks.content import content_of
from .changes import Change, changes
from .released import Release, find


@dataclass(frozen=True)
class Comparison:
    """A notebook beside what was released of it.

    Attributes:
        release: what was released.
        is_same: whether the files are, to the last byte.
        changes: the cells that differ; none where nothing but outputs or settings do.
    """

    release: Release
    is_same: bool
    changes: tuple[Change, ...]

    def to_json(self) -> dict[str, Any]:
        """The comparison for programs."""
        return {
            "ref": self.release.ref,
            "commit": self.release.commit,
            "date": self.release.date,
            "same": self.is_same,
            "changes": [change.to_json() for change in self.changes],
        }


def compare(notebook: Path) -> Comparison:
    """Hold a notebook against its released version.

    Raises:
        NoRelease: there is none.
        GitMissing: there is no git.
        Unreadable: the file cannot be read.
    """
    release = find(notebook)
    mine = content_of(notebook)
    found = changes(release.content, mine, notebook.suffix)
    return Comparison(release, mine == release.content, tuple(found))
