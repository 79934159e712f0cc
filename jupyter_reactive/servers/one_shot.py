"""Runs a program to its end, in a child with a limit, and tells how it ended and what it said."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from .launcher import HOST, LaunchSpec
from .masking import Secret
from .process import ChildProcess


def one_shot(
    command: Sequence[str], folder: Path, environment: dict[str, str], words: str = "\n"
) -> LaunchSpec:
    """What to run once.

    Args:
        command: program and arguments.
        folder: the working folder.
        environment: all of it.
        words: what the program reads from its standard input; not empty.
    """
    return LaunchSpec(
        command=tuple(command),
        folder=folder,
        # What it says has to come while it runs.
        environment={**environment, "PYTHONUNBUFFERED": "1"},
        # It listens nowhere, and is asked for nothing.
        host=HOST,
        port=0,
        secret=Secret(secrets.token_urlsafe(32)),
        input=Secret(words),
        start_timeout=0,
        stop_timeout=0,
    )


async def run_to_end(
    spec: LaunchSpec,
    log: logging.Logger,
    seconds: float = 0,
    ended: Callable[[ChildProcess], Awaitable[object]] = lambda child: child.ended.wait(),
) -> tuple[int, list[str]]:
    """The exit code and the last words of a program. Cancelled, it ends all that it has started.

    Args:
        spec: what to run.
        log: where its output goes, at debug level.
        seconds: how long it may take; 0 for any time.
        ended: waits for its end; may raise where it will never come.

    Raises:
        asyncio.TimeoutError: it takes longer, and has been ended.
        StartFailed: it cannot be started.
    """
    child = ChildProcess(spec, log, on_end=lambda _child: None)
    try:
        await child.start()
        await asyncio.wait_for(ended(child), seconds or None)
    finally:
        await child.stop(at_once=True)
    code = child.exit_code
    assert code is not None
    return code, child.log_lines()
