"""Ends what leaves the process group of a server: marimo's language servers.

marimo ends them itself, unless it is killed.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ..notebooks.marimo import LANGUAGE_SERVER_VARIABLE

if TYPE_CHECKING:
    import psutil
else:
    from . import lazy_psutil as psutil

# What a child and everything that it starts carry in their environment.
MARK = "JUPYTER_REACTIVE_SERVER"


def kill_strays(mark: str) -> None:
    """End the language servers that a child has left behind, without a wait.

    What a user's own code has started as a daemon stays, as it does after any kernel.

    Args:
        mark: the value of `MARK` in the child's environment.
    """
    for process in psutil.process_iter():
        # Those of other users cannot be asked.
        with contextlib.suppress(psutil.Error, OSError):
            found = process.environ()
            if found.get(MARK) == mark and LANGUAGE_SERVER_VARIABLE in found:
                process.kill()
