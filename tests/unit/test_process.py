"""A child is started, heard and ended whole. Real processes."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from pathlib import Path

import psutil
import pytest

from jupyter_reactive.servers import process as process_module
from jupyter_reactive.servers.launcher import LaunchSpec
from jupyter_reactive.servers.process import LINE_BYTES, LOG_LINES, ChildProcess
from jupyter_reactive.start_errors import FolderUnreadable, MarimoMissing

RESOURCES = Path(__file__).parent.parent / "resources"
SECRET = "s3cret-that-nobody-may-see"


def spec(folder: Path, *command: str, stop_timeout: float = 2) -> LaunchSpec:
    return LaunchSpec(
        command=command,
        folder=folder,
        environment={},
        host="127.0.0.1",
        port=1,
        secret=SECRET,
        start_timeout=5,
        stop_timeout=stop_timeout,
    )


def child(folder: Path, script: str, *arguments: str, **options: float) -> ChildProcess:
    command = (sys.executable, str(RESOURCES / script), *arguments)
    return ChildProcess(
        spec(folder, *command, **options), logging.getLogger("test"), on_end=lambda _child: None
    )


async def wait_for_line(process: ChildProcess, start: str) -> str:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for line in process.log_lines():
            if line.startswith(start):
                return line
        await asyncio.sleep(0.02)
    raise AssertionError(f"no line {start!r} in {process.log_lines()}")


def gone(pid: int, within: float = 2) -> bool:
    """Whether a process has ended; a kill takes the system a moment."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


async def test_secret_goes_through_a_pipe_and_nowhere_else(tmp_path: Path):
    process = child(tmp_path, "echo_secret.py")
    await process.start()
    line = await wait_for_line(process, "read")
    assert line == f"read {len(SECRET)} characters: ***"
    running = psutil.Process(process.pid)
    assert SECRET not in " ".join(running.cmdline())
    assert SECRET not in str(running.environ())
    assert SECRET not in repr(process.spec)
    await process.stop()
    assert gone(process.pid)


async def test_whole_group_ends(tmp_path: Path):
    process = child(tmp_path, "family.py")
    await process.start()
    grandchild = int((await wait_for_line(process, "grandchild")).split()[1])
    assert not gone(grandchild, within=0.1)
    await process.stop()
    assert gone(process.pid)
    assert gone(grandchild)


async def test_grandchild_ends_when_the_child_dies_by_itself(tmp_path: Path):
    process = child(tmp_path, "family.py")
    await process.start()
    grandchild = int((await wait_for_line(process, "grandchild")).split()[1])
    psutil.Process(process.pid).kill()
    await asyncio.wait_for(process.ended.wait(), 5)
    assert process.exit_code == -9
    assert gone(grandchild)


async def test_language_server_ends_when_marimo_is_killed(tmp_path: Path):
    """It has a session of its own, which no signal to the group reaches."""
    process, other = child(tmp_path, "family.py", "apart"), child(tmp_path, "family.py", "apart")
    await process.start()
    await other.start()
    apart = int((await wait_for_line(process, "apart")).split()[1])
    left = int((await wait_for_line(other, "apart")).split()[1])
    daemon = int((await wait_for_line(process, "daemon")).split()[1])
    psutil.Process(process.pid).kill()
    await asyncio.wait_for(process.ended.wait(), 5)
    assert gone(apart)
    # Neither that of another server, nor what the user's own code has started to stay.
    assert not gone(left, within=0.1)
    assert not gone(daemon, within=0.1)
    psutil.Process(daemon).kill()
    daemon = int((await wait_for_line(other, "daemon")).split()[1])
    other.kill_now()
    assert gone(left)
    psutil.Process(daemon).kill()
    await other.ended.wait()


