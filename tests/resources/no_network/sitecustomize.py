"""Keeps a Python process, and each one below it, from other machines; writes down what it tried.

Python loads it by its name from PYTHONPATH.
"""

from __future__ import annotations

import os
import sys
from typing import Any

HERE = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "", None}


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Called with whatever the interpreter is about to do."""
    match event, arguments:
        case ("socket.getaddrinfo" | "socket.gethostbyname", (host, *_)):
            pass
        case ("socket.connect" | "socket.sendto", (_, (host, _port, *_))):
            pass
        case _:
            return
    name = host.decode() if isinstance(host, bytes) else host
    if name in HERE:
        return
    with open(os.environ["NO_NETWORK_LOG"], "a") as log:  # noqa: PTH123  # loads nothing
        log.write(f"{event} {name} in {' '.join(sys.orig_argv)}\n")
    raise OSError(f"no network in this test: {event} {name}")


sys.addaudithook(refuse)
