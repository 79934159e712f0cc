"""How much browsers may ask at once, how large and how slow a request may be.

Knows numbers; `bodies` goes by them.
"""

from __future__ import annotations

from collections import Counter

from traitlets import Float, Integer
from traitlets.config import LoggingConfigurable

from .errors import HeadersTooLarge, TooManyRequests

# How many of the largest bodies may be held at the same time.
LARGEST_BODIES = 4


class RequestLimits(LoggingConfigurable):
    """Counts what is asked, and says when it is too much.

    Owned by the extension app. Invariant: who has entered leaves once, however the request ends.
    """

    max_requests_per_session = Integer(
        64,
        min=0,
        config=True,
        help="""
        How many requests of one notebook's page are answered at the same time; the next one is
        refused with status 429 and may be tried again a second later. The connections by which a
        page hears from its kernel do not count. 0 means no limit. Default: 64.
        """,
    )

    max_requests = Integer(
        1024,
        min=0,
        config=True,
        help="""
        How many requests to reactive notebooks are answered at the same time, and, apart from
        them, how many pages may be connected with their kernels; the next one is refused with
        status 429. 0 means no limit. Default: 1024.
        """,
    )

    max_collected_size = Integer(
        64 * 1024**2,
        min=0,
        config=True,
        help="""
        The largest body, in bytes, that is read as a whole before it goes to marimo: a save, or
        what the file panel asks for. A larger one is refused with status 413; bodies in transit
        hold four times as much memory at most. What is uploaded takes no memory, see
        `c.Forwarding.max_upload_size`. 0 means no limit. Default: 67108864 (64 MiB).
        """,
    )

    max_header_size = Integer(
        32 * 1024,
        min=0,
        config=True,
        help="""
        The most bytes that the address and the headers of a request may have together; with more
        it is refused with status 431. tornado reads no more than 65536, and then ends the
        connection without an answer. 0 means no other limit than that. Default: 32768 (32 KiB).
        """,
    )

    body_timeout = Float(
        60,
        min=0,
        config=True,
        help="""
        Seconds in which nothing comes of a request's body until it is refused with status 408.
        0: wait for ever. Default: 60.
        """,
    )

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._sessions: Counter[str] = Counter()
        self._requests = 0
        self._connections = 0
        self._collected = 0

    def admit_headers(self, size: int) -> None:
        """Let a request in by the size of its address and headers, in bytes.

        Raises:
            HeadersTooLarge: they are larger than allowed.
        """
        if self.max_header_size and size > self.max_header_size:
            raise HeadersTooLarge(self.max_header_size)

    def enter(self, session: str, *, connection: bool) -> None:
        """Count a request that is to be answered now; `leave` takes the same arguments.

        Args:
            session: the id of the page's session, or nothing.
            connection: whether it stays open, for what a kernel says.

        Raises:
            TooManyRequests: there are too many already.
        """
        total = self._connections if connection else self._requests
        if self.max_requests and total >= self.max_requests:
            raise TooManyRequests
        if connection:
            self._connections += 1
            return
        limit = self.max_requests_per_session
        if session and limit and self._sessions[session] >= limit:
            raise TooManyRequests
        self._requests += 1
        if session:
            self._sessions[session] += 1

    def leave(self, session: str, *, connection: bool) -> None:
        """Count a request no longer."""
        if connection:
            self._connections -= 1
            return
        self._requests -= 1
        if session:
            self._sessions[session] -= 1
            if not self._sessions[session]:
                del self._sessions[session]

    def hold(self, size: int) -> None:
        """Count what is held of a body; a negative number when it is held no longer.

        Raises:
            TooManyRequests: the bodies that are held are too large together.
        """
        most = self.max_collected_size * LARGEST_BODIES
        if size > 0 and most and self._collected + size > most:
            raise TooManyRequests
        self._collected += size
