"""What a monitoring system may count, on Jupyter's own ``/metrics``.

Knows the models, nothing of servers or of the web. The metrics belong to the process, as
Prometheus wants it; the app that was wired last answers for what is the case now.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import Counter, Gauge, Histogram

from .models.servers import EndCause, ServerModel, ServerState

RUNNING = Gauge("jupyter_reactive_servers_running", "marimo servers that answer now.")
SESSIONS = Gauge("jupyter_reactive_sessions_open", "Open reactive notebooks with a kernel.")
STARTS = Counter("jupyter_reactive_server_starts", "Starts of a marimo server, also those to fail.")
START_FAILURES = Counter(
    "jupyter_reactive_server_start_failures", "Starts of a marimo server that failed."
)
UNEXPECTED_ENDS = Counter(
    "jupyter_reactive_server_unexpected_ends",
    "marimo servers that died or froze while they ran.",
    ["cause"],
)
RESTARTS = Counter(
    "jupyter_reactive_server_restarts",
    "Starts of a marimo server in the place of one that died, froze or was restarted by a user.",
    ["cause"],
)
START_SECONDS = Histogram(
    "jupyter_reactive_server_start_seconds",
    "Seconds from the wish for a marimo server until it answered.",
    buckets=(0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120),
)
FORWARDED = Counter(
    "jupyter_reactive_forwarded_bytes",
    "Bytes of bodies and messages between browsers and marimo servers.",
    ["direction"],
)
# What the proxy counts; a label is looked up once and not for each piece.
TO_SERVER = FORWARDED.labels("to_server")
TO_BROWSER = FORWARDED.labels("to_browser")

_CRASHES = frozenset({EndCause.DIED, EndCause.FROZEN})
for _cause in _CRASHES:
    UNEXPECTED_ENDS.labels(_cause.value)
for _cause in (*_CRASHES, EndCause.RESTART):
    RESTARTS.labels(_cause.value)


def show(servers: Callable[[], list[ServerModel]], sessions: Callable[[], int]) -> None:
    """Let the gauges ask what is the case now, whenever they are read.

    Args:
        servers: every server, running or not.
        sessions: how many sessions are open.
    """
    RUNNING.set_function(lambda: sum(s.state is ServerState.RUNNING for s in servers()))
    SESSIONS.set_function(sessions)


class ServerMeter:
    """Counts what the states of servers tell, one after the other."""

    def __init__(self) -> None:
        self._before: dict[str, ServerModel] = {}
        self._began: dict[str, float] = {}

    def note(self, server: ServerModel) -> None:
        """Take in the next state of a server."""
        before = self._before.get(server.name)
        self._before[server.name] = server
        state = before.state if before else ServerState.STOPPED
        if state is ServerState.RUNNING and server.state is not state and server.cause in _CRASHES:
            UNEXPECTED_ENDS.labels(server.cause.value).inc()
        match state, server.state:
            case ServerState.STARTING, ServerState.STARTING:
                pass  # The same start says more of itself.
            case _, ServerState.STARTING:
                self._began[server.name] = time.monotonic()
                STARTS.inc()
                if state is not ServerState.FAILED and server.cause in {
                    *_CRASHES,
                    EndCause.RESTART,
                }:
                    RESTARTS.labels(server.cause.value).inc()
            case ServerState.STARTING, ServerState.RUNNING:
                START_SECONDS.observe(time.monotonic() - self._began[server.name])
            case ServerState.STARTING, ServerState.FAILED:
                START_FAILURES.inc()
