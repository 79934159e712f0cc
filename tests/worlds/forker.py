"""Programs that start with their imports done: a warm interpreter forks for each of them.

A kernel takes a second of processor time to start, a marimo two, nearly all of it imports. Run as a
program this file is that interpreter; with the word ``run`` it is a program that stands for another
one: it ends as that one does, and takes it along when it is killed.

It needs nothing but the standard library, for it runs in whichever environment the notebooks do.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


# A kernel that finds it does not show what its children print.
_PYTEST = "PYTEST_CURRENT_TEST"


@dataclass(frozen=True)
class Ended:
    """How a program ended.

    Attributes:
        status: as `os.waitstatus_to_exitcode` has it; None where it was stopped for its time.
        cpu: seconds of processor time, with its children that it waited for.
        out: what it printed.
        err: what it printed as errors.
    """

    status: int | None
    cpu: float
    out: str
    err: str


class Forker:
    """A warm interpreter; use it as a context.

    Args:
        python: the interpreter.
        warm: source that it runs once: imports that leave no thread and no socket.
    """

    def __init__(self, python: str, warm: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="worlds-")
        self.address = str(Path(self._folder.name) / "socket")
        # One seed for all, so that the order of a set of strings is the same in both worlds.
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        environment.pop(_PYTEST, None)
        self._process = subprocess.Popen(
            [python, __file__, "serve", self.address, warm],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            self.__exit__()
            raise RuntimeError("The warm interpreter did not start.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        # Its standard input ends, and so does it.
        self._process.communicate()
        self._folder.cleanup()

    def run(self, argv: Sequence[str], folder: Path, seconds: float, before: str = "") -> Ended:
        """Run a program to its end, or until its time is over.

        Args:
            argv: a file or ``-m`` and a module, and its arguments.
            folder: where it runs.
            seconds: how long it may take.
            before: source that it runs first.
        """
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            request = {"argv": list(argv), "folder": str(folder), "before": before}
            status, cpu = None, 0.0
            with (
                Path(os.devnull).open() as nothing,
                _asked(self.address, request, (nothing, out, err)) as connection,
            ):
                connection.settimeout(seconds)
                with contextlib.suppress(TimeoutError):
                    reply = json.loads(connection.makefile().readline())
                    status, cpu = reply["status"], reply["cpu"]
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode("utf-8", "replace"))
            return Ended(status, cpu, texts[0], texts[1])


@contextlib.contextmanager
def _asked(
    address: str, request: dict[str, Any], streams: Sequence[IO[Any]]
) -> Iterator[socket.socket]:
    """A connection on which the end of a program is told; closed, it ends that program."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        message = json.dumps(request).encode() + b"\n"
        # The streams go with the first byte: the rest may come in pieces.
        socket.send_fds(connection, [message[:1]], [stream.fileno() for stream in streams])
        connection.sendall(message[1:])
        yield connection


def _serve(address: str, warm: str) -> None:
    exec(compile(warm, "<warm>", "exec"), {})  # that is what it is for
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        # Nobody waits for those who watch over the programs.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            ready, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in ready:
                return
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _watch(connection)
            connection.close()


def _watch(connection: socket.socket) -> None:
    """Fork the program and wait for it, or for the connection's end."""
    byte, descriptors, _, _ = socket.recv_fds(connection, 1, 3)
    request = json.loads(byte.decode() + connection.makefile().readline())
    wakes, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    program = os.fork()
    if program == 0:
        signal.set_wakeup_fd(-1)
        connection.close()
        for descriptor in (wakes, woken):
            os.close(descriptor)
        _end(_status_of(request, descriptors))
    for descriptor in descriptors:
        os.close(descriptor)
    ready, _, _ = select.select([connection, wakes], [], [])
    if connection in ready:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program, signal.SIGKILL)
    _, status, usage = os.wait4(program, 0)
    # What it left behind goes with it.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(program, signal.SIGKILL)
    reply = {
        "status": os.waitstatus_to_exitcode(status),
        "cpu": usage.ru_utime + usage.ru_stime,
    }
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(reply).encode() + b"\n")
    os._exit(0)


def _status_of(request: dict[str, Any], descriptors: list[int]) -> int:
    """Run the program in this process, as the interpreter does that is told to."""
    os.setsid()
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(request["folder"])
    os.environ.update(request.get("environment", {}))
    sys.stdin = os.fdopen(0)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", buffering=1)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", buffering=1)
    # Copies of one interpreter have the same random numbers before them; Python's own takes new
    # ones by itself.
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    try:
        exec(compile(request["before"], "<before>", "exec"), {})
        argv = request["argv"]
        if argv[0] == "-m":
            sys.argv = argv[1:]
            sys.path.insert(0, request["folder"])
            runpy.run_module(argv[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = argv
            sys.path.insert(0, str(Path(argv[0]).absolute().parent))
            runpy.run_path(argv[0], run_name="__main__")
    except SystemExit as e:
        if e.code is None or isinstance(e.code, int):
            return e.code or 0
        sys.stderr.write(f"{e.code}\n")
        return 1
    except BaseException:  # noqa: BLE001  # as the interpreter does
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def _end(status: int) -> None:
    """End this process as the interpreter does, but for taking a thousand modules apart.

    That is a fifth of what a small notebook takes of a processor.
    """
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status & 0xFF)


def _stand_for(address: str, argv: list[str]) -> int:
    """Run a program with this one's streams; its end is this one's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    environment = dict(os.environ)
    # A kernel ends when its parent is another one; here the connection is what tells.
    environment.pop("JPY_PARENT_PID", None)
    environment.pop(_PYTEST, None)
    request = {"argv": argv, "folder": str(Path.cwd()), "before": "", "environment": environment}
    streams = (sys.stdin, sys.stdout, sys.stderr)
    with _asked(address, request, streams) as connection:
        return int(json.loads(connection.makefile().readline())["status"])


if __name__ == "__main__":
    # The folder of this file is no place to import from.
    sys.path.pop(0)
    if sys.argv[1] == "serve":
        _serve(*sys.argv[2:])
    else:
        sys.exit(_stand_for(sys.argv[2], sys.argv[3:]))
