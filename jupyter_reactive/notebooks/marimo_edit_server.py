"""Runs marimo's edit server, with the results of each session kept for its user alone.

A script, run by the Python of the notebooks, which need not have this package: standard library
and marimo. Its arguments are the folder of the snapshots and then the command that it stands for.

marimo keeps what a notebook has shown beside the notebook, in `__marimo__/session`, where everybody
who reads the notebook reads it too, and shows it to whoever opens the notebook next. There is no
setting for the place but `sys.pycache_prefix`, by which Python would compile every module again.
"""

import os
import sys

if __name__ == "__main__":
    # Neither our own modules nor a user's notebooks may be imported in the place of others.
    _OWN = {"", os.path.dirname(os.path.abspath(__file__))}  # noqa: PTH120  # no more yet
    sys.path[:] = [folder for folder in sys.path if folder not in _OWN]

import hashlib
import runpy
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

# How a command says that it runs a module.
MODULE = "-m"
# Snapshots that nobody has opened for so long are deleted.
KEPT_SECONDS = 90 * 24 * 3600
# Of a notebook's name, so that a person finds its snapshot; the rest of the path is a number.
NAME_CHARACTERS = 40


def snapshot_file(folder: Path, notebook: Path) -> Path:
    """Where the snapshot of a notebook is.

    Args:
        folder: of the snapshots.
        notebook: its path, by whatever links.
    """
    number = hashlib.sha256(os.fsencode(os.path.realpath(notebook))).hexdigest()[:32]
    return folder / f"{notebook.name[:NAME_CHARACTERS]}-{number}.json"


def adapt(folder: Path) -> None:
    """Let marimo of this process keep its snapshots in a folder.

    Its session cache is private; `tests/unit/test_marimo_snapshots.py` tells what has moved.

    Raises:
        ImportError: marimo has no such module any more.
        AttributeError: its session cache has other functions.
    """
    from marimo._session.state import serialize as module  # noqa: PLC0415  # loads all of it

    serialize: Any = module
    dump, load = serialize.serialize_session_view, serialize.deserialize_session
    manager = serialize.SessionCacheManager
    read = manager.read_session_view

    def dump_with_times(view: Any, *args: Any, **kwargs: Any) -> Any:
        session = dump(view, *args, **kwargs)
        restored = getattr(view, "reactive_restored", {})
        for cell in session["cells"]:
            # marimo knows the code of a cell when a page has come. A page that never came would
            # leave a snapshot of no code, which is of no use to the next one.
            cell["code_hash"] = cell["code_hash"] or restored.get(cell["id"])
            # Plain Markdown is shown without a run, and is no result of any time.
            is_result = cell["id"] in view.last_execution_time or cell["id"] in restored
            times = _times(view.cell_notifications.get(cell["id"])) if is_result else []
            cell["reactive_time"] = max(times, default=0)
        return session

    def load_with_times(session: Any, cells: dict[str, Any]) -> Any:
        view = load(session, cells)
        for cell in session["cells"]:
            notification = view.cell_notifications.get(cells.get(cell["code_hash"]))
            for output in _outputs(notification):
                output.timestamp = cell.get("reactive_time", 0)
        return view

    def read_and_note(self: Any, key: Any) -> Any:
        view = read(self, key)
        hashes = map(serialize._hash_code, key.codes)  # noqa: SLF001
        view.reactive_restored = {
            cell: code
            for cell, code in zip(key.cell_ids, hashes, strict=True)
            if cell in view.cell_notifications
        }
        return view

    serialize.get_session_cache_file = lambda path: snapshot_file(folder, path)
    serialize.serialize_session_view = dump_with_times
    serialize.deserialize_session = load_with_times
    manager.read_session_view = read_and_note


def _outputs(notification: Any) -> list[Any]:
    """What a cell shows and has printed."""
    if notification is None:
        return []
    console = notification.console or []
    return [
        *([notification.output] if notification.output else []),
        *(console if isinstance(console, list) else [console]),
    ]


def _times(notification: Any) -> list[float]:
    return [output.timestamp for output in _outputs(notification)]


def private(folder: Path) -> Path:
    """A folder that nobody else may enter; a place where no file can be when it is another's."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as e:
        sys.stderr.write(f"no results are kept for the next session: {e}\n")
        return Path(os.devnull)
    return folder


def forget_old(folder: Path) -> None:
    """Delete the snapshots of long ago."""
    oldest = time.time() - KEPT_SECONDS
    for file in folder.glob("*.json"):
        # Another server of the same user may do the same.
        with suppress(OSError):
            if file.stat().st_mtime < oldest:
                file.unlink()


def main(folder: Path, command: list[str]) -> None:
    """Run a command of marimo's.

    Args:
        folder: of the snapshots.
        command: what Python is to run: `-m` and a module or a script, and arguments.
    """
    folder = private(folder)
    threading.Thread(target=forget_old, args=[folder], daemon=True).start()
    try:
        adapt(folder)
    except (ImportError, AttributeError) as e:
        sys.stderr.write(f"results are kept beside the notebooks: {e}\n")
    is_module = command[0] == MODULE
    name, *arguments = command[is_module:]
    sys.argv = [name, *arguments]
    if is_module:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(name, run_name="__main__")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
