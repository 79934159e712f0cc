"""Says what of ``reactive/edit/…`` may pass to the edit server.

`answers` says what comes back, `streaming` moves bodies and `sockets` messages. They build on
`ProxyHandler` of jupyter-server-proxy, not on its supervised handler, which takes over the signal
handlers of the whole process.
"""

from __future__ import annotations

import contextlib
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jupyter_server_proxy.handlers import ProxyHandler

from .answers import USAGE_ETAG, AnsweringHandler
from .early_sessions import EARLY_HEADER
from .errors import NotebookMoving, NotFound, ReactiveError
from .forms import Form
from .notebooks import marimo, marimo_messages
from .output_notebooks import OutputNotebooks
from .pages.open import SECRET_QUERIES
from .servers.activity import ActivityMonitor
from .servers.limits import SessionLimits
from .servers.manager import EDIT_SERVER, ServerManager
from .servers.running import RunningServer
from .translation import _
from .values import Values, values_in
from .web import permitted

IDLE_SECONDS = 30


class EditProxyHandler(AnsweringHandler):
    """``reactive/edit/…``: the edit server behind Jupyter's authentication."""

    servers: ServerManager
    activity: ActivityMonitor
    limits: SessionLimits
    output_notebooks: OutputNotebooks

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args,
            **kwargs,
            host_allowlist=self._is_our_server,
            # What counts is for `ActivityMonitor` to say.
            update_last_activity=False,
        )
        self.proxy_base = "reactive/edit"
        self._server: RunningServer | None = None
        self._file_key = ""
        self._brought_left_over = False
        self._query: list[tuple[str, str]] = []
        self._form: Form | None = None

    @property
    def notebook_path(self) -> str:
        """The contents path behind ``?file=``."""
        key = self._file_key
        return (self.files.api_path(key) or "") if key.startswith("/") else key

    async def prepare(self) -> None:  # type: ignore[override]  # ProxyHandler's takes nothing
        """Authenticate, refuse what only others send, drop secrets of Jupyter's from the request.

        What is streamed goes on from here, before its verb is called.
        """
        await super().prepare(_redirect_to_login=not self._is_upgrade)
        if self._finished:
            return
        self.refuse_unguarded()
        self.keep_private()
        brought = parse_qsl(self.request.query, keep_blank_values=True)
        query = self._query = [item for item in brought if not self._is_left_over(*item)]
        self._brought_left_over = len(query) != len(brought)
        # One file, read once and raw: what we check is what marimo opens.
        files = [value for key, value in query if key == marimo.FILE_QUERY]
        self._file_key = files[-1] if files else ""
        self.request.query = urlencode(
            [(key, value) for key, value in query if key != marimo.FILE_QUERY]
            + [(marimo.FILE_QUERY, self._file_key)] * bool(files)
        )
        self.named_files.check_route(self.route)
        verb = "WS" if self._is_upgrade else self.request.method
        self.policy.admit(verb, self.route, self._file_key)
        if self.request.method == "POST" and self.route == marimo.UPLOAD_ROUTE:
            content_type = self.request.headers.get("Content-Type", "")
            self._form = Form(content_type, marimo.UPLOAD_FIELD)
        self.keep_connection()
        if self.is_large:
            await self._send_on(self.path_args[0])

    async def screened(self, piece: bytes) -> bytes:
        """What of a piece may go on: nothing of an upload before its place is known."""
        if self._form is None:
            return piece
        was_known = self._form.is_known
        passing = self._form.feed(piece)
        if self._form.is_known and not was_known:
            await self.named_files.check_form(self._form.fields)
        return passing

    @permitted("execute")
    async def _send_on(self, path: str) -> None:
        """Begin to forward a large body."""
        self.begin_upload(await self._target(path), path)

    @permitted("execute")
    async def get(self, path: str) -> None:
        """Forward a GET, or open a websocket."""
        if self._is_upgrade:
            # Before the handshake, so that a refusal is an answer and not a broken connection.
            await self._check_address()
            await self._check_limits()
            self._server = await self._reach()
            await self._begin_anew()
        await ProxyHandler.get(self, path)

    @permitted("execute")
    async def head(self, path: str) -> None:
        """Forward a HEAD."""
        await self._forward(path)

    @permitted("execute")
    async def post(self, path: str) -> None:
        """Forward a POST, and notice what it changed."""
        self.require_body()
        if self.policy.looks_into(self.route):
            self.collected = bytearray(self.policy.admitted_body(self.route, self.collected))
        is_early = self.request.headers.pop(EARLY_HEADER, None) is not None
        self._note_use("" if is_early else self.session_id)
        await self._forward(path)
        if self.route in marimo.SESSION_CHANGING_ROUTES:
            self.sessions.refresh_soon()

    @permitted("execute")
    async def put(self, path: str) -> None:
        """Forward a PUT."""
        await self._forward(path)

    @permitted("execute")
    async def patch(self, path: str) -> None:
        """Forward a PATCH."""
        await self._forward(path)

    @permitted("execute")
    async def delete(self, path: str) -> None:
        """Forward a DELETE."""
        await self._forward(path)

    @permitted("execute")
    async def options(self, path: str) -> None:
        """Forward an OPTIONS."""
        await self._forward(path)

    async def http_get(self, path: str) -> None:
        """Forward a GET; a page is checked first, and waits for the server on a page of ours."""
        if not self.is_navigation:
            await self._check_address()
            await self._check_limits()
            if self._is_idle_polling():
                self.set_status(304)
                return
            await self._begin_anew()
            await self._forward(path)
            return
        if self._brought_left_over:
            path = self.request.path
            self.redirect(f"{path}?{self.request.query}" if self.request.query else path)
            return
        self.activity.note_use()
        await self._check_notebook()
        await self._check_address()
        if marimo.FILE_QUERY in dict(self._query):
            await self.limits.admit(self.notebook_path)
        if self.servers.running() is None:
            self.servers.edit.refuse_failed()
            self.servers.edit.begin_start()
            self.set_status(202)
            self.finish(
                self.page(
                    _("Starting the reactive notebooks"),
                    _("marimo is starting. This page goes on by itself, usually within seconds."),
                    waiting=True,
                    pack=self.pack_url(),
                )
            )
            return
        if await self._begins_early():
            self.early_id = self.early_sessions.give(self.notebook_path)
        await self._forward(path)

    async def open(self, path: str) -> None:
        """Connect the browser's websocket with the edit server's."""
        assert self._server is not None
        await self.greet()
        await self.connect(self._server, path)

    async def on_message(self, message: str | bytes) -> None:
        """Pass a message of the browser's on, or do what our script in the page asks for."""
        values = values_in(message)
        if values is None:
            await super().on_message(message)
        else:
            await self._set_values(values)

    def get_request_headers_override(self) -> dict[str, str]:
        """The token that the edit server's guard expects, and who asks."""
        headers = self.told_headers()
        if token := self.request.headers.get(marimo.SERVER_TOKEN_HEADER):
            headers[marimo.SERVER_TOKEN_HEADER] = self.servers.edit.current_token(token)
        return headers

    def server_log(self) -> list[str]:
        """The edit server's last lines."""
        return self.servers.log_lines(EDIT_SERVER)

    def opening_note(self) -> str | None:
        """What a page of an earlier server is told when it comes to this one."""
        if not self.servers.edit.take_over(self.page_id) or self.is_framed:
            return None
        return marimo_messages.banner(
            _("The marimo server was started again"),
            escape(_("Variables are gone; what you typed is here. Run the cells again to go on.")),
        )

    async def _reach(self) -> RunningServer:
        """The server, for a page or program that is there already."""
        return await self.servers.edit.reach(self.session_id or self.page_id or None)

    async def _target(self, path: str) -> RunningServer:
        """The server for a request, unless there is a reason to refuse it."""
        if self.route.startswith(marimo.AUTH_ROUTE):
            raise NotFound(
                _("There is nothing at {path}.").format(path=self.request.path),
                _("Jupyter's own authentication opens the notebooks."),
            )
        if self.is_save and self.sessions.is_moving(self.session_id):
            raise NotebookMoving(
                _("The notebook is just being moved."),
                _("The page loads again under the new name, with everything that was typed."),
            )
        await self._check_address()
        self._server = await self._reach()
        return self._server

    async def _forward(self, path: str) -> None:
        self.require_body()
        if self._form is not None:
            if not self.is_large:
                await self.screened(bytes(self.collected))
            self._form.close()
        if self.names_files:
            notebook = self.sessions.path_of(self.session_id)
            await self.named_files.check_body(self.route, self.collected, notebook)
        await self.forward(self._server or await self._target(path), path)
        if self.is_save:
            await self.restore_deleted()
            if self.get_status() == 200 and self._server is not None:
                self.output_notebooks.note_save(self._server, self.session_id)

    async def _set_values(self, values: Values) -> None:
        """Ask marimo as `post` would; the page does it itself where that is refused."""
        assert self._server is not None
        answer = None
        with contextlib.suppress(ReactiveError):
            self.policy.admit("POST", values.route, self._file_key)
            self._note_use(self.page_id)
            answer = await self._server.client.set_values(
                values.route,
                values.body,
                {
                    **self.headers_to_server(),
                    marimo.SESSION_HEADER: self.page_id,
                    marimo.SERVER_TOKEN_HEADER: self.servers.edit.current_token(values.token),
                },
            )
        self.tell(values.answer(answer))

    def _note_use(self, session_id: str) -> None:
        # What a user does is posted; marimo's page fetches what it looks after by itself.
        self.activity.note_use(session_id)
        self.early_sessions.note_answer(session_id)

    async def _begin_anew(self) -> None:
        """Give a page that missed the greeting of its session another one.

        It was told of the session only once, and has given up waiting before it heard.
        """
        if self.route not in marimo.SESSION_ROUTES:
            return
        if self.early_sessions.is_unanswered(self.page_id):
            self.early_sessions.note_answer(self.page_id)
            self.sessions.shutdown_soon(self.page_id)
        await self.sessions.settled(self.page_id)

    def _is_our_server(self, _handler: Any, host: str) -> bool:
        return self._server is not None and host == self._server.spec.host

    async def _check_notebook(self) -> None:
        """Raise for a link to something that marimo cannot open."""
        path = self.notebook_path
        # Without a contents path it is a new notebook, or one of marimo's own tutorials.
        if path and not self._file_key.startswith(marimo.NEW_FILE_KEY):
            await self.files.notebook(path)

    async def _check_address(self) -> None:
        """Raise when a request names a file that nobody may name; one that is gone may be."""
        notebook = self.request.headers.get(marimo.NOTEBOOK_HEADER, "")
        await self.named_files.check_address(self.route, self._query, notebook)

    def _is_left_over(self, key: str, value: str) -> bool:
        """Whether a page's address brings what only its beginning was for.

        Without a redirect every request of the page would carry the token in its Referer, and a
        page that is loaded again before marimo's program is here would ask for the old session.
        """
        if key == marimo.SESSION_QUERY:
            return self.is_navigation and self.early_sessions.gave(value)
        return key in SECRET_QUERIES

    async def _begins_early(self) -> bool:
        """Whether the page may open its session before marimo's program does."""
        path = self.notebook_path
        queries = dict(self._query)
        if (
            not self.forwarding.early_kernel
            or not self.is_page_route
            or self.request.method != "GET"
            or not path
            or path.startswith(marimo.NEW_FILE_KEY)
            or queries.keys() & {marimo.SESSION_QUERY, marimo.KIOSK_QUERY}
            or self.policy.disable_editing
            or "sse" in {self.forwarding.transport, self.found_transport}
        ):
            return False
        return not await self.sessions.is_open(self.files.os_path(path))

    def _is_idle_polling(self) -> bool:
        """Whether a page only asks for the machine's load, as it does every ten seconds.

        While nobody uses the notebooks it hears that nothing has changed: the Hub's proxy takes
        every other answer for use.
        """
        return (
            self.route == marimo.USAGE_ROUTE
            and self.request.headers.get("If-None-Match") == USAGE_ETAG
            and self.activity.idle_seconds() > IDLE_SECONDS
        )

    async def _check_limits(self) -> None:
        """Raise when a page asks for a session more than there may be."""
        if self.route in marimo.SESSION_ROUTES:
            await self.limits.admit(self.notebook_path, self.page_id)
