"""Asks a Jupyter server of this machine."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from jupyter_server.utils import url_path_join

REQUEST_TIMEOUT = 5


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect leads to a login, which says nothing of the route; and the token stays here."""

    def redirect_request(self, *_request: Any) -> None:
        """Take it as the answer."""


_OPENER = urllib.request.build_opener(_NoRedirects)


def ask(url: str, token: str, route: str) -> Any:
    """The JSON that a route answers.

    Args:
        url: the server's address, base URL included, from Jupyter's own record of its servers.
        token: what opens it; may be empty.
        route: below the base URL.

    Raises:
        urllib.error.HTTPError: it refuses, or there is no such route.
        OSError: it does not answer.
    """
    headers = {"Authorization": f"token {token}"} if token else {}
    request = urllib.request.Request(url_path_join(url, route), headers=headers)  # noqa: S310
    with _OPENER.open(request, timeout=REQUEST_TIMEOUT) as reply:
        return json.load(reply)
