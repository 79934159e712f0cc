"""What is in the file of a notebook, or why that cannot be told."""

from __future__ import annotations

from pathlib import Path

from ..errors import Unreadable
from ..translation import _


def content_of(notebook: Path) -> bytes:
    """Read a notebook's file.

    Raises:
        Unreadable: it cannot be read.
    """
    try:
        return notebook.read_bytes()
    except OSError as e:
        raise Unreadable(
            _("“{path}” cannot be read: {error}").format(path=notebook.name, error=e.strerror or e),
            _("Check who may read the file."),
        ) from e
