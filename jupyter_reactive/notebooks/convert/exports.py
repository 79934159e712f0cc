"""What `from module import *` would bring, without loading anything into this process."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from .names.analysis import analyse

# A large package loads in a few seconds when the disk is cold.
_SECONDS = 30
# Files beside the notebook are read and never run: to convert a notebook is not to trust it.
_ASK = """\
import importlib, json, sys
sys.path = [place for place in sys.path if place]
module = importlib.import_module(sys.argv[1])
names = getattr(module, "__all__", None)
print("\\n" + json.dumps(list(names or [n for n in vars(module) if n[:1] != "_"])))
"""


def exports(module: str, folder: Path | None) -> frozenset[str] | None:
    """The names that a module exports; None where that cannot be found out.

    Args:
        module: as the import names it.
        folder: of the notebook; None if it has none.
    """
    if folder is not None:
        path = folder.joinpath(*module.lstrip(".").split("."))
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return _of_file(file, folder, frozenset())
    return None if module.startswith(".") else _of_installed(module)


@cache
def _of_installed(module: str) -> frozenset[str] | None:
    try:
        asked = subprocess.run(
            [sys.executable, "-c", _ASK, module],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
            cwd="/" if os.name == "posix" else None,
            env={**os.environ, "MPLBACKEND": "agg"},
        )
        return frozenset(json.loads(asked.stdout.splitlines()[-1]))
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None


def _of_file(file: Path, folder: Path, seen: frozenset[Path]) -> frozenset[str] | None:
    """The names that a file's text binds; files that it imports all of are followed."""
    try:
        usage = analyse(file.read_text("utf-8"))
    except (OSError, ValueError, SyntaxError):
        return None
    listed: frozenset[str] | None = None
    bound: set[str] = set()
    for node in usage.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                try:
                    listed = frozenset(map(str, ast.literal_eval(value)))
                except ValueError:
                    return None
            case ast.ImportFrom(names=[ast.alias(name="*")], module=str(module), level=level):
                if file in seen:
                    continue
                other = folder.joinpath(*module.split(".")).with_suffix(".py")
                found = (
                    _of_file(other, folder, seen | {file})
                    if other.is_file() or level
                    else _of_installed(module)
                )
                if found is None:
                    return None
                bound |= found
    bound |= usage.bound
    return listed if listed is not None else frozenset(n for n in bound if n[:1] != "_")
