"""Visitors of apps: a browser, or many at once that speak as a page does."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import threading
import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import aiohttp
from app_hosts import OUTPUT, Host
from opening import LIMIT, profile
from page_clock import PageClock
from playwright.sync_api import Playwright
from servers import Server
from typing_extensions import Self

T = TypeVar("T")
AS_BROWSERS_DO = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
AGAIN = re.compile(r'data-again="(\d+)"')


def in_browser(playwright: Playwright, host: Host, server: Server, name: str) -> float:
    """Seconds from the link to the first output, in a browser that knows nothing yet."""
    with profile(playwright) as context:
        clock = PageClock(context, host.area)
        page = context.new_page()
        began = time.time()
        page.goto(server.notebook_link(name), timeout=LIMIT * 1000, wait_until="commit")
        return clock.wait_for(page, "output", began, LIMIT).at - began


class Crowd:
    """Visitors who stay until the crowd dissolves; in a thread, since Playwright has this one."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._stack = contextlib.AsyncExitStack()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._run(self._dissolve())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def arrive(self, *visits: tuple[Server, str]) -> list[float]:
        """Open apps, all at the same moment.

        Args:
            visits: the server and the name of an app for each visitor.

        Returns:
            Seconds from the link to the first output for each.
        """

        async def all_of_them() -> list[float]:
            arriving = (self._stack.enter_async_context(_visit(*visit)) for visit in visits)
            return await asyncio.gather(*arriving)

        return self._run(all_of_them())

    async def _dissolve(self) -> None:
        # A measurement that took too long has left visitors on their way.
        arriving = asyncio.all_tasks() - {asyncio.current_task()}
        for task in arriving:
            task.cancel()
        await asyncio.gather(*arriving, return_exceptions=True)
        await self._stack.aclose()

    def _run(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result()


@contextlib.asynccontextmanager
async def _visit(server: Server, name: str) -> AsyncIterator[float]:
    """One visitor: the page, then what its kernel says, until the output is there."""
    address = server.url + server.contender.page.format(name=name)
    jar = aiohttp.DummyCookieJar()
    limit = aiohttp.ClientTimeout(LIMIT)
    async with aiohttp.ClientSession(headers=server.headers, cookie_jar=jar, timeout=limit) as own:
        began = time.perf_counter()
        page = await _page(own, address)
        if re.search(OUTPUT, page):
            yield time.perf_counter() - began
            return
        query = {"session_id": f"s_{secrets.token_hex(3)}"}
        async with own.ws_connect(f"{address}ws", params=query, max_msg_size=0) as socket:
            async for message in socket:
                if re.search(OUTPUT, str(message.data)):
                    break
            else:
                log = server.log.read_text()[-2000:]
                raise RuntimeError(f"{address}: the connection ended before the output\n{log}")
            seconds = time.perf_counter() - began
            # What a page does not read would stay in the server.
            listening = asyncio.create_task(_listen(socket))
            yield seconds
            listening.cancel()


async def _page(session: aiohttp.ClientSession, address: str) -> str:
    """The page, and where it says that it comes again by itself, that one."""
    while True:
        async with session.get(address, headers=AS_BROWSERS_DO) as reply:
            text = await reply.text()
            again = AGAIN.search(text)
            if reply.status == 200:
                return text
            if again is None:
                raise RuntimeError(f"{address}: {reply.status} {text[:300]}")
        await asyncio.sleep(float(again[1]))


async def _listen(socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
    async for _message in socket:
        pass