async def test_child_that_ignores_sigterm_is_killed_after_the_time_limit(tmp_path: Path):
    process = child(tmp_path, "stubborn.py", stop_timeout=0.3)
    await process.start()
    await wait_for_line(process, "ready")
    began = time.monotonic()
    await process.stop()
    assert 0.3 <= time.monotonic() - began < 5
    assert process.exit_code == -9


async def test_frozen_child_is_killed(tmp_path: Path):
    process = child(tmp_path, "family.py", stop_timeout=0.3)
    await process.start()
    await wait_for_line(process, "grandchild")
    psutil.Process(process.pid).suspend()
    await process.stop()
    assert gone(process.pid)


async def test_without_an_event_loop(tmp_path: Path):
    process = child(tmp_path, "family.py")
    await process.start()
    grandchild = int((await wait_for_line(process, "grandchild")).split()[1])
    process.kill_now()
    assert gone(process.pid)
    assert gone(grandchild)
    await process.ended.wait()


async def test_log_is_a_ring_of_lines(tmp_path: Path):
    process = child(tmp_path, "chatter.py", str(LOG_LINES * 3))
    await process.start()
    await asyncio.wait_for(process.ended.wait(), 10)
    lines = process.log_lines()
    assert len(lines) == LOG_LINES
    assert lines[-1] == "end"
    assert max(map(len, lines)) <= 70_000


async def test_of_a_flood_the_end_is_kept(tmp_path: Path):
    flood = "for _line in range(2000): print('x' * 10_000)\nprint('last words')"
    process = ChildProcess(
        spec(tmp_path, sys.executable, "-c", flood),
        logging.getLogger("test"),
        on_end=lambda _child: None,
    )
    await process.start()
    await asyncio.wait_for(process.ended.wait(), 30)
    lines = process.log_lines()
    assert lines[-1] == "last words"
    assert any("bytes of output are left out" in line for line in lines)


async def test_on_end_is_called_once(tmp_path: Path):
    ended: list[ChildProcess] = []
    process = ChildProcess(
        spec(tmp_path, sys.executable, "-c", "raise SystemExit(7)"),
        logging.getLogger("test"),
        on_end=ended.append,
    )
    await process.start()
    await asyncio.wait_for(process.ended.wait(), 10)
    assert ended == [process]
    assert process.exit_code == 7
    await process.stop()


async def test_missing_program(tmp_path: Path):
    process = ChildProcess(
        spec(tmp_path, str(tmp_path / "nix")), logging.getLogger("test"), on_end=lambda _child: None
    )
    with pytest.raises(MarimoMissing):
        await process.start()
    await process.stop()


async def test_missing_folder(tmp_path: Path):
    process = child(tmp_path / "nix", "family.py")
    with pytest.raises(FolderUnreadable) as raised:
        await process.start()
    assert str(tmp_path / "nix") in raised.value.message


async def test_no_part_of_the_secret_is_left_where_a_line_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Lines longer than the ring keeps, cut at each character of the secret; in pieces too."""
    monkeypatch.setattr(process_module, "OUTPUT_BYTES", 10**9)
    code = (
        "import sys\n"
        "secret = sys.stdin.read()\n"
        f"for n in range({LINE_BYTES} - 2 * len(secret), {LINE_BYTES} + 2):\n"
        "    print('-' * n, end='', flush=True)\n"
        "    print(secret, end='', flush=n % 2)\n"
        "    print('=' * (n % 3 * 100))\n"
        f"    print('é' * (n // 2) + '-' * (n % 2) + secret)\n"
        "print('end')\n"
    )
    process = ChildProcess(
        spec(tmp_path, sys.executable, "-c", code),
        logging.getLogger("test"),
        on_end=lambda _child: None,
    )
    await process.start()
    await asyncio.wait_for(process.ended.wait(), 30)
    lines = process.log_lines()
    assert lines[-1] == "end"
    assert len(lines) == 2 * (2 * len(SECRET) + 2) + 1
    left = {line.strip("-=é*�")[:12] for line in lines[:-1]}
    assert left == {""}
