"""Knows the socket on which a child listens from one that another user of the machine opened.

A free port is free for everybody: a stranger may take it before marimo does, or when marimo has
ended. An answer proves nothing, so the system is asked whose socket it is. Knows nothing of HTTP.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil
else:
    from . import lazy_psutil as psutil


@dataclass(frozen=True)
class Listener:
    """A socket on which a child listens.

    Nobody else can listen on its address as long as it is there. So a connection belongs to the
    child if the socket was there before it and is there after it.

    Attributes:
        process: who serves it: the child itself, or one below it where the command is a script
            around marimo.
        host: its address.
        port: its port.
        descriptor: its number in the process.
        inode: what the system calls it, where it has a name (Linux); else None.
    """

    process: psutil.Process
    host: str
    port: int
    descriptor: int
    inode: int | None

    def is_there(self) -> bool:
        """Whether it is still the same socket that listens."""
        if self.inode is not None:
            return _inode(self.process.pid, self.descriptor) == self.inode
        with contextlib.suppress(psutil.Error, OSError):
            return self.descriptor in _descriptors(self.process, self.host, self.port)
        return False


@dataclass(frozen=True)
class PrivateSocket:
    """A unix socket on which a child listens, in a folder that only this user may enter.

    Attributes:
        process: who serves it.
        path: its address.
    """

    process: psutil.Process
    path: Path

    def is_there(self) -> bool:
        """Whether it is still there."""
        return self.path.exists()


def find_private_socket(group: int, path: Path) -> PrivateSocket | None:
    """The socket at a private place, or None as long as nobody listens there.

    Args:
        group: the process group of the child.
        path: the socket's address.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        try:
            trial.connect(str(path))
        except OSError:
            return None
    child = psutil.Process(group)
    # Another Python is below the child, which only waits for it.
    below = [process for process in child.children() if os.getpgid(process.pid) == group]
    return PrivateSocket(next(iter(below), child), path)


def find_listener(group: int, host: str, port: int) -> Listener | None:
    """The socket on which a process of a group listens, or None: nobody does, or a stranger.

    Args:
        group: the process group.
        host: the address.
        port: the port.
    """
    for pid in psutil.pids():
        # They come and go, and those of other users are none of our business.
        with contextlib.suppress(psutil.Error, OSError):
            if os.getpgid(pid) != group:
                continue
            process = psutil.Process(pid)
            for descriptor in _descriptors(process, host, port):
                return Listener(process, host, port, descriptor, _inode(pid, descriptor))
    return None


def listener_of(pid: int, port: int) -> Listener | None:
    """The socket on which a process listens at a port, whatever its address, or None.

    Args:
        pid: the process.
        port: the port.
    """
    with contextlib.suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        for connection in process.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                inode = _inode(pid, connection.fd)
                return Listener(process, connection.laddr.ip, port, connection.fd, inode)
    return None


def _descriptors(process: psutil.Process, host: str, port: int) -> list[int]:
    return [
        connection.fd
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr == (host, port)
    ]


def _inode(pid: int, descriptor: int) -> int | None:
    """What Linux calls an open socket.

    psutil reads every connection of the machine, which takes 10 ms for each 1000 of them.
    """
    if sys.platform != "linux":
        return None
    try:
        return Path(f"/proc/{pid}/fd/{descriptor}").stat().st_ino
    except OSError:
        return None
