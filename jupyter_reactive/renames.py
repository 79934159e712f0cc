"""Lets renames by Jupyter's clients wait while a notebook is moved for a moment by ourselves.

Knows nothing of why it is moved, which is the business of `servers.sessions`.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from typing import Any


def hold_renames(contents_manager: Any, lock: asyncio.Lock) -> None:
    """Let each rename through a contents manager wait for a lock.

    Jupyter tells of a rename when it is done, and has no hook before it
    (https://jupyter-server.readthedocs.io/en/latest/developers/contents.html). A manager whose
    renames block the loop is left as it is: there nothing happens meanwhile.

    Args:
        contents_manager: the Jupyter server's; its `rename` is replaced, on this instance alone.
        lock: held by whoever moves a file.
    """
    rename = contents_manager.rename
    if not inspect.iscoroutinefunction(rename):
        return

    @functools.wraps(rename)
    async def rename_later(*args: Any, **kwargs: Any) -> Any:
        async with lock:
            return await rename(*args, **kwargs)

    contents_manager.rename = rename_later
