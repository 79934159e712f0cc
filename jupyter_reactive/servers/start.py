"""Starts one server and waits until it answers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from ..errors import PortTaken, ServerUnavailable, StartTimeout
from .client import MarimoClient
from .failures import from_end, refuse_too_old
from .launcher import EditServerLauncher
from .process import ChildProcess
from .running import RunningServer

PROBE_INTERVAL = 0.05
# A port can be taken between our look and the child's bind.
START_ATTEMPTS = 2


async def start_server(
    launcher: EditServerLauncher,
    folder: Path,
    log: logging.Logger,
    *,
    on_child: Callable[[ChildProcess], None],
    on_end: Callable[[ChildProcess], None],
) -> RunningServer:
    """Start a server; returns when it answers. Whatever goes wrong, no child is left.

    Args:
        launcher: says what to run.
        folder: the contents root.
        log: where the child's output goes.
        on_child: called with each child before it is started.
        on_end: called with a child that has ended.

    Raises:
        StartFailed: it cannot be started; each cause has its own class and words.
    """
    for attempt in range(START_ATTEMPTS):
        spec = launcher.spec(folder)
        client = MarimoClient(spec.url, spec.secret)
        child = ChildProcess(spec, log, on_end)
        on_child(child)
        try:
            await child.start()
            version = await _until_ready(child, client)
            return RunningServer(spec, child, client, version, await client.guard_token())
        except BaseException as e:
            await client.close()
            await child.stop()
            if attempt + 1 == START_ATTEMPTS or not isinstance(e, PortTaken):
                raise
    raise AssertionError("the loop returns or raises")


async def _until_ready(child: ChildProcess, client: MarimoClient) -> str:
    """Wait until the child answers; returns the version of its marimo."""
    deadline = time.monotonic() + child.spec.start_timeout
    while time.monotonic() < deadline:
        if child.ended.is_set():
            raise from_end(child.exit_code or 0, child.log_lines(), child.spec)
        if await client.is_listening():
            try:
                version = await client.version()
            except ServerUnavailable as e:
                raise PortTaken(child.spec.port) from e
            refuse_too_old(version)
            return version
        await asyncio.sleep(PROBE_INTERVAL)
    raise StartTimeout(child.spec.start_timeout)
