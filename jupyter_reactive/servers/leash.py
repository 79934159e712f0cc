"""Runs a command that ends, with its whole process group, when Jupyter does.

A Jupyter that is killed (out of memory, the last step of a Hub's stop) can end nobody. So its
children hold the reading end of a pipe whose writing end Jupyter alone holds: when that closes,
Jupyter is gone. Standard library only, run as a script: another environment's marimo may be on the
leash, and `python leash.py FD COMMAND…` must not load anything of ours.
"""

import os
import runpy
import signal
import subprocess
import sys
import threading
import time

GRACE_SECONDS = 3


def watch(pipe: int) -> None:
    """End the process group as soon as the other end of the pipe is closed."""
    while os.read(pipe, 1):
        pass
    group = os.getpgid(0)
    os.killpg(group, signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(group, signal.SIGKILL)


def run_beside(command: list[str]) -> int:
    """Run a command as a process of its own and end as it ends."""
    # A handler, not SIG_IGN, which the command would inherit: the group is asked to end, and the
    # command decides how long that takes.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    code = subprocess.Popen(command).wait()
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def main() -> None:
    """Take the pipe and the command from the arguments."""
    pipe, command = int(sys.argv[1]), sys.argv[2:]
    threading.Thread(target=watch, args=(pipe,), daemon=True).start()
    if command[:2] == [sys.executable, "-m"]:
        # Our own Python: one process less, as long as a notebook is open.
        sys.argv = command[2:]
        sys.path[0] = ""
        runpy.run_module(command[2], run_name="__main__", alter_sys=True)
    else:
        sys.exit(run_beside(command))


if __name__ == "__main__":
    main()
