"""Hostile paths, made by operators from a few seeds, and the folders that they are made for.

One list for every door that takes a path. Each path says what a door has to think of it where a
path begins at the contents root and an absolute one is the machine's.
"""

from __future__ import annotations

import hashlib
import os
import socket
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

NOTEBOOK = "import marimo\n\napp = marimo.App()\n"


@dataclass(frozen=True)
class HostilePath:
    """A path as a program would send it.

    Attributes:
        operator: how it was made.
        path: the path.
        refused: it must be; else it is only odd, and is to pass as it is.
    """

    operator: str
    path: str
    refused: bool


@dataclass(frozen=True)
class Trees:
    """A contents root between folders that nobody may touch."""

    root: Path
    outside: Path

    @property
    def beside(self) -> Path:
        """A folder whose name begins as the root's does."""
        return self.root.with_name(f"{self.root.name}-beside")

    def plant(self) -> None:
        """Make everything that the paths speak of."""
        for folder in (self.outside / "folder", self.beside, self.root / "folder/deep"):
            folder.mkdir(parents=True)
            (folder / "n.py").write_text(NOTEBOOK)
        (self.outside / "secret.py").write_text(NOTEBOOK)
        for hidden in (".n.py", ".hidden/n.py", "folder/.n.py", "folder/.hidden/deep/n.py"):
            (self.root / hidden).parent.mkdir(exist_ok=True, parents=True)
            (self.root / hidden).write_text(NOTEBOOK)
        links = {
            "file.py": self.outside / "secret.py",
            "relative.py": os.path.relpath(self.outside / "secret.py", self.root),
            "tree": self.outside,
            "relative-tree": os.path.relpath(self.outside, self.root),
            "chain.py": "chain-1.py",
            "chain-1.py": "chain-2.py",
            "chain-2.py": self.outside / "secret.py",
            "folder/up": "../tree",
            "dangling.py": self.outside / "dangling.py",
            "zero.py": "/dev/zero",
            "environ.py": "/proc/self/environ",
            "loop.py": "loop.py",
            "loop-1": "loop-2",
            "loop-2": "loop-1",
        }
        for link, target in links.items():
            (self.root / link).symlink_to(target)
        os.mkfifo(self.root / "pipe.py")
        os.mkfifo(self.root / "folder/pipe")
        with socket.socket(socket.AF_UNIX) as listener:
            here = Path.cwd()
            # The path of a socket may have a hundred bytes only.
            os.chdir(self.root)
            listener.bind("socket.py")
            os.chdir(here)

    def fingerprint(self, *trees: Path) -> dict[str, str]:
        """What is there: each path with its kind and a hash of its content."""
        found = {}
        for tree in trees:
            for path in sorted((tree, *tree.rglob("*"))):
                if path.is_symlink():
                    found[str(path)] = f"link {path.readlink()}"
                elif path.is_file():
                    found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
                else:
                    found[str(path)] = oct(path.stat().st_mode)
        return found

    def untouchable(self) -> dict[str, str]:
        """What no request may change."""
        return self.fingerprint(self.outside, self.beside)


Made = Iterable[tuple[str, bool]]
Operator = Callable[[Trees], Made]


def climb(trees: Trees) -> Made:
    up = os.path.relpath(trees.outside, trees.root)
    for seed in (f"{up}/secret.py", f"{up}/new.py", f"{up}/folder", "..", "../.."):
        yield seed, True
        yield f"folder/deep/../../{seed}", True
        yield f"nix/../{seed}", True
        yield f"/{seed}", True
    yield from ((path, True) for path in ("folder/..", "./folder/n.py", "folder/./n.py", "."))
    # Only names that look like it.
    yield from ((path, False) for path in ("folder/n..py", "folder/n.py.."))


def absolute(trees: Trees) -> Made:
    for place in (trees.outside / "secret.py", trees.outside / "new.py", trees.beside / "n.py"):
        yield str(place), True
        yield f"/{place}", True
        yield f"{trees.root}/../{place.relative_to(trees.root.parent)}", True
    yield from ((path, True) for path in ("/", "/etc/passwd", "/dev/zero", "/proc/self/environ"))
    yield str(trees.root / "folder/n.py"), False
    yield str(trees.root / "folder/new.py"), False


