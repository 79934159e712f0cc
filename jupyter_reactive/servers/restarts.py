"""When a server that ended by itself is started again."""

from __future__ import annotations

import time

from traitlets import Float, Integer
from traitlets.config import LoggingConfigurable


class RestartPolicy(LoggingConfigurable):
    """Starts again, later each time, and stops after a few."""

    max_restarts = Integer(
        3,
        min=0,
        config=True,
        help="""
        How many times in a row a marimo server that ended unexpectedly or hangs is started again
        by itself; then its pages and tabs show the log and a button to try again. Default: 3.
        0: never by itself.
        """,
    )

    delay = Float(
        2,
        min=0,
        config=True,
        help="""
        Seconds before the second restart in a row, doubled with each further one; the first comes
        at once. Default: 2. 0: always at once.
        """,
    )

    healthy_after = Float(
        300,
        min=0,
        config=True,
        help="""
        Seconds after which a restart no longer counts as one in a row. Default: 300. 0: none is
        ever in a row, so that the server is started again for ever.
        """,
    )

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._count = 0
        self._last = 0.0

    def next_delay(self) -> float | None:
        """Count one restart; the seconds to wait before it, or None when it is one too many."""
        now = time.monotonic()
        if self._count and now - self._last > self.healthy_after:
            self._count = 0
        self._last = now
        self._count += 1
        if self._count > self.max_restarts:
            return None
        return 0.0 if self._count == 1 else float(self.delay * 2 ** (self._count - 2))

    def reset(self) -> None:
        """Somebody has taken the matter in hand: count anew."""
        self._count = 0
