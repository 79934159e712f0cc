"""Tells by content whether a file is a marimo notebook.

Knows nothing of servers and does not import marimo: listing a folder must not cost the Jupyter
process marimo's memory. The rule is that of marimo's own parser (``import marimo`` and
``app = marimo.App(...)`` at the top level, https://docs.marimo.io/guides/reproducibility/ ), and a
test holds the two against each other.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import stat
import threading
import warnings
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from ..errors import BrokenNotebook, NotANotebook
from ..translation import _
from .marimo import NOTEBOOK_SUFFIXES

# marimo itself looks no further (its directory scanner). A larger file is judged by its first MB.
SCAN_BYTES = 1024 * 1024

_IMPORT = re.compile(rb"^import marimo\b", re.MULTILINE)
_APP = re.compile(rb"^app\s*=\s*\w+\.App\(", re.MULTILINE)
_MARKDOWN = re.compile(rb"\A\s*---\s*\n(?:.*\n)*?marimo-version:", re.MULTILINE)


@dataclass(frozen=True)
class Recognition:
    """What a look at a file's content told.

    Attributes:
        reactive: it is a marimo notebook.
        empty: it holds nothing but white space; marimo opens it as a new notebook.
        error: why its Python does not parse, else None.
        line: the line of that error, counted from 1; 0 without one.
    """

    reactive: bool
    empty: bool = False
    error: str | None = None
    line: int = 0


def recognise(path: Path) -> Recognition:
    """Look at the content of a file.

    Args:
        path: the file; only the first MB is read.

    Raises:
        OSError: the file cannot be read.
    """
    if path.suffix not in NOTEBOOK_SUFFIXES:
        return Recognition(reactive=False)
    with open(path, "rb", opener=_open_at_once) as file:  # Path has no opener
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return Recognition(reactive=False)
        source = file.read(SCAN_BYTES)
        complete = not file.read(1)
    return recognise_source(path.suffix, source, complete=complete)


def recognise_source(suffix: str, source: bytes, *, complete: bool = True) -> Recognition:
    """Look at what a file holds.

    Args:
        suffix: of the file, one of those that a notebook may have.
        source: its content.
        complete: whether that is all of it.
    """
    if not source.strip():
        return Recognition(reactive=False, empty=True)
    if suffix != ".py":
        return Recognition(reactive=bool(_MARKDOWN.search(source)))
    if b"marimo" not in source or b"App" not in source:
        return Recognition(reactive=False)
    looks_reactive = bool(_IMPORT.search(source) and _APP.search(source))
    if not complete:
        return Recognition(reactive=looks_reactive)
    try:
        with warnings.catch_warnings():
            # Of the user's code; nothing for Jupyter's log.
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError as e:
        return Recognition(reactive=looks_reactive, error=e.msg, line=e.lineno or 1)
    except ValueError as e:
        # NUL bytes.
        return Recognition(reactive=looks_reactive, error=str(e), line=1)
    except (RecursionError, MemoryError, SystemError):
        # Nesting that the parser gives up on (a SystemError in CPython 3.11) is no mistake.
        return Recognition(reactive=looks_reactive)
    return Recognition(reactive=_defines_app(tree))


def _open_at_once(path: str, flags: int) -> int:
    """Open a file, or a pipe without waiting for who writes into it."""
    return os.open(path, flags | os.O_NONBLOCK)


def _defines_app(tree: ast.Module) -> bool:
    """Whether the module's top level has ``import marimo`` and then ``app = marimo.App(...)``."""
    alias: str | None = None
    for node in tree.body:
        match node:
            case ast.Import(names=[ast.alias(name="marimo", asname=asname), *_]):
                alias = asname or "marimo"
            case ast.Assign(
                targets=[ast.Name(id="app")],
                value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="App")),
            ) if name == alias:
                return True
    return False


class Recogniser:
    """Remembers what a look told until the file changes. Several threads may ask.

    Args:
        size: how many files to remember.
    """

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[Path, tuple[tuple[int, int, int], Recognition]] = OrderedDict()

    def recognise(self, path: Path) -> Recognition:
        """Look at the content of a file, or remember the last look.

        Raises:
            OSError: the file cannot be read.
        """
        stat = path.stat()
        key = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        with self._lock:
            known = self._known.get(path)
            if known is not None and known[0] == key:
                self._known.move_to_end(path)
                return known[1]
        recognition = recognise(path)
        with self._lock:
            self._known[path] = (key, recognition)
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return recognition


def require_openable(name: str, recognition: Recognition) -> None:
    """Raise for what marimo would refuse, or open at the price of losing some of it.

    Args:
        name: the notebook's path, for people.
        recognition: what is known of its content.

    Raises:
        NotANotebook: marimo would not take it for one.
        BrokenNotebook: cells could be lost.
    """
    suffix = Path(name).suffix
    if suffix not in NOTEBOOK_SUFFIXES or not (recognition.reactive or recognition.empty):
        remedy = (
            _("Convert it in a terminal: marimo convert {path} -o {target}").format(
                path=shlex.quote(name),
                target=shlex.quote(f"{name.removesuffix(suffix)}_reactive.py"),
            )
            if suffix in {".ipynb", ".py", ".md"}
            else _("Open it with another program, or create a new notebook.")
        )
        raise NotANotebook(_("“{path}” is no marimo notebook.").format(path=name), remedy)
    if recognition.error:
        raise BrokenNotebook(
            _("“{path}” is a notebook, but its Python is broken: line {line}: {error}").format(
                path=name, line=recognition.line, error=recognition.error
            ),
            _("Mend that line in the text editor. Opened as it is, cells could be lost."),
        )
