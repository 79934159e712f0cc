"""The open pages of notebooks that have no tab of ours around them to be told something in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Page(Protocol):
    """One connection of a page."""

    def tell(self, message: str) -> None:
        """Send it a message of ours."""


class OpenPages:
    """The pages that can be told something, by marimo's session id."""

    def __init__(self) -> None:
        self._pages: dict[str, set[Page]] = {}

    def add(self, page_id: str, page: Page) -> None:
        """Take in a page whose connection is open."""
        self._pages.setdefault(page_id, set()).add(page)

    def discard(self, page_id: str, page: Page) -> None:
        """Forget a page that has left."""
        pages = self._pages.get(page_id, set())
        pages.discard(page)
        if not pages:
            self._pages.pop(page_id, None)

    def say(self, page_id: str, message: str) -> None:
        """Send a message of ours to the pages of a session."""
        for page in self._pages.get(page_id, ()):
            page.tell(message)


async def with_words(
    events: AsyncGenerator[bytes], words: asyncio.Queue[bytes]
) -> AsyncGenerator[bytes]:
    """An event stream with events of ours between its own.

    Args:
        events: the stream, in whole events.
        words: what to put in as soon as it is there.
    """
    event, word = _soon(anext(events)), _soon(words.get())
    try:
        while True:
            await asyncio.wait({event, word}, return_when=asyncio.FIRST_COMPLETED)
            if word.done():
                yield word.result()
                word = _soon(words.get())
            if event.done():
                try:
                    yield event.result()
                except StopAsyncIteration:
                    return
                event = _soon(anext(events))
    finally:
        word.cancel()
        event.cancel()
        await asyncio.gather(event, return_exceptions=True)
        await events.aclose()


def _soon(awaitable: Awaitable[T]) -> asyncio.Task[T]:
    async def wait() -> T:
        return await awaitable

    return asyncio.create_task(wait())
