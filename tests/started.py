"""A Jupyter server that somebody else's command has started."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 120
END_SECONDS = 60


@contextmanager
def started(
    command: Sequence[str],
    url: str,
    token: str,
    folder: Path,
    variables: dict[str, str],
    log: Path,
    seconds: float = START_SECONDS,
) -> Iterator[str]:
    """Run a command until the block ends; gives the address, which answers by then."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=variables, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + seconds
        while not _answers(url, token):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.5)
        yield url
    finally:
        process.terminate()
        process.wait(END_SECONDS)


def _answers(url: str, token: str) -> bool:
    request = urllib.request.Request(
        f"{url}api/status", headers={"Authorization": f"token {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10):
            return True
    except OSError:
        return False
