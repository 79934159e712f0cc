"""Who comes in at the fixed port: whom the Jupyter in front lets in, and nobody else."""

from __future__ import annotations

import secrets
from dataclasses import fields
from typing import Any

from jupyter_server.auth.identity import IdentityProvider, User
from tornado.web import RequestHandler
from traitlets import Instance, default

from .jupyters import Doorkeeper

_FIELDS = {field.name for field in fields(User)}


class FrontIdentity(IdentityProvider):
    """Takes the word of the Jupyter through which the browser comes.

    So no link needs a secret. A token of its own, new at each start, is for who comes without
    that Jupyter, and for programs on this machine.
    """

    doorkeeper = Instance(Doorkeeper, allow_none=True)

    @default("token")
    def _default_token(self) -> str:
        # Not Jupyter's own default, which prints it.
        return secrets.token_hex(24)

    async def get_user(self, handler: RequestHandler) -> User | None:
        """Who asks, by our own token or cookie, else as the Jupyter in front knows them."""
        user = await super()._get_user(handler)
        if user is not None or self.doorkeeper is None:
            return user
        cookie = handler.request.headers.get("Cookie", "")
        token = self.get_token(handler) or ""
        identity = await self.doorkeeper.user(handler.request.host, cookie, token)
        if identity is None:
            return None
        if token and not cookie:
            # A program, which no page could have misled.
            handler._token_authenticated = True  # type: ignore[attr-defined]  # noqa: SLF001
        return _user(identity)


def _user(identity: dict[str, Any]) -> User:
    return User(**{name: value for name, value in identity.items() if name in _FIELDS})
