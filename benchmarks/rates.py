"""How many small requests and large files a second come through, over kept connections."""

from __future__ import annotations

import asyncio
import time
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import aiohttp
import marimo
from servers import Server, until

SMALL, LARGE = 2_000, 1_000_000
SMALL_COUNT, LARGE_COUNT = 400, 60
# As many connections as a browser has to one server.
CONNECTIONS = 6


def start_marimo(server: Server) -> None:
    """Ask for a notebook, which starts marimo, and wait until it answers."""
    (server.root / "n_mo.py").write_text("import marimo\n\napp = marimo.App()\n")
    server.request(server.contender.page.format(name="n_mo.py"))
    if not until(lambda: server.request(f"{server.contender.marimo}api/status")[0] == 200, 60):
        raise RuntimeError(server.log.read_text()[-2000:])


def fetch_rates(server: Server) -> dict[str, float]:
    """Requests a second of each kind; an event loop of its own, so not in that of Playwright."""
    return asyncio.run(_fetch_rates(server))


async def _fetch_rates(server: Server) -> dict[str, float]:
    for name, size in (("small", SMALL), ("large", LARGE)):
        (server.root / name).write_bytes(b"x" * size)
    base = f"{server.url}{server.contender.marimo}api/files/download?path="
    small, large = (base + quote(str(server.root / name)) for name in ("small", "large"))
    assets = server.contender.assets.format(version=version("marimo"))
    asset = f"{server.url}{assets}{asset_of_a_megabyte()}"
    as_browsers_do = {**server.headers, "Accept-Encoding": "gzip, deflate, br, zstd"}
    async with aiohttp.ClientSession(
        headers=as_browsers_do, auto_decompress=False, cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as session:
        for url in (small, large, asset):
            await fetch(session, url, 5)
        return {
            "small": await rate(session, small, SMALL_COUNT, 1),
            "small6": await rate(session, small, SMALL_COUNT, CONNECTIONS),
            "large": await rate(session, large, LARGE_COUNT, CONNECTIONS),
            "asset": await rate(session, asset, LARGE_COUNT, CONNECTIONS),
        }


async def rate(session: aiohttp.ClientSession, url: str, count: int, connections: int) -> float:
    """Requests a second over so many connections."""
    began = time.perf_counter()
    each = [fetch(session, url, count // connections) for _ in range(connections)]
    await asyncio.gather(*each)
    return count // connections * connections / (time.perf_counter() - began)


async def fetch(session: aiohttp.ClientSession, url: str, count: int) -> None:
    """Fetch something many times, one after the other."""
    for _ in range(count):
        async with session.get(url) as reply:
            await reply.read()
            if reply.status != 200:
                raise RuntimeError(f"{url}: {reply.status}")


def asset_of_a_megabyte() -> str:
    """The script of marimo's page whose size is nearest to 1 MB."""
    scripts = Path(marimo.__file__).parent.glob("_static/assets/*.js")
    return min(scripts, key=lambda path: abs(path.stat().st_size - LARGE)).name
