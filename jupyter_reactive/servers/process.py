"""Owns one child in its own process group: starts it, keeps its log, ends it whole."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import sys
import time
import uuid
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import cast

from ..start_errors import FolderUnreadable, MarimoMissing
from .failures import from_spawn
from .launcher import LaunchSpec
from .masking import Mask
from .strays import MARK, kill_strays

LOG_LINES = 500
# The longest line that is kept whole; a longer one is cut, so that the ring stays small.
LINE_BYTES = 64 * 1024
# So much of its output is looked at in a second, of the rest the end alone: a line of 64 KiB takes
# 14 ms, and what an app prints comes here.
OUTPUT_BYTES = 1024 * 1024
LAST_WORDS_SECONDS = 0.05
LEASH = Path(__file__).parent / "leash.py"


class ChildProcess:
    """One running child and everything that it starts, as a process group.

    Invariant: as long as the child's process exists, `ended` is not set; once it is set, no
    process of the group is left, and no language server that has left it.

    Args:
        spec: what to run.
        log: where its output goes, at debug level and with the secret masked.
        on_end: called once when the child ends, with the child, on the event loop.
    """

    def __init__(
        self, spec: LaunchSpec, log: logging.Logger, on_end: Callable[[ChildProcess], None]
    ) -> None:
        self.spec = spec
        self.ended = asyncio.Event()
        self._log = log
        self._on_end = on_end
        self._lines: deque[str] = deque(maxlen=LOG_LINES)
        self._mask = Mask(spec.secret, spec.environment)
        self._partial = b""
        # Of the second that it is: what has come, how much of it is left out, and its end.
        self._second = self._read = self._left_out = 0
        self._tail = b""
        self._mark = uuid.uuid4().hex
        # The end of the pipe whose closing tells the child that Jupyter is gone.
        self._leash: int | None = None
        self._transport: asyncio.SubprocessTransport | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, which is its group's too; None before it is started."""
        return self._transport.get_pid() if self._transport else None

    @property
    def exit_code(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._transport.get_returncode() if self._transport else None

    def log_lines(self) -> list[str]:
        """The last lines of the child's output, oldest first, secrets masked."""
        return list(self._lines)

    async def start(self) -> None:
        """Start the child and hand it its secret, with what else it reads, through a pipe.

        Raises:
            MarimoMissing: the program is not there.
            FolderUnreadable: the folder cannot be entered.
            StartFailed: the operating system refuses.
        """
        spec = self.spec
        if not os.access(spec.folder, os.R_OK | os.X_OK):
            raise FolderUnreadable(str(spec.folder))
        if shutil.which(spec.command[0]) is None:
            raise MarimoMissing(spec.command[0])
        leash, self._leash = os.pipe()
        try:
            spawning = asyncio.get_running_loop().subprocess_exec(
                lambda: _ChildProtocol(self._received, self._exited),
                *(sys.executable, str(LEASH), str(leash), *spec.command),
                pass_fds=(leash,),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                cwd=spec.folder,
                env={**spec.environment, MARK: self._mark},
                start_new_session=True,
            )
            task = asyncio.ensure_future(spawning)
            try:
                await asyncio.shield(task)
            finally:
                # Also when the start is cancelled: who stops the child has to know it.
                self._transport, _protocol = await task
        except BaseException as e:
            self._let_go()
            self._remove_socket()
            if not isinstance(e, OSError):
                raise
            raise from_spawn(e, spec.command[0]) from e
        finally:
            os.close(leash)
        stdin = cast("asyncio.WriteTransport", self._transport.get_pipe_transport(0))
        stdin.write((spec.input or spec.secret).encode())
        stdin.close()

    async def stop(self, *, at_once: bool = False) -> None:
        """End the whole group: SIGTERM, and after the time limit SIGKILL. Safe to call twice.

        Args:
            at_once: whether to leave SIGTERM out, for a child that cannot hear it.
        """
        if self._transport is None or self.ended.is_set():
            return
        if at_once:
            self._signal(signal.SIGKILL)
            await self.ended.wait()
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.ended.wait(), self.spec.stop_timeout or 0.001)
        except asyncio.TimeoutError:
            self._signal(signal.SIGKILL)
            await self.ended.wait()

    def kill_now(self) -> None:
        """End the whole group without an event loop, for `atexit`. Waits a moment at most."""
        pid = self.pid
        if pid is None or self.ended.is_set():
            return
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + min(self.spec.stop_timeout, 2)
        while time.monotonic() < deadline and _group_exists(pid):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            time.sleep(0.05)
        self._signal(signal.SIGKILL)
        kill_strays(self._mark)
        self._remove_socket()

    def _signal(self, number: signal.Signals) -> None:
        pid = self.pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, number)

    def _exited(self) -> None:
        # What the child started may outlive it.
        self._signal(signal.SIGKILL)
        kill_strays(self._mark)
        assert self._transport is not None
        self._transport.close()
        self._let_go()
        self._remove_socket()
        self._tell_left_out()
        self._keep(self._partial)
        self.ended.set()
        self._on_end(self)

    def _let_go(self) -> None:
        if self._leash is not None:
            os.close(self._leash)
            self._leash = None

    def _remove_socket(self) -> None:
        if self.spec.socket is not None:
            shutil.rmtree(self.spec.socket.parent, ignore_errors=True)

    def _received(self, data: bytes) -> None:
        second = int(time.monotonic())
        if second != self._second:
            self._tell_left_out()
            self._second, self._read = second, 0
        self._read += len(data)
        if self._read > OUTPUT_BYTES:
            self._left_out += len(self._partial) + len(data)
            self._tail = (self._tail + data)[-LINE_BYTES:]
            self._partial = b""
            return
        self._take(data)

    def _tell_left_out(self) -> None:
        if not self._left_out:
            return
        # What is left of a line could hold half a secret.
        tail = self._tail.partition(b"\n")[2]
        self._keep(f"… {self._left_out - len(tail):,} bytes of output are left out …".encode())
        self._left_out, self._tail = 0, b""
        self._take(tail)

    def _take(self, data: bytes) -> None:
        *lines, rest = (self._partial + data).split(b"\n")
        for line in lines:
            self._keep(line)
        # One more than is kept, to know that it is cut.
        self._partial = rest[: LINE_BYTES + 1]

    def _keep(self, raw: bytes) -> None:
        line = raw[:LINE_BYTES].decode("utf-8", "replace").rstrip()
        if line:
            line = self._mask.line(line, cut=len(raw) > LINE_BYTES)
            self._lines.append(line)
            self._log.debug("marimo: %s", line)


class _ChildProtocol(asyncio.SubprocessProtocol):
    """Hears of the exit itself, where `Process.wait` waits until the last holder of a pipe ends."""

    def __init__(self, received: Callable[[bytes], None], exited: Callable[[], None]) -> None:
        self._received = received
        self._exited = exited

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._received(data)

    def process_exited(self) -> None:
        # Output that the child wrote last is still on its way through the loop.
        asyncio.get_running_loop().call_later(LAST_WORDS_SECONDS, self._exited)


def _group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
