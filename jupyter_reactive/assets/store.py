"""Marimo's static files in the form that a browser takes.

Knows files and processes, nothing of HTTP but the names of encodings.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import subprocess
import sys
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import IO, ParamSpec, TypeVar

import platformdirs
from traitlets import Bool, Unicode, default
from traitlets.config import LoggingConfigurable

from .catalog import COMPRESSIBLE, Catalog, read_catalog
from .compress import QUICK, SUFFIXES, compressed, write_quick_copy

# The first user's page comes first; the copies are for the next one.
DELAY = 20
# What one thread has held, it keeps; Jupyter's own pool would have one for each file of a page.
READERS = 2
_COMPRESS = (sys.executable, "-m", "jupyter_reactive.assets.compress")
P = ParamSpec("P")
T = TypeVar("T")


def environment_folder() -> Path:
    """Where copies are that came with the environment: an image that was warmed."""
    return Path(sys.prefix, "share", "jupyter", "reactive-assets")


class AssetStore(LoggingConfigurable):
    """Hands out static files, compressed; keeps compressed copies between servers.

    Owned by the extension app. Whatever is wrong with the copies' folder (read-only, full, gone),
    the files are compressed when they are asked for.
    """

    cache_dir = Unicode(
        config=True,
        help="""
        The folder for compressed copies of marimo's static files, about 15 MB for each version of
        marimo. Default: `jupyter-reactive` in the user's cache folder (on Linux
        `~/.cache/jupyter-reactive`). Servers may share it. Copies that
        `jupyter reactive warm` put into the environment are used first.
        """,
    )

    precompress = Bool(
        default_value=True,
        config=True,
        help="""
        Whether the best copies are made in the background after the first notebook was opened,
        half a minute of one processor at the lowest priority. False: each file is compressed when
        it is asked for first, about 15 % larger. Default: True.
        """,
    )

    @default("cache_dir")
    def _default_cache_dir(self) -> str:
        return platformdirs.user_cache_dir("jupyter-reactive", appauthor=False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._compressing: asyncio.Task[None] | None = None
        self._readers = ThreadPoolExecutor(READERS, "reactive-assets")

    async def in_thread(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What one of the threads for files answers."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, functools.partial(act, *args, **kwargs))

    @functools.cached_property
    def catalog(self) -> Catalog | None:
        """The files of the marimo of this environment; None when there is none."""
        return read_catalog()

    @property
    def editor_files(self) -> list[str]:
        """What a browser fetches to show an open notebook. Reads some MB the first time."""
        return self.catalog.editor_files if self.catalog else []

    @functools.cached_property
    def packed_files(self) -> list[str]:
        """The same in few requests, for a browser with a service worker."""
        if self.catalog is None:
            return []
        packed = set(self.catalog.packed_files())
        return [self.catalog.pack_name, *(n for n in self.editor_files if n not in packed)]

    def open(self, name: str, accepted: Collection[str]) -> tuple[IO[bytes], str | None]:
        """Open a file in the smallest form that is accepted. Not for the event loop.

        Args:
            name: one of the catalog's.
            accepted: encodings.

        Returns:
            The open file and its encoding, None for the file as it is.

        Raises:
            OSError: marimo has been taken away meanwhile.
        """
        assert self.catalog is not None
        encodings = [encoding for encoding in SUFFIXES if encoding in accepted]
        if Path(name).suffix not in COMPRESSIBLE or not encodings:
            return BytesIO(self.catalog.read(name)), None
        kept = Path(self.cache_dir, self.catalog.key)
        for encoding in encodings:
            for folder in (environment_folder() / self.catalog.key, kept, kept / QUICK):
                with contextlib.suppress(OSError):
                    return (folder / f"{name}{SUFFIXES[encoding]}").open("rb"), encoding
        encoding = encodings[0]
        with contextlib.suppress(OSError):
            return self._quick_copy(kept, name, encoding).open("rb"), encoding
        return BytesIO(compressed(self.catalog.read(name), encoding, best=False)), encoding

    def compress_soon(self) -> None:
        """Make the copies that are missing, once and in the background."""
        if self.precompress and self._compressing is None:
            self._compressing = asyncio.create_task(self._compress())

    def stop(self) -> None:
        """End what runs in the background."""
        self._readers.shutdown(wait=False, cancel_futures=True)
        if self._compressing is not None:
            self._compressing.cancel()

    def _quick_copy(self, folder: Path, name: str, encoding: str) -> Path:
        assert self.catalog is not None
        if name == self.catalog.pack_name:
            # Some 15 MB of what it takes would stay in Jupyter's memory.
            command = [*_COMPRESS, str(folder), name, encoding]
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
            return folder / QUICK / f"{name}{SUFFIXES[encoding]}"
        return write_quick_copy(self.catalog, folder, name, encoding)

    async def _compress(self) -> None:
        assert self.catalog is not None
        if (environment_folder() / self.catalog.key).exists():
            return
        await asyncio.sleep(DELAY)
        child = await asyncio.create_subprocess_exec(
            *_COMPRESS,
            str(Path(self.cache_dir, self.catalog.key)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _out, told = await child.communicate()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            raise
        if child.returncode:
            self.log.info(
                "marimo's files are compressed each time that they are asked for: %s",
                told.decode(errors="replace").strip(),
            )
