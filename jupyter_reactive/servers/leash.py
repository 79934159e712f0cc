"""Runs a command that ends, with its whole process group, when Jupyter does.

A Jupyter that is killed (out of memory, the last step of a Hub's stop) can end nobody. So its
children hold the reading end of a pipe whose writing end Jupyter alone holds: when that closes,
Jupyter is gone. Standard library only, run as a script: another environment's marimo may be on the
leash, and `python leash.py FD COMMAND…` must not load anything of ours.
"""

import os
import signal
import sys

# Neither our own folder nor the contents root may offer modules: a `random.py` among a user's
# notebooks would be imported by marimo itself.
del sys.path[0]

import runpy  # noqa: E402
import subprocess  # noqa: E402

# A shell, since it is there as long as the server and a Python would take 5 MB. It reads until the
# other end of the pipe is closed, then ends the process group, after 3 s whatever it does.
WATCHER = """\
while read -r word; do :; done
kill -s TERM -- "-$1" || exit 0
for second in 1 2 3; do
    sleep 1
    kill -s 0 -- "-$1" || exit 0
done
kill -s KILL -- "-$1"
"""


def watch(pipe: int) -> None:
    """Wait until the other end of the pipe is closed, then end the process group.

    Runs in a process of its own outside the group, since it has to outlive who ends at once.
    """
    group = os.getpgid(0)
    if os.fork():
        return
    os.setsid()
    os.dup2(pipe, 0)
    # Whoever waits for the end of our output must not wait for the watcher.
    null = os.open(os.devnull, os.O_RDWR)
    for number in (1, 2):
        os.dup2(null, number)
    os.execv("/bin/sh", ["sh", "-c", WATCHER, "leash.py", str(group)])  # noqa: S606


def run_beside(command: list[str]) -> int:
    """Run a command as a process of its own and end as it ends."""
    # A handler, not SIG_IGN, which the command would inherit: the group is asked to end, and the
    # command decides how long that takes.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    code = subprocess.Popen(command).wait()
    if code < 0:
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def main() -> None:
    """Take the pipe and the command from the arguments."""
    pipe, command = int(sys.argv[1]), sys.argv[2:]
    watch(pipe)
    os.close(pipe)
    # Our own Python: one process less, as long as a notebook is open.
    if command[:2] == [sys.executable, "-m"]:
        sys.argv = command[2:]
        runpy.run_module(command[2], run_name="__main__", alter_sys=True)
    elif command[0] == sys.executable and command[1:2] and not command[1].startswith("-"):
        sys.argv = command[1:]
        runpy.run_path(command[1], run_name="__main__")
    else:
        sys.exit(run_beside(command))


if __name__ == "__main__":
    main()
