"""What a page fetches, from where and how long it takes, as the browser itself counts it.

What a service worker fetches on its own is not seen here; the gateway of `line.py` counts it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

# Our own routes by their first two words, all others by their first one.
DEEP = {"reactive", "static", "lab"}


@dataclass
class Request:
    """One request, or one websocket with all that it brings.

    Attributes:
        began: seconds since 1970, as `answered` and `ended`.
        source: `network`, or the cache that it came from.
        size: bytes that came over the line, headers included.
    """

    url: str
    kind: str
    began: float
    answered: float = 0.0
    ended: float = 0.0
    status: int = 0
    source: str = "network"
    size: float = 0.0

    @property
    def is_kernels_socket(self) -> bool:
        """Whether it is the websocket by which marimo's page talks to the kernel."""
        return self.kind == "WebSocket" and urlsplit(self.url).path.endswith("/ws")

    @property
    def group(self) -> str:
        """The first words of its path."""
        words = urlsplit(self.url).path.strip("/").split("/")
        return "/".join(words[: 2 if words[0] in DEEP else 1]) if words[0] else "/"


@dataclass
class Traffic:
    """All requests of a page and its frames, in their order."""

    page: Page
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._open: dict[str, Request] = {}
        self._offset = 0.0
        self._last = time.monotonic()
        session = self.page.context.new_cdp_session(self.page)
        for event, method in {
            "requestWillBeSent": self._sent,
            "requestServedFromCache": self._remembered,
            "responseReceived": self._answered,
            "loadingFinished": self._finished,
            "loadingFailed": self._failed,
            "webSocketCreated": self._dialled,
            "webSocketHandshakeResponseReceived": self._connected,
            "webSocketFrameReceived": self._heard,
        }.items():
            session.on(f"Network.{event}", method)
        session.send("Network.enable")

    def _note(self, params: dict[str, Any]) -> Request | None:
        self._last = time.monotonic()
        return self._open.get(params["requestId"])

    def _begin(self, key: str, request: Request) -> None:
        self._open[key] = request
        self.requests.append(request)

    def _sent(self, params: dict[str, Any]) -> None:
        if not params["request"]["url"].startswith("http"):
            return
        self._offset = params["wallTime"] - params["timestamp"]
        before = self._note(params)
        if before is not None and (redirect := params.get("redirectResponse")):
            before.ended, before.status = params["wallTime"], redirect["status"]
            before.size = redirect["encodedDataLength"]
        self._begin(
            params["requestId"],
            Request(params["request"]["url"], params.get("type", ""), params["wallTime"]),
        )

    def _remembered(self, params: dict[str, Any]) -> None:
        if request := self._note(params):
            request.source = "memory"

    def _answered(self, params: dict[str, Any]) -> None:
        if request := self._note(params):
            response = params["response"]
            request.answered = params["timestamp"] + self._offset
            request.status = response["status"]
            if response.get("fromServiceWorker"):
                request.source = "service worker"
            elif response.get("fromDiskCache"):
                request.source = "disk"
            elif response.get("fromPrefetchCache"):
                request.source = "prefetch"

    def _finished(self, params: dict[str, Any]) -> None:
        if request := self._note(params):
            request.ended = params["timestamp"] + self._offset
            request.size = params["encodedDataLength"] if request.source == "network" else 0

    def _failed(self, params: dict[str, Any]) -> None:
        if request := self._note(params):
            request.ended = params["timestamp"] + self._offset

    def _dialled(self, params: dict[str, Any]) -> None:
        self._begin(params["requestId"], Request(params["url"], "WebSocket", time.time()))

    def _connected(self, params: dict[str, Any]) -> None:
        if request := self._note(params):
            request.answered = params["timestamp"] + self._offset
            request.status = params["response"]["status"]

    def _heard(self, params: dict[str, Any]) -> None:
        # An idle notebook's frames must not count as use of the network.
        request = self._open.get(params["requestId"])
        if request is not None:
            request.size += len(params["response"]["payloadData"])

    def settle(self, quiet: float = 2, limit: float = 30) -> None:
        """Wait until nothing is fetched any more."""
        deadline = time.monotonic() + limit
        while time.monotonic() < min(deadline, self._last + quiet):
            self.page.wait_for_timeout(100)


def over_the_line(requests: list[Request]) -> dict[str, tuple[int, float]]:
    """Requests and megabytes that no cache had, by the first words of their path."""
    groups: dict[str, tuple[int, float]] = {}
    for request in requests:
        if request.source == "network":
            count, megabytes = groups.get(request.group, (0, 0.0))
            groups[request.group] = (count + 1, megabytes + request.size / 1e6)
    return dict(sorted(groups.items()))


def waterfall(requests: list[Request], start: float) -> str:
    """Who was asked when, a line each: begin, answer, end in ms, size, source, status, path."""
    return "\n".join(
        " ".join(f"{(t - start) * 1000:6.0f}" if t else " " * 6 for t in times)
        + f" {r.size / 1000:7.1f} kB {r.source:8} {r.status} {urlsplit(r.url).path[-70:]}"
        for r in requests
        for times in [(r.began, r.answered, r.ended)]
    )
