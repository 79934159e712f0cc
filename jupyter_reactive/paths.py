"""What a path or name may look like, before anybody looks whether it is there."""

from __future__ import annotations

import re

from .errors import InvalidPath
from .translation import _

# The limits of Linux file systems, in bytes; macOS takes less of a path and refuses it itself.
MAX_NAME_BYTES = 255
MAX_PATH_BYTES = 4095
# Control characters, and halves of characters.
_REFUSED = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def too_long() -> InvalidPath:
    """The error for a path that no system call takes."""
    return InvalidPath(_("The path is longer than this machine takes."), _("Choose a shorter one."))


def refuse_characters(path: str) -> None:
    """Raise for characters that no path should hold.

    Raises:
        InvalidPath: it holds control characters, or halves of characters.
    """
    if _REFUSED.search(path):
        raise InvalidPath(
            _("The path holds characters that no file name can have."),
            _("Check the link that you followed."),
        )


def checked_path(path: str) -> str:
    """A contents path without leading and trailing slashes.

    Raises:
        InvalidPath: no file can have it, or it climbs.
    """
    refuse_characters(path)
    path = path.strip("/")
    parts = path.split("/")
    if any(part in {".", ".."} for part in parts):
        raise InvalidPath(
            _("The path “{path}” holds “.” or “..”.").format(path=path),
            _("Write the path from the folder that the file browser shows first."),
        )
    if any(len(part.encode()) > MAX_NAME_BYTES for part in parts):
        raise InvalidPath(
            _("A name in the path is longer than {limit} bytes.").format(limit=MAX_NAME_BYTES),
            _("Choose a shorter name."),
        )
    if len(path.encode()) > MAX_PATH_BYTES:
        raise too_long()
    return path


def checked_name(name: str, suffix: str = ".py") -> str:
    """A file name with a notebook's suffix.

    Args:
        name: what the user wrote, with the suffix or without it.
        suffix: of the kind of notebook.

    Raises:
        InvalidPath: no file can have it.
    """
    stem = name.strip()
    if not stem or "/" in stem or "\\" in stem:
        raise InvalidPath(
            _("“{name}” is no name for a file.").format(name=name),
            _("Give a name without slashes; name the folder apart from it."),
        )
    return checked_path(stem if stem.endswith(suffix) else f"{stem}{suffix}")
