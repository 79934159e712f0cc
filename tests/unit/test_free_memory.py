"""What was freed goes back to the system, after a while of quiet."""

from __future__ import annotations

import asyncio
import platform

import psutil
import pytest

from jupyter_reactive.free_memory import FreeMemory

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc keeps it")


def megabytes() -> float:
    return psutil.Process().memory_info().rss / 1e6


def leave_holes() -> list[bytes]:
    """Free 60 MB in small pieces, below one that is kept: the heap cannot shrink."""
    pieces = [bytes(1000) for _ in range(60_000)]
    return pieces[-1:]


def test_once_after_the_last_call():
    async def work() -> tuple[float, float, float]:
        memory = FreeMemory(0.2)
        kept = leave_holes()
        before = megabytes()
        for _call in range(3):
            memory.soon()
            await asyncio.sleep(0.1)
        during = megabytes()
        await asyncio.sleep(0.3)
        assert kept
        return before, during, megabytes()

    before, during, after = asyncio.run(work())
    assert during > before - 10
    assert after < before - 40


def test_never_after_the_end():
    async def work() -> tuple[float, float]:
        memory = FreeMemory(0.05)
        kept = leave_holes()
        before = megabytes()
        memory.soon()
        memory.stop()
        await asyncio.sleep(0.2)
        assert kept
        return before, megabytes()

    before, after = asyncio.run(work())
    assert after > before - 10
