"""Takes in requests within limits: how many at once, how much of a body, how slow it may be.

Knows nothing of what a request wants. Jupyter itself would hold half a gigabyte of any body,
before anybody has asked who sends it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from jupyter_core.utils import ensure_async
from tornado import web

from .errors import ReactiveError, TooLarge, TooSlow
from .request_limits import RequestLimits
from .translation import _

# What a request may send where nothing else is said.
MAX_BODY_BYTES = 1_000_000
# So much of a body that is refused is still read: an answer could be lost with a connection that is
# closed while the browser sends.
DRAINED_BYTES = 16_000_000
# Where the app keeps the limits for its handlers.
LIMITS_SETTING = "reactive_request_limits"


@web.stream_request_body
class BoundedHandler(web.RequestHandler):
    """Collects the request's body in `collected`, which is whole when a verb is called.

    Invariant: of a body that is refused nothing is held. What is left of it is read and dropped
    before the answer, or, if it is much, the answer comes at once with the connection's end.
    """

    # By which knob an operator could let more pass, for the message.
    body_option = ""
    # Whether a subclass may still refuse the request in its own `prepare`; it then calls
    # `keep_connection` itself.
    decides_later = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._is_admitted = False
        self.collected = bytearray()
        self._waiting: asyncio.TimerHandle | None = None
        self._refusal: ReactiveError | None = None
        self._received = 0
        # What is counted of `collected`, which a subclass may replace.
        self._held = 0
        self._entered: tuple[str, bool] | None = None
        super().__init__(*args, **kwargs)

    @property
    def request_limits(self) -> RequestLimits:
        """What the operator allows."""
        limits: RequestLimits = self.settings[LIMITS_SETTING]
        return limits

    @property
    def body_limit(self) -> int:
        """How many bytes the body may have; 0 means any number."""
        return MAX_BODY_BYTES

    @property
    def asking_session(self) -> str:
        """The session that asks, if it is known."""
        return ""

    @property
    def is_connection(self) -> bool:
        """Whether the answer stays open, for what a kernel says."""
        return False

    async def prepare(self, *args: Any, **kwargs: Any) -> None:
        """Let the request in, once it is known who asks."""
        await ensure_async(super().prepare(*args, **kwargs))
        if self._finished:
            return
        self.request_limits.admit_headers(self._header_size)
        limit, length = self.body_limit, self.body_length
        if limit and length > limit:
            raise self.too_large(length)
        session, connection = self.asking_session, self.is_connection
        self.request_limits.enter(session, connection=connection)
        self._entered = session, connection
        # tornado's own limit would end the connection without a word. Its annotation names the base
        # class of the connections; one that is served has this method.
        self.request.connection.set_max_body_size(2**63)  # type: ignore[union-attr]
        self._wait()
        if not self.decides_later:
            self.keep_connection()

    def set_default_headers(self) -> None:
        """Close the connection after an answer that is given before the body was read.

        tornado does it in any case for handlers that stream; a gateway has to know, or its next
        request comes to nothing.
        """
        super().set_default_headers()
        if not self._is_admitted:
            self.set_header("Connection", "close")

    def keep_connection(self) -> None:
        """Call it when nothing stands against the request: what follows comes after its body."""
        self._is_admitted = True
        self.clear_header("Connection")

    @property
    def _header_size(self) -> int:
        lines = self.request.headers.get_all()
        # Each with a colon, a space and the line's end.
        return len(self.request.uri or "") + sum(
            len(name) + len(value) + 4 for name, value in lines
        )

    @property
    def body_length(self) -> int:
        """What the request announces; 0 when it does not."""
        length = self.request.headers.get("Content-Length", "")
        return int(length) if length.isdecimal() else 0

    async def data_received(self, chunk: bytes) -> None:
        """Take a piece of the request's body."""
        self._wait_no_longer()
        if self._finished:
            return
        self._received += len(chunk)
        if self._refusal is None:
            try:
                await self.take(chunk)
            except ReactiveError as e:
                self._refusal = e
                self._received = 0
                self._let_go()
                self.collected.clear()
        if self._refusal is not None and self._is_much_left:
            self.refuse(self._refusal)
        else:
            self._wait()

    def require_body(self) -> None:
        """Raise when the body was refused; call it before anything is done with it.

        Raises:
            ReactiveError: the reason.
        """
        if self._refusal is not None:
            raise self._refusal

    async def take(self, piece: bytes) -> None:
        """Do with a piece of the body what is to be done; here, collect it.

        Raises:
            ReactiveError: no more of it is wanted.
        """
        size = len(self.collected) + len(piece)
        if self.body_limit and size > self.body_limit:
            raise self.too_large(size)
        self.request_limits.hold(len(piece))
        self._held += len(piece)
        self.collected += piece

    def refuse(self, error: ReactiveError) -> None:
        """Answer with an error now; what still comes of the body is not read."""
        self._is_admitted = False
        self.log_exception(type(error), error, None)
        self.send_error(exc_info=(type(error), error, None))
        # Or the wait for the rest of the body would never end.
        web.RequestHandler.on_connection_close(self)

    def on_finish(self) -> None:
        """The answer is given; but an open websocket goes on."""
        super().on_finish()
        if self.get_status() != 101:
            self.leave()

    def on_connection_close(self) -> None:
        """The browser left."""
        super().on_connection_close()
        self.leave()

    def leave(self) -> None:
        """Count the request no longer."""
        self._wait_no_longer()
        if self._entered is not None:
            session, connection = self._entered
            self.request_limits.leave(session, connection=connection)
            self._let_go()
            self._entered = None

    def _let_go(self) -> None:
        self.request_limits.hold(-self._held)
        self._held = 0

    @property
    def _is_much_left(self) -> bool:
        """Whether a body that is refused is too large to be read to its end."""
        return max(self._received, self.body_length) > DRAINED_BYTES

    def _wait(self) -> None:
        """Give the browser some time for the next piece."""
        seconds = self.request_limits.body_timeout
        if seconds and (self.body_length or "Transfer-Encoding" in self.request.headers):
            loop = asyncio.get_running_loop()
            self._waiting = loop.call_later(seconds, self._end_slow_body, seconds)

    def _wait_no_longer(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _end_slow_body(self, seconds: float) -> None:
        # tornado tells nobody when a body is complete, but a verb.
        if not self._finished and not self.request._body_future.done():  # noqa: SLF001
            self.refuse(TooSlow(seconds))

    def too_large(self, size: int) -> TooLarge:
        """The error for a body of more bytes than it may have."""
        return TooLarge(
            _("{size:,.1f} MB are more than may be sent at once here ({limit:,.1f} MB).").format(
                size=size / 10**6, limit=self.body_limit / 10**6
            ),
            _("Send less, or ask the operator to raise {option}.").format(option=self.body_option)
            if self.body_option
            else _("Ask in several requests."),
        )