def encode(trees: Trees) -> Made:
    """Nobody decodes them: they are names."""
    up = f"{os.path.relpath(trees.outside, trees.root)}/secret.py"
    once = quote(up, safe="").replace(".", "%2e")
    yield from ((path, False) for path in (once, quote(once), up.replace("/", "%2f")))
    yield from ((path, False) for path in ("%2e%2e/secret.py", "folder/%00.py", "%c0%ae%c0%ae/x"))


def backslash(trees: Trees) -> Made:
    yield from ((path, False) for path in ("..\\outside\\secret.py", "folder\\n.py", "C:\\n.py"))


def control(trees: Trees) -> Made:
    for char in ("\0", "\n", "\r", "\t", "\x1b", "\x1f", "\x7f", "\ud800"):
        yield f"folder/n.py{char}", True
        yield f"folder/n{char}.py", True
        yield f"{char}folder/n.py", True


def trailing(trees: Trees) -> Made:
    yield from ((f"folder/n.py{end}", False) for end in (".", " ", "..", " .", "/", "::$DATA"))


def long(trees: Trees) -> Made:
    yield "n" * 252 + ".py", False
    yield "n" * 253 + ".py", True
    yield "é" * 127 + ".py", True
    yield "d/" * 2500 + "n.py", True
    yield "n" * 100_000, True


def links(trees: Trees) -> Made:
    leading_out = (
        *("file.py", "relative.py", "chain.py", "dangling.py", "tree", "relative-tree"),
        *("tree/secret.py", "tree/new.py", "relative-tree/folder/n.py", "folder/up/secret.py"),
    )
    for path in leading_out:
        yield path, True
        yield str(trees.root / path), True
    yield from ((path, False) for path in ("loop.py", "loop-1/n.py"))


def devices(trees: Trees) -> Made:
    for path in ("zero.py", "environ.py", "pipe.py", "folder/pipe", "socket.py"):
        yield path, True
        yield str(trees.root / path), True


def hidden(trees: Trees) -> Made:
    places = (
        *(".n.py", ".hidden", ".hidden/n.py", "folder/.n.py", "folder/.hidden/deep/n.py"),
        *(".new.py", "folder/.new/n.py", "nix/.new/deep/n.py", "folder/n.py/.x"),
    )
    for path in places:
        yield path, True
        yield str(trees.root / path), True


def other_case(trees: Trees) -> Made:
    yield "FOLDER/N.PY", False
    yield str(trees.outside / "secret.py").upper(), True


def look_alike(trees: Trees) -> Made:
    for dot, slash in (
        ("\uff0e", "\uff0f"),
        ("\u2024", "\u2215"),
        ("\u200b.", "\u2044"),
        (".\u200b", "/"),
    ):
        yield f"{dot}{dot}{slash}outside{slash}secret.py", False
    for text in ("folder/é.py", "folder/\u202eyp.n", "\ufefffolder/n.py", "folder/\u2028n.py"):
        yield unicodedata.normalize("NFC", text), False
        yield unicodedata.normalize("NFD", text), False


def home(trees: Trees) -> Made:
    yield from ((path, True) for path in ("~", "~/n.py", "~root/n.py"))
    yield from ((path, False) for path in ("folder/~/n.py", "~~.py"))


def address(trees: Trees) -> Made:
    out = trees.outside / "secret.py"
    yield from ((path, False) for path in (f"file://{out}", "http://localhost/n.py", "n.py?x#y"))


def empty(trees: Trees) -> Made:
    yield "", False


OPERATORS: tuple[Operator, ...] = (
    *(climb, absolute, encode, backslash, control, trailing, long, links, devices, hidden),
    *(other_case, look_alike, home, address, empty),
)


def hostile_paths(trees: Trees) -> Iterator[HostilePath]:
    """Every path of every operator."""
    for operator in OPERATORS:
        for path, refused in dict.fromkeys(operator(trees)):
            # What is meant to climb and does not may still be hidden.
            begins_with_dot = any(part.startswith(".") for part in path.split("/"))
            yield HostilePath(operator.__name__, path, refused or begins_with_dot)
