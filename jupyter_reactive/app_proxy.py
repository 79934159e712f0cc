"""``reactive/run/<path>/``: a notebook as an app, which is used and never changed.

What passes is a short list of marimo's routes. Which server answers is `AppServers`' to say.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import aiohttp
from jupyter_server.utils import url_escape, url_path_join
from jupyter_server_proxy.handlers import ProxyHandler

from . import app_pages
from .app_pages import AGAIN_QUERY, RESUMES_QUERY, AppPages
from .app_troubles import with_troubles
from .contents import NotebookFiles
from .errors import (
    AppFull,
    AppHeldBack,
    ForeignPage,
    NotFound,
    ReactiveError,
    ServerUnavailable,
    SwitchedOff,
)
from .fronting import FrontingHandler
from .messages import limited, limited_events
from .named_files import NamedFiles
from .notebooks import marimo, marimo_messages, marimo_routes
from .origin import is_page_token, page_token
from .pages.base import Step
from .pages.open import SECRET_QUERIES
from .servers.activity import ActivityMonitor
from .servers.apps import AppServers
from .servers.running import RunningServer
from .translation import _
from .web import APP_RESOURCE, permitted

SCRIPT = app_pages.SCRIPT.read_text("utf-8")
# Of these an app server believes what stands in them.
APP_HEADER = "X-Reactive-App"
FRESH_HEADER = "X-Reactive-Fresh"
# Seconds between two tries of a page that waits.
START_SECONDS, QUEUE_SECONDS = 1, 5


class AppProxyHandler(FrontingHandler):
    """``reactive/run/<path>/…``: an app behind Jupyter's authentication."""

    auth_resource = APP_RESOURCE
    files: NotebookFiles
    named_files: NamedFiles
    apps: AppServers
    # Not there while tornado builds the handler.
    app_pages: AppPages | None = None
    activity: ActivityMonitor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args,
            **kwargs,
            host_allowlist=lambda _handler, host: host == "localhost",
            update_last_activity=False,
        )
        self._place: tuple[str, str | None] | None = None
        self._query: list[tuple[str, str]] = []
        self._server: RunningServer | None = None
        self._brought_more = False
        self._is_fresh = False
        self._is_inside = False

    def initialize(self, name: str, **dependencies: Any) -> None:
        """Take what the routes hand over, and say who may frame us now that it is known."""
        super().initialize(name, **dependencies)
        self.set_header("Content-Security-Policy", self.content_security_policy)

    @property
    def content_security_policy(self) -> str:
        """Jupyter's own, with the sites that may frame apps."""
        policy = super().content_security_policy
        return self.app_pages.framed_by(policy) if self.app_pages else policy

    @property
    def notebook_path(self) -> str:
        """The app's contents path."""
        return self._split()[0]

    @property
    def route(self) -> str:
        """Marimo's route."""
        return self._split()[1] or marimo.PAGE_ROUTE

    @property
    def loading_label(self) -> str:
        """What marimo's page says until its program is there."""
        return _("The app is being loaded…")

    @property
    def session_id(self) -> str:
        """The session that the request is about."""
        return self.apps.sessions.id_of(self.notebook_path, super().session_id)

    @property
    def page_id(self) -> str:
        """The session of a page that connects."""
        return self.apps.sessions.id_of(self.notebook_path, super().page_id)

    def _split(self) -> tuple[str, str | None]:
        if self._place is None:
            self._place = app_pages.split(self.files, self.path_args[0])
            self.proxy_base = url_path_join("reactive/run", url_escape(self._place[0]))
        return self._place

    async def prepare(self) -> None:  # type: ignore[override]  # ProxyHandler's takes nothing
        """Authenticate, refuse what is no part of an app, drop what is Jupyter's."""
        await super().prepare(_redirect_to_login=not self._is_upgrade)
        if self._finished:
            return
        verb = "WS" if self._is_upgrade else (self.request.method or "")
        self.named_files.check_route(self.route)
        if not marimo_routes.is_for_apps(verb, self.route):
            raise SwitchedOff(
                _("An app is there to be used: {path} is no part of it.").format(path=self.route),
                _("Open the notebook in the editor if you may change it."),
            )
        self.policy.admit(verb, self.route)
        self.refuse_unguarded()
        self.keep_private()
        query = parse_qsl(self.request.query, keep_blank_values=True)
        if self.is_page_route or self.is_connection:
            app_pages.refuse_reserved(query)
        ours = {*SECRET_QUERIES, *app_pages.OWN_QUERIES, marimo.SESSION_QUERY}
        self._query = [(key, value) for key, value in query if key not in ours]
        self._brought_more = len(query) != len(self._query)
        self.request.query = urlencode(self._query)
        self.keep_connection()
        if self.is_large:
            await self._send_on()

    def refuse_unguarded(self) -> None:
        """Refuse what no page of ours sends, posts included: marimo's own guard is off here.

        The token in marimo's page is ours, so that pages outlive their server.

        Raises:
            ForeignPage: there is no sign of one.
        """
        shown = self.request.headers.pop(marimo.SERVER_TOKEN_HEADER, "")
        if self.request.method != "POST":
            super().refuse_unguarded()
        elif not self.token_authenticated and not self._is_ours(shown):
            raise ForeignPage(
                _("This does not come from a page of the app."), _("Load the page again.")
            )

    @permitted("execute", APP_RESOURCE)
    async def _send_on(self) -> None:
        """Begin to forward a large body."""
        self.begin_upload(await self._reach(), self.route)

    @permitted("execute", APP_RESOURCE)
    async def get(self, _path: str) -> None:
        """Forward a GET, or open a websocket."""
        if self._is_upgrade:
            # Before the handshake, so that a refusal is an answer and not a broken connection.
            await self._enter()
        await ProxyHandler.get(self, self.route)

    @permitted("execute", APP_RESOURCE)
    async def head(self, _path: str) -> None:
        """Forward a HEAD."""
        await self._forward()

    @permitted("execute", APP_RESOURCE)
    async def post(self, _path: str) -> None:
        """Forward what a visitor does."""
        self.require_body()
        if self.policy.looks_into(self.route):
            self.collected = bytearray(self.policy.admitted_body(self.route, self.collected))
        self.activity.note_use()
        self.apps.sessions.note_use(self.notebook_path, self.session_id)
        await self._forward()

    @permitted("execute", APP_RESOURCE)
    async def _refused(self, _path: str) -> None:
        """No app answers to this verb, and `prepare` has said so."""
        raise NotFound(_("There is nothing here."), _("Load the page again."))

    put = patch = delete = options = _refused

    async def http_get(self, _path: str) -> None:
        """Forward a GET; the page itself is checked first, and waits for its server."""
        if self.route == marimo.EVENTS_ROUTE:
            await self._enter()
        elif self.route == marimo.THUMBNAIL_ROUTE:
            # The gallery asks before anybody has opened an app.
            await self.files.notebook(self.notebook_path)
            self.apps.refuse_held(self.notebook_path)
            self._server = await self.apps.server(self.notebook_path).ensure()
        elif self.is_page_route and self.is_navigation and not await self._is_ready():
            return
        await self._forward()

    async def open(self, _path: str) -> None:
        """Connect the browser's websocket with the app's."""
        assert self._server is not None
        await self.connect(self._server, self.route)

    def on_close(self) -> None:
        """The browser left."""
        super().on_close()
        self._leave()

    def on_finish(self) -> None:
        """The answer is given; but an open websocket goes on."""
        super().on_finish()
        if self.get_status() != 101:
            self._leave()

    def on_connection_close(self) -> None:
        """The browser left."""
        super().on_connection_close()
        self._leave()

    def broken_off(self) -> None:
        """The server died: the page comes again, and says what happened."""
        self.tell(marimo_messages.reload())

    def shaped(self, message: str) -> str:
        """Hold a message against the limit."""
        return limited(message, self.forwarding.max_message_size)

    def get_request_headers_override(self) -> dict[str, str]:
        """Which app is asked for, and by whom."""
        place = quote(str(self.files.os_path(self.notebook_path)))
        fresh = {FRESH_HEADER: "1"} if self._is_fresh else {}
        asked = {marimo.SESSION_HEADER: self.session_id} if self.session_id else {}
        return {**self.told_headers(), APP_HEADER: place, **fresh, **asked}

    async def pieces(self, reply: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
        """Stream an answer; that of a page's session is a stream of events."""
        pieces = super().pieces(reply)
        if self.route == marimo.EVENTS_ROUTE:
            pieces = limited_events(pieces, self.forwarding.max_message_size)
        try:
            async for piece in pieces:
                yield piece
        except aiohttp.ClientError:
            if self.route != marimo.EVENTS_ROUTE:
                raise
            yield marimo_messages.event(marimo_messages.reload()).encode()

    def keeps_whole(self, reply: aiohttp.ClientResponse) -> bool:
        """Keep what a person would read."""
        return (
            (reply.status >= 400 and self.is_navigation)
            or self.is_served_page(reply)
            or self.is_worker(reply)
        )

    def rewritten(self, reply: aiohttp.ClientResponse, body: bytes) -> bytes:
        """Explain an error on a page of ours; fit marimo's page to the browser."""
        if self.is_worker(reply):
            return self.with_worker(body)
        if not self.is_served_page(reply):
            return self.explained(body, self.notebook_path)
        self.set_header("Cache-Control", "no-store")
        self.apps.sessions.note_page(self.notebook_path, self._user)
        file = self.files.os_path(self.notebook_path).stat()
        data = {
            "session": marimo.SESSION_QUERY,
            "resumes": RESUMES_QUERY,
            "version": f"{file.st_mtime_ns}-{file.st_size}",
            "path": url_path_join(self.base_url, self.proxy_base, "/"),
        }
        page = marimo.with_server_token(self.fitted_page(body), self._token)
        page = marimo.with_script(page, SCRIPT, data)
        place = url_path_join(self.base_url, "reactive/open", url_escape(self.notebook_path))
        return self.delivered(with_troubles(page, place if self._is_owner else ""))

    def answer_error(self, error: ReactiveError) -> None:
        """Write the error as a page for people; one that waits goes on by itself."""
        is_seen = self.is_page_route and self.is_navigation and self.is_prepared
        if is_seen and isinstance(error, AppFull):
            self._go_on_later(_("Many visitors at once"), str(error), QUEUE_SECONDS)
        elif is_seen and isinstance(error, ServerUnavailable):
            # It has just died, and the next one is not thought of yet.
            self._start_page()
        else:
            super().answer_error(error)

    def server_log(self) -> list[str]:
        """The last lines of the app's server, for its owner."""
        return self.apps.server(self.notebook_path).log_lines() if self._is_owner else []

    def _steps(self, error: ReactiveError, path: str) -> list[Step]:
        again = url_path_join(self.base_url, self.proxy_base, "/")
        if isinstance(error, AppHeldBack):
            return [Step(_("Try again"), "visit", f"{again}?{AGAIN_QUERY}=1")]
        gallery = Step(_("Show the apps"), "visit", url_path_join(self.base_url, "reactive/run/"))
        return [gallery, *(super()._steps(error, path) if self._is_owner else ())]

    @property
    def _is_owner(self) -> bool:
        # An error may come before it is asked who is there.
        return self.current_user is not None and self.visitor.is_owner

    @property
    def _user(self) -> str:
        return self.visitor.username

    @property
    def _token(self) -> str:
        return page_token(self.settings["cookie_secret"], self.base_url)

    def _is_ours(self, token: str) -> bool:
        return is_page_token(token, self.settings["cookie_secret"], self.base_url)

    async def _is_ready(self) -> bool:
        """Whether the page can be shown now; otherwise something else has been answered."""
        path, apps = self.notebook_path, self.apps
        await self.files.notebook(path)
        if self.get_query_argument(AGAIN_QUERY, ""):
            apps.release(path)
            apps.server(path).begin_start()
        if self._brought_more or self._split()[1] is None:
            place = url_path_join(self.base_url, self.proxy_base, "/")
            self.redirect(f"{place}?{self.request.query}" if self.request.query else place)
            return False
        self.activity.note_use()
        apps.refuse_held(path)
        apps.sessions.admit(path)
        server = apps.server(path)
        if server.running is None:
            server.refuse_failed()
            server.begin_start()
            self._start_page()
            return False
        return True

    def _start_page(self) -> None:
        self.set_status(202)
        message = _("This page goes on by itself, usually within seconds.")
        self._go_on_later(_("Starting the app"), message, START_SECONDS)

    def _go_on_later(self, title: str, message: str, seconds: int) -> None:
        self.finish(self.page(title, message, waiting=True, again=seconds, pack=self.pack_url()))

    async def _enter(self) -> None:
        """Let a page's session in."""
        path, sessions = self.notebook_path, self.apps.sessions
        if earlier := self.get_query_argument(RESUMES_QUERY, ""):
            sessions.resume(path, self.page_id, earlier, self._user)
        self.request.query = urlencode([*self._query, (marimo.SESSION_QUERY, self.page_id)])
        self.apps.refuse_held(path)
        sessions.admit(path, self.page_id)
        await self._reach()
        self._is_fresh = self.apps.enter(path, self.page_id, self._user)
        self._is_inside = True

    async def _reach(self) -> RunningServer:
        """The server of the app, which is there already; and nobody else's session."""
        path, page = self.notebook_path, self.session_id or self.page_id
        await self.files.admit(path)
        if not self.apps.sessions.is_known(path, page):
            # A page that is there outlives its file.
            await self.files.notebook(path)
        await self.named_files.check_address(self.route, self._query, self._public_notebook())
        if not self.token_authenticated:
            self.apps.sessions.check(path, page, self._user)
        self._server = await self.apps.server(path).reach(page or None)
        return self._server

    def _public_notebook(self) -> str:
        """The notebook beside which public files are looked for."""
        if not self.route.startswith(marimo.PUBLIC_ROUTE):
            return ""
        notebook = str(self.files.os_path(self.notebook_path))
        self.request.headers[marimo.NOTEBOOK_HEADER] = quote(notebook)
        return notebook

    async def _forward(self) -> None:
        self.require_body()
        await self.forward(self._server or await self._reach(), self.route)

    def _leave(self) -> None:
        if self._is_inside:
            self._is_inside = False
            self.apps.leave(self.notebook_path, self.page_id)
