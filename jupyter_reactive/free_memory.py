"""Gives memory that was freed back to the system.

glibc keeps what Python has freed, for a process that lives for days: some 7 MB of a Jupyter whose
modules had to be compiled at its start, as where nothing may write bytecode.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes

# What comes together, such as the files of a page, is over by then.
DELAY = 5.0


class FreeMemory:
    """Looks after what a moment of work has left behind."""

    def __init__(self, delay: float = DELAY) -> None:
        """Give back `delay` seconds after the last call of `soon`."""
        self._delay = delay
        self._later: asyncio.TimerHandle | None = None

    def soon(self) -> None:
        """Give back when nothing like this has happened for a while."""
        self.stop()
        self._later = asyncio.get_running_loop().call_later(self._delay, give_back)

    def stop(self) -> None:
        """Give nothing back any more."""
        if self._later is not None:
            self._later.cancel()


def give_back() -> None:
    """Give back now, which takes some milliseconds; does nothing without glibc.

    https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    """
    # Other C libraries have no such function, and on Windows there is none of this name.
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
