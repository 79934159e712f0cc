"""How much memory a server holds, with all that it has started. Knows nothing of whose it is."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil
else:
    from . import lazy_psutil as psutil


async def held_memory(pid: int) -> int | None:
    """Bytes that a process and its descendants hold; None when it is gone.

    On Linux what several processes use is shared out among them (PSS,
    https://docs.kernel.org/filesystems/proc.html), elsewhere it counts for each.

    Args:
        pid: of the process.
    """
    return await asyncio.to_thread(_held, pid)


def _held(pid: int) -> int | None:
    try:
        top = psutil.Process(pid)
        family = [top, *top.children(recursive=True)]
    except psutil.Error:
        return None
    return sum(map(_size, family)) or None


def _size(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        if psutil.LINUX:
            return int(process.memory_full_info().pss)
        return int(process.memory_info().rss)
    return 0
