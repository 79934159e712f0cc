"""What another user of the machine tries on somebody's processes, ports and files.

Reads what to try from standard input, writes what came of it to standard output. Standard library
only.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import http.client
import json
import os
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
PTRACE_ATTACH, PTRACE_DETACH = 16, 17
MOST = 512 * 1024 * 1024


def outcome(e: OSError) -> str:
    return errno.errorcode.get(e.errno or 0, type(e).__name__)


def holds(path: Path, words: list[bytes]) -> bool:
    """Whether a file can be read and has one of the words in it."""
    with path.open("rb", buffering=0) as file:
        before, left = b"", MOST
        while (piece := file.read(1 << 20)) and left > 0:
            left -= len(piece)
            if any(word in before + piece for word in words):
                return True
            before = piece[-200:]
    return False


def look_into_process(pid: int, words: list[bytes]) -> dict[str, Any]:
    """Read whatever /proc shows of a process; signal and trace it."""
    readable, leaks = [], []
    folder = Path(f"/proc/{pid}")
    for path in folder.iterdir():
        try:
            if path.is_symlink():
                path.readlink()
            elif path.is_dir():
                next(path.iterdir(), None)
            elif holds(path, words):
                leaks.append(str(path))
        except OSError:
            continue
        readable.append(path.name)
    for path in folder.glob("task/*/*"):
        with contextlib.suppress(OSError):
            if path.is_file() and holds(path, words):
                leaks.append(str(path))
    return {"readable": readable, "leaks": leaks, "acts": act_on(pid)}


def send(pid: int, number: int) -> str:
    try:
        os.kill(pid, number)
    except OSError as e:
        return outcome(e)
    return "done"


def act_on(pid: int) -> dict[str, str]:
    acts = {}
    for number in (0, signal.SIGSTOP, signal.SIGKILL):
        acts[f"signal {int(number)}"] = send(pid, number)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(PTRACE_ATTACH, pid, 0, 0) == 0:
        libc.ptrace(PTRACE_DETACH, pid, 0, 0)
        acts["trace"] = "done"
    else:
        acts["trace"] = errno.errorcode[ctypes.get_errno()]
    send(pid, signal.SIGCONT)
    return acts


def ask(port: int, verb: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        body = b"{}" if verb in {"POST", "PUT", "PATCH"} else None
        connection.request(verb, path, body=body, headers=headers)
        reply = connection.getresponse()
        answer = {
            "status": reply.status,
            "location": reply.getheader("Location", ""),
            "text": reply.headers.as_string() + reply.read(1 << 20).decode("latin-1"),
        }
    except (OSError, http.client.HTTPException) as e:
        answer = {"status": 0, "location": "", "text": repr(e)}
    finally:
        connection.close()
    return {"port": port, "verb": verb, "path": path, **answer}


def knock(port: int, paths: list[str]) -> Iterator[dict[str, Any]]:
    """Ask for every path with every verb, and by websocket."""
    for path in paths:
        for verb in VERBS:
            yield ask(port, verb, path, {"Content-Type": "application/json"})
        yield ask(port, "GET", f"{path}?session_id=s_1", HANDSHAKE) | {"verb": "websocket"}


def connect(address: str) -> str:
    """Connect to a unix socket; an abstract one begins with @."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        except OSError as e:
            return outcome(e)
    return "done"


def look_into_files(folders: list[str], uid: int, words: list[bytes]) -> dict[str, list[str]]:
    """Walk folders; what of the user's can be written, and what that can be read has the words."""
    found: dict[str, list[str]] = {"writable": [], "leaks": [], "readable": []}
    for folder in folders:
        for place, below, names in os.walk(folder):
            below[:] = [name for name in below if Path(place, name).lstat().st_uid == uid]
            if Path(place).stat().st_uid == uid and os.access(place, os.W_OK):
                found["writable"].append(place)
            for name in names:
                path = Path(place, name)
                with contextlib.suppress(OSError):
                    about = path.lstat()
                    if about.st_uid != uid or not stat.S_ISREG(about.st_mode):
                        continue
                    if os.access(path, os.W_OK):
                        found["writable"].append(str(path))
                    if holds(path, words):
                        found["leaks"].append(str(path))
                    found["readable"].append(str(path))
    return found


def main() -> None:
    task = json.load(sys.stdin)
    words = [word.encode() for word in task["words"]]
    result = {
        "processes": {pid: look_into_process(pid, words) for pid in task["pids"]},
        "answers": [answer for port, paths in task["ports"] for answer in knock(port, paths)],
        "sockets": {address: connect(address) for address in task["sockets"]},
        "files": look_into_files(task["folders"], task["uid"], words),
    }
    json.dump(result, sys.stdout)


main()
