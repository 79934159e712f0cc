"""Notebooks that tests export, and what an export has started."""

from __future__ import annotations

import contextlib

import psutil
from cells import source_of

SUM = source_of("import marimo as mo", "print('printed')\n6 * 7")
# Its second cell has a name, and raises.
BROKEN = source_of("before = 1", "1 / 0", "after = 7\nafter * 7").replace(
    "def _():\n    1", "def boom():\n    1"
)
# Says that it has begun, and never ends.
ENDLESS = source_of(
    "import pathlib, time\npathlib.Path(__file__).with_name('begun').touch()\ntime.sleep(600)"
)
# Ends its own process.
DEADLY = source_of("import os", "os._exit(3)")


def exporting(parent: int | None = None) -> list[psutil.Process]:
    """The processes below one (this one unless it is named) that an export has started."""
    found = []
    for child in psutil.Process(parent).children(recursive=True):
        # It may have ended meanwhile.
        with contextlib.suppress(psutil.Error):
            if "reactive-" in child.environ().get("TMPDIR", ""):
                found.append(child)
    return found
