"""Writes compressed copies of marimo's static files into a folder; also a program of its own.

    python -m jupyter_reactive.assets.compress TARGET [NAME ENCODING]

A program, since it takes half a minute and memory that Jupyter would keep. With a file's name and
an encoding it makes that copy alone, and a quick one.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import brotli

from .catalog import Catalog, read_catalog

# By what a browser says that it takes; the best one first.
SUFFIXES = {"br": ".br", "gzip": ".gz"}


def _brotli(data: bytes, *, best: bool) -> bytes:
    # The best but one: 3 % larger, in a fifth of the time. The window takes in a whole pack.
    compressed: bytes = brotli.compress(data, quality=10 if best else 5, lgwin=24)
    return compressed


def _gzip(data: bytes, *, best: bool) -> bytes:
    return gzip.compress(data, compresslevel=9 if best else 6, mtime=0)


# Copies that were made while a browser waited; they go when the best ones are there.
QUICK = "quick"

COMPRESSORS: dict[str, Callable[..., bytes]] = {"br": _brotli, "gzip": _gzip}


def compressed(data: bytes, encoding: str, *, best: bool) -> bytes:
    """Bytes in an encoding.

    Args:
        data: what to compress.
        encoding: a key of `SUFFIXES`.
        best: as small as makes sense, which takes forty times as long with brotli.
    """
    return COMPRESSORS[encoding](data, best=best)


def write_copies(catalog: Catalog, target: Path) -> Iterator[Path]:
    """Write every copy that is not there yet.

    Two that do it at the same time do no harm: each copy appears whole or not at all.

    Args:
        catalog: the files.
        target: the folder for the copies; made if it is not there.

    Yields:
        each copy that was written.

    Raises:
        OSError: the target cannot be written, or the disk is full.
    """
    for name in catalog.compressible():
        data = None
        for encoding, suffix in SUFFIXES.items():
            copy = target / f"{name}{suffix}"
            if not copy.exists():
                # Before the time is spent, so that a folder that cannot be written costs none.
                with new_file(copy) as file:
                    data = data or catalog.read(name)
                    file.write(compressed(data, encoding, best=True))
                yield copy
    shutil.rmtree(target / QUICK, ignore_errors=True)


def write_quick_copy(catalog: Catalog, target: Path, name: str, encoding: str) -> Path:
    """Write a copy while a browser waits for it.

    Args:
        catalog: the files.
        target: the folder for the copies; made if it is not there.
        name: which file.
        encoding: a key of `SUFFIXES`.

    Raises:
        OSError: the target cannot be written, or the disk is full.
    """
    copy = target / QUICK / f"{name}{SUFFIXES[encoding]}"
    # Before the time is spent.
    with new_file(copy) as file:
        file.write(compressed(catalog.read(name), encoding, best=False))
    return copy


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears when it is whole.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        # As readable as what it is a copy of: an image is often built by somebody else.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def main(arguments: list[str]) -> int:
    """Compress, all of it with the time that nobody else wants."""
    target, *one = arguments
    catalog = read_catalog()
    if catalog is None:
        return 1
    if one:
        write_quick_copy(catalog, Path(target), *one)
        return 0
    with contextlib.suppress(OSError):
        os.nice(19)
    parent = os.getppid()
    for _copy in write_copies(catalog, Path(target)):
        if os.getppid() != parent:
            return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OSError as e:
        sys.exit(str(e))
