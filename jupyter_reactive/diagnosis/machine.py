"""The machine around marimo: Python, variables, folders, space, memory. Names, never values."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..start_errors import DiskFull, FolderUnreadable
from ..translation import _
from .findings import Finding, Level

LITTLE_SPACE = 1_000_000_000
NO_SPACE = 20_000_000
# marimo with one kernel takes about 200 MB, and a notebook wants to import something.
LITTLE_MEMORY = 512_000_000
CGROUP = Path("/sys/fs/cgroup")

# What breaks a marimo that would be well without it, and why.
BAD_VARIABLES = {
    "PYTHONHOME": _("it sends Python to another standard library"),
    "PYTHONPATH": _("its modules come before those of marimo"),
}


def python() -> Finding:
    """The Python of this process."""
    return Finding(
        "python",
        Level.OK,
        _("Python {version} in {prefix}.").format(
            version=platform.python_version(), prefix=sys.prefix
        ),
    )


def variables(environment: Mapping[str, str]) -> list[Finding]:
    """Variables that are known to break marimo."""
    return [
        Finding(
            "variables",
            Level.WARNING,
            _("The variable {name} is set: {reason}.").format(name=name, reason=reason),
            _("Unset {name} where Jupyter is started, unless you need it.").format(name=name),
        )
        for name, reason in BAD_VARIABLES.items()
        if environment.get(name)
    ]


def folder(name: str, path: Path) -> Finding:
    """Whether a folder may be read and written.

    Args:
        name: what it is, in words.
        path: where it is.
    """
    if not os.access(path, os.R_OK | os.X_OK):
        return Finding.of_error("folder", FolderUnreadable(str(path)))
    if not os.access(path, os.W_OK):
        return Finding(
            "folder",
            Level.WARNING,
            _("Nothing can be written to the {name} “{path}”.").format(name=name, path=path),
            _("Notebooks there open but cannot be saved. Give yourself the right to write."),
        )
    return Finding(
        "folder",
        Level.OK,
        _("The {name} “{path}” can be read and written.").format(name=name, path=path),
    )


def disk(name: str, path: Path) -> Finding | None:
    """How much space is left where a folder is; None when nobody can tell."""
    try:
        free = shutil.disk_usage(path).free
    except OSError:
        return None
    if free < NO_SPACE:
        return Finding.of_error("disk", DiskFull())
    message = _("{free} are left on the disk of the {name}.").format(free=_size(free), name=name)
    if free < LITTLE_SPACE:
        return Finding(
            "disk", Level.WARNING, message, _("Delete what you do not need before it is full.")
        )
    return Finding("disk", Level.OK, message)


def temporary_files() -> Finding:
    """Whether temporary files can be written; marimo does not start without."""
    try:
        with tempfile.TemporaryFile() as file:
            file.write(b"?")
    except OSError:
        return Finding.of_error("temporary_files", DiskFull())
    return Finding("temporary_files", Level.OK, _("Temporary files can be written."))


def memory(cgroup: Path = CGROUP) -> Finding | None:
    """The limit of memory that a container or batch system sets; None without one.

    Args:
        cgroup: where the kernel shows its control groups.
    """
    limit = _number(cgroup / "memory.max") or _number(cgroup / "memory/memory.limit_in_bytes")
    # Version 1 says "no limit" by a number that no machine has.
    if limit is None or limit >= 1 << 60:
        return None
    used = (
        _number(cgroup / "memory.current") or _number(cgroup / "memory/memory.usage_in_bytes") or 0
    )
    message = _("Memory is limited to {limit}; {used} are used.").format(
        limit=_size(limit), used=_size(used)
    )
    if limit - used < LITTLE_MEMORY:
        remedy = _("Shut down kernels and notebooks that you do not need, or ask for more memory.")
        return Finding("memory", Level.WARNING, message, remedy)
    return Finding("memory", Level.OK, message)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):
        return None


def _size(number: int) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"
