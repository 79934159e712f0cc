"""The door of every handler: asks of each request which page is behind it.

What it goes by stands in `origin`; who the user is, Jupyter has said before.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

from . import origin
from .errors import ForeignPage
from .translation import _


class DoorHandler(JupyterHandler):
    """Refuses pages of others, before anything of a request's body is taken in."""

    # Whether GET answers with a page, which only a person needs.
    is_page = False
    # From then on it is known who asks.
    is_prepared = False

    async def prepare(self, **options: Any) -> None:
        """Find the user out; refuse what a page does behind the user's back.

        Args:
            options: as Jupyter's own handlers take them.

        Raises:
            ForeignPage: a page of another site, or of another user, asks.
        """
        # Jupyter annotates its coroutine as one that answers with a further awaitable.
        await ensure_async(super().prepare(**options))  # type: ignore[arg-type]
        if self._finished:
            return
        # Who knows the token is no browser that a page could mislead.
        if not self.token_authenticated and not origin.is_welcome(self._asked()):
            raise ForeignPage(
                _("A page of another site or another user asks for the notebooks of this server."),
                _("Open them from Jupyter, or type the address; programs send Jupyter's token."),
            )
        self.is_prepared = True

    def set_default_headers(self) -> None:
        """Say what browsers may do with an answer."""
        super().set_default_headers()
        for name, value in origin.HEADERS.items():
            self.set_header(name, value)

    @property
    def _is_upgrade(self) -> bool:
        """Whether the request opens a websocket."""
        return self.request.headers.get("Upgrade", "").lower() == "websocket"

    def _asked(self) -> origin.Request:
        policy = [words.split() for words in self.content_security_policy.split(";")]
        framers = [words[1:] for words in policy if words[:1] == ["frame-ancestors"]]
        return origin.Request(
            self.request.method or "",
            self.request.headers,
            self.base_url,
            is_upgrade=self._is_upgrade,
            is_page=self.is_page,
            origin_allowed=self.check_origin(),
            framed_elsewhere=framers != [["'self'"]],
            is_proven=self._is_proven,
        )

    @property
    def _is_proven(self) -> bool:
        """Whether Jupyter's XSRF token is with the request, where no other page puts it."""
        if "X-Xsrftoken" not in self.request.headers:
            return False
        try:
            JupyterHandler.check_xsrf_cookie(self)
        except HTTPError:
            return False
        return True
