"""What every handler in front of a marimo server does: the guard, and marimo's page for a browser.

Knows no route of ours and nothing of which server answers.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
from jupyter_server.utils import url_path_join

from . import identity
from .assets.catalog import Catalog
from .assets.store import AssetStore
from .errors import ForeignPage, ReactiveError
from .notebooks import marimo, marimo_messages, marimo_static
from .origin import HEADERS, PAGE_TOKEN_QUERY, SAFE_METHODS, is_page_token, page_token
from .pages import STATIC
from .pages.base import PageHandler
from .policy import Policy
from .sockets import SocketHandler
from .streaming import StreamingHandler
from .translation import _
from .transport import COOKIE, fitted

# Jupyter's credentials stay in Jupyter.
# A page's address may hold the token that it was opened with.
PRIVATE_HEADERS = ("Cookie", "Authorization", "X-Xsrftoken", "Referer")
# How Jupyter's own clients hand the token to a websocket.
TOKEN_SUBPROTOCOL = "v1.token.websocket.jupyter.org"  # noqa: S105  # a name, no secret
# By which a browser asks for what has changed only.
CONDITIONS = ("If-None-Match", "If-Modified-Since")
SUBPROTOCOL_HEADER = "Sec-Websocket-Protocol"
PAGE_TOKEN_SCRIPT = Path(STATIC, "page_token.js").read_text("utf-8")
LATER_SCRIPT = Path(STATIC, "later.js").read_text("utf-8")
WORKER_SCRIPT = Path(STATIC, "worker.js").read_text("utf-8")


class FrontingHandler(PageHandler, StreamingHandler, SocketHandler):
    """Base of the handlers that forward to a marimo server."""

    assets: AssetStore
    policy: Policy

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the browser found out, from the cookie that goes no further.
        self.found_transport: str | None = None
        self._words: asyncio.Queue[bytes] | None = None

    @property
    def route(self) -> str:
        """Marimo's route."""
        raise NotImplementedError

    @property
    def session_id(self) -> str:
        """The session that the request is about, as marimo's page names it."""
        return str(self.request.headers.get(marimo.SESSION_HEADER, ""))

    @property
    def page_id(self) -> str:
        """The session id that a page gives itself, in the address of its session."""
        return str(self.get_query_argument(marimo.SESSION_QUERY, ""))

    @property
    def is_page(self) -> bool:  # type: ignore[override]  # only one route has a page
        """Whether the answer is marimo's page, which carries what opens a session."""
        return self.is_page_route

    @property
    def is_page_route(self) -> bool:
        """Whether the request is for marimo's page."""
        return self.route == marimo.PAGE_ROUTE

    @property
    def asking_session(self) -> str:
        """The session that asks, for the limit of each."""
        return self.session_id or self.page_id

    @property
    def loading_label(self) -> str:
        """What marimo's page says until its program is there."""
        return _("The editor is being loaded…")

    @property
    def is_connection(self) -> bool:
        """Whether the answer stays open, for what a kernel says."""
        return self._is_upgrade or self.route == marimo.EVENTS_ROUTE

    def keep_private(self) -> None:
        """Drop from the request what is Jupyter's, and what a client says in our name."""
        identity.drop_claims(self.request.headers)
        self.found_transport = self.get_cookie(COOKIE)
        for name in PRIVATE_HEADERS:
            self.request.headers.pop(name, None)
        protocols = self.request.headers.pop(SUBPROTOCOL_HEADER, "").split(",")
        kept = [word.strip() for word in protocols if TOKEN_SUBPROTOCOL not in word]
        if any(kept):
            self.request.headers[SUBPROTOCOL_HEADER] = ", ".join(filter(None, kept))
        if self.is_page_route:
            # What a browser has kept was made for the transport that it had then.
            for name in CONDITIONS:
                self.request.headers.pop(name, None)

    def refuse_unguarded(self) -> None:
        """Refuse what marimo would do for any page; a page of ours shows that it is one.

        Raises:
            ForeignPage: there is no sign of it.
        """
        if self.token_authenticated:
            return
        if self._is_upgrade:
            shown = self.get_query_argument(PAGE_TOKEN_QUERY, "")
            is_known = is_page_token(shown, self.settings["cookie_secret"], self.base_url)
        else:
            method = self.request.method or ""
            is_known = method in SAFE_METHODS or marimo.is_guarded(method, self.route)
        if not is_known:
            raise ForeignPage(
                _("This does not come from a page of the notebooks."),
                _("Load the page of the notebook again; programs send Jupyter's token."),
            )

    @property
    def visitor(self) -> identity.Visitor:
        """Who asks."""
        return identity.visitor(self.current_user, self.identity_provider)

    def told_headers(self) -> dict[str, str]:
        """What marimo is told of who asks."""
        return identity.told(self.visitor, self.request.protocol)

    def tell(self, message: str) -> None:
        """Send the page a message of ours, whichever way it hears from marimo."""
        if self._words is None:
            super().tell(message)
        else:
            self._words.put_nowait(marimo_messages.event(message).encode())

    def adapt_headers(self) -> None:
        """Keep marimo's session to ourselves, allow framing by our own pages."""
        self.clear_header("Set-Cookie")
        self.set_header("Content-Security-Policy", self.content_security_policy)
        for name, value in HEADERS.items():
            self.set_header(name, value)
        if "Content-Type" not in self._headers and self.get_status() not in {204, 304}:
            self.set_header("Content-Type", "application/octet-stream")
        if self.is_page_route:
            self.clear_header("Etag")
            self.clear_header("Last-Modified")
            self.set_header("Cache-Control", "no-cache")

    def fitted_page(self, body: bytes) -> str:
        """Marimo's page with our files, our guard and what the operator wants."""
        return self.policy.fitted(self._with_our_assets(body.decode()), self.static_url)

    def delivered(self, html: str) -> bytes:
        """A page as this browser gets it: with the token and the transport that works there."""
        return fitted(
            self._with_token(html),
            self.forwarding.transport,
            self.found_transport,
            base_url=self.base_url,
            script_url=self.static_url("transport.js"),
        ).encode()

    def explained(self, body: bytes, path: str) -> bytes:
        """An error of marimo's on a page of ours.

        Args:
            body: marimo's answer.
            path: the notebook's contents path.
        """
        error = ReactiveError(_detail(body), _("Go back to the file browser."))
        page = self.error_page(error, path=path).encode()
        self.clear_header("Content-Encoding")
        return page

    def with_worker(self, body: bytes) -> bytes:
        """Marimo's service worker, which keeps our pack besides."""
        return body + self._pack_worker().encode()

    def _with_our_assets(self, page: str) -> str:
        """Take the page's static files from `reactive/assets/`, if its marimo is the one here."""
        catalog = self.assets.catalog
        if catalog is None or not catalog.fits(page):
            return page
        worker = marimo_static.worker_address(page)
        self.assets.compress_soon()
        page = marimo_static.without_rare_files(page)
        page = marimo_static.with_static_files(page, self._assets_url(catalog))
        if worker is None:
            return page
        data = {
            "mark": marimo_static.DEFERRED,
            "worker": worker,
            "place": marimo_static.ROOT_ELEMENT,
            "label": self.loading_label,
        }
        return marimo.with_script(marimo_static.deferred(page), LATER_SCRIPT, data)

    def _pack_worker(self) -> str:
        """What marimo's service worker does besides."""
        catalog = self.assets.catalog
        if catalog is None:
            return ""
        places = {"pack": self.pack_url(), "folder": f"{self._assets_url(catalog)}/"}
        return f"\nself.reactivePack = {json.dumps(places)};\n{WORKER_SCRIPT}"

    def pack_url(self) -> str:
        """Where the pack of the editor's scripts is; nothing without a marimo of ours."""
        catalog = self.assets.catalog
        return f"{self._assets_url(catalog)}/{catalog.pack_name}" if catalog else ""

    def _assets_url(self, catalog: Catalog) -> str:
        return str(url_path_join(self.base_url, "reactive/assets", catalog.version))

    def _with_token(self, page: str) -> str:
        token = page_token(self.settings["cookie_secret"], self.base_url)
        data = {
            "name": PAGE_TOKEN_QUERY,
            "token": token,
            "path": url_path_join(self.base_url, self.proxy_base, "/"),
        }
        return marimo.with_script(page, PAGE_TOKEN_SCRIPT, data)

    def is_worker(self, reply: aiohttp.ClientResponse) -> bool:
        """Whether an answer is marimo's service worker."""
        return reply.status == 200 and self.route == marimo_static.WORKER_ROUTE

    def is_served_page(self, reply: aiohttp.ClientResponse) -> bool:
        """Whether an answer is marimo's page."""
        return (
            reply.status == 200
            and self.request.method == "GET"
            and self.is_page_route
            and reply.content_type == "text/html"
            and "Content-Encoding" not in reply.headers
        )


def _detail(body: bytes) -> str:
    """Marimo's own words for an error."""
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return _("The marimo server answered with an error.")
