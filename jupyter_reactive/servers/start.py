"""Starts one server and waits until it answers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from ..start_errors import PortTaken, StartTimeout
from .client import MarimoClient
from .failures import from_end, refuse_too_old
from .launcher import Launcher, LaunchSpec
from .listener import Listener, PrivateSocket, find_listener, find_private_socket
from .process import ChildProcess
from .running import RunningServer

PROBE_INTERVAL = 0.05
# A port can be taken between our look and the child's bind.
START_ATTEMPTS = 2


async def start_server(
    launcher: Launcher,
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
        child = ChildProcess(spec, log, on_end)
        on_child(child)
        client: MarimoClient | None = None
        try:
            await child.start()
            client = MarimoClient(spec.url, spec.secret, await _until_listening(child))
            version = await client.version()
            refuse_too_old(version)
            return RunningServer(spec, child, client, version, await client.guard_token())
        except BaseException as e:
            if client is not None:
                await client.close()
            await child.stop()
            if attempt + 1 == START_ATTEMPTS or not isinstance(e, PortTaken):
                raise
    raise AssertionError("the loop returns or raises")


async def _until_listening(child: ChildProcess) -> Listener | PrivateSocket:
    """Wait until the child itself listens; a stranger who took its port does not count."""
    spec = child.spec
    deadline = time.monotonic() + spec.start_timeout
    while time.monotonic() < deadline:
        if child.ended.is_set() or child.pid is None:
            raise from_end(child.exit_code or 0, child.log_lines(), spec)
        listener = await asyncio.to_thread(_listener, child.pid, spec)
        if listener is not None:
            return listener
        await asyncio.sleep(PROBE_INTERVAL)
    raise StartTimeout(spec.start_timeout)


def _listener(group: int, spec: LaunchSpec) -> Listener | PrivateSocket | None:
    if spec.socket is not None:
        return find_private_socket(group, spec.socket)
    return find_listener(group, spec.host, spec.port)
