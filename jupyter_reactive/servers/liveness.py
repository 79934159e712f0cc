"""Tells a server that answers from one that computes and from one that hangs."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from traitlets import Float
from traitlets.config import LoggingConfigurable

from .running import RunningServer

if TYPE_CHECKING:
    import psutil
else:
    from . import lazy_psutil as psutil

# What a hanging process may still burn: its timers.
IDLE_CPU_SHARE = 0.02


class LivenessProbe(LoggingConfigurable):
    """Asks a running server over HTTP whether it is there.

    One that does not answer but uses its processor is busy and gets more time than one that does
    nothing at all.
    """

    interval = Float(
        5,
        min=0,
        config=True,
        help="""
        Seconds between two questions to the running marimo server whether it answers. Default: 5.
        0: never ask; a server that hangs is then replaced only by hand.
        """,
    )

    timeout = Float(
        5,
        min=0.1,
        config=True,
        help="""
        Seconds that the server has for an answer before the users are told. Default: 5.
        """,
    )

    frozen_after = Float(
        20,
        min=1,
        config=True,
        help="""
        Seconds without an answer and without any computation after which a server counts as
        frozen: it is killed with its kernels and started again. Default: 20.
        """,
    )

    busy_limit = Float(
        600,
        min=0,
        config=True,
        help="""
        Seconds without an answer that a server gets which is computing. Default: 600. 0: for ever.
        """,
    )

    async def watch(self, server: RunningServer, on_silence: Callable[[float], None]) -> None:
        """Return when the server is frozen; cancel it when the server is gone.

        Args:
            server: the server to ask.
            on_silence: called with the seconds since the last answer each time that none came,
                and with 0 when the server answers again.
        """
        if not self.interval:
            await asyncio.Event().wait()
        while True:
            await asyncio.sleep(self.interval)
            answers = await server.client.is_alive(self.timeout)
            if not answers and await self._is_frozen(server, on_silence):
                return

    async def _is_frozen(self, server: RunningServer, on_silence: Callable[[float], None]) -> bool:
        """Wait until a silent server answers, or counts as frozen."""
        silent_since = still_since = time.monotonic() - self.timeout
        # The command may be a script around marimo, and a kernel that computes says nothing of it.
        process = server.client.listener.process
        cpu = _cpu_seconds(process)
        while time.monotonic() - still_since < self.frozen_after:
            silence = time.monotonic() - silent_since
            if 0 < self.busy_limit <= silence:
                break
            on_silence(silence)
            asked = time.monotonic()
            if await server.client.is_alive(self.timeout):
                on_silence(0)
                return False
            # A refusal comes at once.
            await asyncio.sleep(max(0, self.timeout - (time.monotonic() - asked)))
            before, cpu = cpu, _cpu_seconds(process)
            now = time.monotonic()
            if cpu - before > IDLE_CPU_SHARE * (now - asked) or _waits_for_disk(process):
                still_since = now
        return True


def _cpu_seconds(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def _waits_for_disk(process: psutil.Process) -> bool:
    """Whether it waits for a disk or a network file system.

    Nobody hangs then, and killing would not end it either.
    """
    with contextlib.suppress(psutil.Error):
        return bool(process.status() == psutil.STATUS_DISK_SLEEP)
    return False
