"""What tasks in the background have in common."""

from __future__ import annotations

import asyncio
from typing import Any


def retrieve(task: asyncio.Task[Any]) -> None:
    """Take a background task's error, which its owner has told already."""
    if not task.cancelled():
        task.exception()
