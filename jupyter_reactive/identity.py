"""Tells a notebook who looks at it, in one header that nobody else can set.

Knows nothing of where the request goes.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tornado.httputil import HTTPHeaders

USER_HEADER = "X-Reactive-User"
# What gateways say of a client, marimo would believe of us too; jupyter-server-proxy says some of
# it again.
_FORWARDED = ("forwarded", "x-forwarded-", "x-real-ip", "x-original-", "x-proxycontextpath")


def drop_claims(headers: HTTPHeaders) -> None:
    """Remove what a client says of who and where it is.

    Args:
        headers: of a request; changed in place.
    """
    for name in list(headers):
        # Some programs cannot tell `_` from `-`.
        plain = name.lower().replace("_", "-")
        if plain == USER_HEADER.lower() or plain.startswith(_FORWARDED):
            del headers[name]


def told(user: Any, protocol: str) -> dict[str, str]:
    """The headers that say to marimo who asks, and by which protocol.

    Args:
        user: Jupyter's `current_user`.
        protocol: ``http`` or ``https``, as Jupyter knows it.
    """
    return {USER_HEADER: quote(user.username, safe="@"), "X-Forwarded-Proto": protocol}
