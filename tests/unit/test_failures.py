"""What the operating system refuses has its own words. A folder really shut, by its mode."""

from __future__ import annotations

import asyncio
import errno
import logging
import multiprocessing
import os
import shutil
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from jupyter_reactive.errors import ReactiveError
from jupyter_reactive.servers.failures import from_spawn
from jupyter_reactive.servers.launcher import LaunchSpec
from jupyter_reactive.servers.process import ChildProcess
from jupyter_reactive.start_errors import (
    DiskFull,
    FolderUnreadable,
    OutOfMemory,
    ProcessLimit,
    StartFailed,
)

NOBODY = 65534


def try_to_start(folder: Path, answer: Connection) -> None:
    """Start a child in a folder, as a user whom modes apply to."""
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    spec = LaunchSpec(
        command=("marimo that is not there",),
        folder=folder,
        environment={},
        host="127.0.0.1",
        port=1,
        secret="s",
        start_timeout=5,
        stop_timeout=1,
    )
    child = ChildProcess(spec, logging.getLogger("test"), on_end=lambda _child: None)
    try:
        asyncio.run(child.start())
    except ReactiveError as e:
        answer.send((type(e).__name__, e.message))


@pytest.mark.parametrize("mode, error", [(0o755, "MarimoMissing"), (0o000, "FolderUnreadable")])
def test_folder_without_rights(mode: int, error: str):
    # Not below pytest's own folder, which is shut to others as a whole.
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(mode)
        mine, theirs = multiprocessing.Pipe()
        # Forked: what another user may not read is loaded already.
        process = multiprocessing.get_context("fork").Process(
            target=try_to_start, args=(folder, theirs)
        )
        process.start()
        assert mine.poll(20)
        name, message = mine.recv()
        process.join()
        assert name == error
        if error == FolderUnreadable.__name__:
            assert str(folder) in message
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    "number, kind",
    [
        (errno.ENOSPC, DiskFull),
        (errno.ENOMEM, OutOfMemory),
        (errno.EAGAIN, ProcessLimit),
        (errno.EMFILE, ProcessLimit),
        (errno.EIO, StartFailed),
    ],
    ids=errno.errorcode.get,
)
def test_errno_of_a_spawn(number: int, kind: type[StartFailed]):
    error = from_spawn(OSError(number, os.strerror(number)), "/bin/marimo")
    assert type(error) is kind
    assert error.message
    assert error.remedy
