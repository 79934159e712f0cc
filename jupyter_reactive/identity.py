"""Tells a notebook who looks at it, in one header that nobody else can set.

For notebooks: `current_user`, in an app, in the editor and in a script alike.

    from jupyter_reactive.identity import current_user

    user = current_user()
    name = user.display_name if user else "stranger"

Knows nothing of where the request goes.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from tornado.httputil import HTTPHeaders

USER_HEADER = "X-Reactive-User"
# All that is only ours to say.
_OURS = "x-reactive-"
# What gateways say of a client, marimo would believe of us too; jupyter-server-proxy says some of
# it again.
_FORWARDED = ("forwarded", "x-forwarded-", "x-real-ip", "x-original-", "x-proxycontextpath")
# Jupyter's own providers know one person: whoever has the token or the password.
_OF_ONE_PERSON = frozenset(
    {"IdentityProvider", "PasswordIdentityProvider", "LegacyIdentityProvider"}
)
# Set in the environment of each user's server: https://jupyterhub.readthedocs.io/en/stable/
_HUB_USER = "JUPYTERHUB_USER"


@dataclass(frozen=True)
class Visitor:
    """Who looks at a notebook, as Jupyter's identity provider or JupyterHub knows them.

    Attributes:
        username: what they log in with.
        name: their name.
        display_name: how they want to be called.
        groups: JupyterHub's groups of theirs, or what the identity provider calls `groups`.
        is_owner: whether the server, and with it the notebook, is theirs.
    """

    username: str
    name: str = ""
    display_name: str = ""
    groups: tuple[str, ...] = ()
    is_owner: bool = False


def current_user() -> Visitor | None:
    """Who looks at the notebook that asks.

    In a script it is the user of the environment, who owns what they run; None where there is
    none.
    """
    request = _request()
    if request is not None:
        told = request.get(USER_HEADER.lower())
        return _read(told) if told else None
    return _of_environment()


def drop_claims(headers: HTTPHeaders) -> None:
    """Remove what a client says of who and where it is.

    Args:
        headers: of a request; changed in place.
    """
    for name in list(headers):
        # Some programs cannot tell `_` from `-`.
        plain = name.lower().replace("_", "-")
        if plain.startswith((_OURS, *_FORWARDED)):
            del headers[name]


def visitor(user: Any, provider: Any) -> Visitor:
    """Who asks.

    Args:
        user: Jupyter's `current_user`.
        provider: Jupyter's identity provider.
    """
    hub_user: Mapping[str, Any] = getattr(user, "hub_user", {})
    groups = hub_user.get("groups") or getattr(user, "groups", None) or ()
    return Visitor(
        username=user.username,
        name=user.name,
        display_name=user.display_name,
        groups=tuple(str(group) for group in groups),
        is_owner=_is_owner(user.username, provider),
    )


def told(visitor: Visitor, protocol: str) -> dict[str, str]:
    """The headers that say to marimo who asks, and by which protocol.

    Args:
        visitor: who asks.
        protocol: ``http`` or ``https``, as Jupyter knows it.
    """
    return {USER_HEADER: quote(json.dumps(asdict(visitor))), "X-Forwarded-Proto": protocol}


def _is_owner(username: str, provider: Any) -> bool:
    if owner := os.environ.get(_HUB_USER):
        return username == owner
    if type(provider).__name__ in _OF_ONE_PERSON:
        return True
    return username == _account()


def _account() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run as a number without a name.
        return None


def _read(told: str) -> Visitor:
    fields = json.loads(unquote(told))
    return Visitor(**{**fields, "groups": tuple(fields["groups"])})


def _of_environment() -> Visitor | None:
    name = os.environ.get(_HUB_USER) or _account()
    return Visitor(name, name, name, is_owner=True) if name else None


def _request() -> Mapping[str, str] | None:
    """The headers of the request that the notebook answers, or None in a script."""
    # A notebook has loaded it; Jupyter itself must not.
    marimo = sys.modules.get("marimo")
    request = marimo.app_meta().request if marimo else None
    return request.headers if request is not None else None
