"""Finds a port of this machine that nobody has."""

from __future__ import annotations

import errno
import socket

from ..errors import InvalidRequest
from ..translation import _

_TRIED = 50


def is_free(port: int) -> bool:
    """Whether nobody listens at a port, by any address of `localhost`.

    Raises:
        InvalidRequest: this user may not have it.
    """
    families = {info[0] for info in socket.getaddrinfo("localhost", port)}
    return all(_can_bind(family, port) for family in families)


def next_free(port: int) -> int:
    """The first free port from this one on.

    Raises:
        InvalidRequest: there is none near it.
    """
    last = min(port + _TRIED, 65535)
    for candidate in range(port, last + 1):
        if is_free(candidate):
            return candidate
    raise InvalidRequest(
        _("No port from {first} to {last} is free.").format(first=port, last=last),
        _("Name another one with --port."),
    )


def _can_bind(family: int, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            # As tornado does: what ended a moment ago is no reason.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", port))
    except PermissionError as e:
        raise InvalidRequest(
            _("Port {port} is for the machine's administrator alone.").format(port=port),
            _("Name one from 1024 on with --port."),
        ) from e
    except OSError as e:
        # A machine may know an address and not have it.
        return e.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
    return True
