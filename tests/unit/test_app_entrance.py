"""Sessions of apps that come at once begin a few at a time, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from marimo._messaging.notification import CompletedRunNotification, ReconnectedNotification
from marimo._server.api.endpoints.ws.ws_formatter import serialize_notification_for_wire

from jupyter_reactive.notebooks import marimo_app_server
from jupyter_reactive.notebooks.marimo_app_server import BEGUN, PLACES, Entrance

COUNT = 6
Send = Callable[[Any], Awaitable[None]]


class Visitors:
    """Sessions of an application that say that they have run when they are told to."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.heard: list[str] = []
        self.more = asyncio.Event()
        self.finish = [asyncio.Event() for _number in range(COUNT)]
        entrance = Entrance()
        self.tasks = [
            asyncio.create_task(entrance.pass_through(self.app, number, None, self.hear))
            for number in range(COUNT)
        ]

    async def app(self, number: int, _receive: None, send: Send) -> None:
        self.begun.append(number)
        self.more.set()
        await self.finish[number].wait()
        await send({"type": "websocket.send", "text": f"{BEGUN[0]}}}"})
        # The page stays.
        await asyncio.Event().wait()

    async def hear(self, message: dict[str, str]) -> None:
        self.heard.append(message["text"])

    async def until_begun(self, count: int) -> None:
        while len(self.begun) < count:
            self.more.clear()
            await asyncio.wait_for(self.more.wait(), 10)

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process computes all the time, and whoever is inside stays as long as they like."""
    monkeypatch.setattr(marimo_app_server, "HELD_SECONDS", 60)
    monkeypatch.setattr(time, "process_time", time.monotonic)
    monkeypatch.setattr(marimo_app_server, "wanted_seconds", time.monotonic)


def play(scene: Callable[[Visitors], Awaitable[None]]) -> None:
    async def play_() -> None:
        visitors = Visitors()
        try:
            await scene(visitors)
        finally:
            await visitors.end()

    asyncio.run(play_())


def test_each_waits_until_one_before_has_run_or_left(busy: None):
    async def scene(visitors: Visitors) -> None:
        await asyncio.sleep(0.3)
        assert visitors.begun == list(range(PLACES))
        visitors.finish[0].set()
        await visitors.until_begun(PLACES + 1)
        visitors.tasks[1].cancel()
        await visitors.until_begun(PLACES + 2)
        await asyncio.sleep(0.2)
        assert visitors.begun == list(range(PLACES + 2))
        assert len(visitors.heard) == 1

    play(scene)


def test_others_begin_while_those_before_wait_for_something_else(busy: None, monkeypatch):
    monkeypatch.setattr(marimo_app_server, "wanted_seconds", lambda: 0.0)
    play(lambda visitors: visitors.until_begun(COUNT))


def test_nobody_is_kept_for_long_by_what_never_ends(busy: None, monkeypatch):
    monkeypatch.setattr(marimo_app_server, "HELD_SECONDS", 0.1)
    play(lambda visitors: visitors.until_begun(COUNT))


def test_who_gets_little_of_the_processor_keeps_the_place(busy: None, monkeypatch):
    """As on a machine that is full: fifty who begin at once would get nothing done."""
    monkeypatch.setattr(marimo_app_server, "HELD_SECONDS", 0.1)
    monkeypatch.setattr(time, "process_time", lambda: 0.0)

    async def scene(visitors: Visitors) -> None:
        await asyncio.sleep(0.5)
        assert visitors.begun == list(range(PLACES))
        monkeypatch.setattr(marimo_app_server, "HELD_LONGEST", 0.1)
        await visitors.until_begun(COUNT)

    play(scene)


def test_marimo_says_it_like_this():
    for words, notification in zip(
        BEGUN, (CompletedRunNotification(), ReconnectedNotification()), strict=True
    ):
        assert serialize_notification_for_wire(notification).startswith(words)
