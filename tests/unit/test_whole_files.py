"""A file is what it was where Jupyter's contents manager could not write it to its end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# The limit of a file's size stands for a disk that is full: it counts for a whole process.
SAVE = """
import asyncio, resource, sys
from pathlib import Path
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError
from jupyter_reactive.whole_files import old_or_new

folder, size = Path(sys.argv[1]), int(sys.argv[2])
manager = AsyncLargeFileManager(root_dir=str(folder))

async def save():
    with old_or_new(folder / "a.py"):
        await manager.save({"type": "file", "format": "text", "content": "x" * size}, "a.py")

resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
try:
    asyncio.run(save())
except (HTTPError, OSError):
    sys.exit(3)
"""


def save(folder: Path, size: int) -> int:
    return subprocess.run(
        [sys.executable, "-c", SAVE, folder, str(size)], check=False, capture_output=True
    ).returncode


# Which is too much for what is kept until the file is closed, and which is not.
@pytest.mark.parametrize("size", [50_000, 500])
def test_what_was_there_is_there_again(tmp_path: Path, size: int):
    file = tmp_path / "a.py"
    file.write_text("mine")
    assert save(tmp_path, size) == 3
    assert file.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("size", [50_000, 500])
def test_what_is_new_is_not_there_by_half(tmp_path: Path, size: int):
    assert save(tmp_path, size) == 3
    assert not list(tmp_path.iterdir())


def test_what_is_saved_is_new(tmp_path: Path):
    (tmp_path / "a.py").write_text("mine")
    assert save(tmp_path, 50) == 0
    assert (tmp_path / "a.py").read_text() == "x" * 50
