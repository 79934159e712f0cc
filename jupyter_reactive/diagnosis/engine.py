"""marimo itself: whether it is there, in a version that we can drive, and whose Python runs it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..interpreters import interpreter_of
from ..notebooks.marimo import (
    MINIMUM_VERSION,
    NEWEST_TESTED_VERSION,
    installed_version,
    is_too_old,
    release,
)
from ..start_errors import MarimoMissing, MarimoTooOld
from ..translation import _
from .findings import Finding, Level

VERSION_TIMEOUT = 30
_VERSION = re.compile(r"\d+\.\d+(?:\.\w+)*")


def engine(command: Sequence[str], environment: Mapping[str, str]) -> Finding:
    """Whether marimo can be run, and its version.

    Args:
        command: program and first arguments; empty for the marimo of this Python.
        environment: the variables that it gets.
    """
    words = " ".join(command) or f"{sys.executable} -m marimo"
    if command and shutil.which(str(Path(command[0]).expanduser())) is None:
        return Finding.of_error("marimo", MarimoMissing(command[0]))
    version = _ask_version(command, environment) if command else installed_version()
    if version is None and not command:
        return Finding.of_error("marimo", MarimoMissing(words))
    if version is None:
        return Finding(
            "marimo",
            Level.PROBLEM,
            _("“{command}” does not tell its version.").format(command=words),
            _("Run “{command} --version” in a terminal and read what it says.").format(
                command=words
            ),
        )
    if is_too_old(version):
        return Finding.of_error("marimo", MarimoTooOld(version, MINIMUM_VERSION))
    if release(version) > release(NEWEST_TESTED_VERSION):
        return Finding(
            "marimo",
            Level.WARNING,
            _("marimo {version} is newer than any that was tested ({newest}).").format(
                version=version, newest=NEWEST_TESTED_VERSION
            ),
            _(
                "Look for an update of jupyter-reactive; if notebooks fail, go back to marimo "
                "{newest}."
            ).format(newest=NEWEST_TESTED_VERSION),
        )
    return Finding(
        "marimo",
        Level.OK,
        _("marimo {version} is run by “{command}”.").format(version=version, command=words),
    )


def engine_python(command: Sequence[str]) -> Finding | None:
    """Which Python the notebooks get when it is not ours, as far as the program tells."""
    program = shutil.which(str(Path(command[0]).expanduser())) if command else None
    if program is None:
        return None
    interpreter = interpreter_of(program)
    if interpreter in {None, sys.executable}:
        return None
    return Finding(
        "notebook_python",
        Level.OK,
        _("Notebooks run in another Python than Jupyter: {python}.").format(python=interpreter),
    )


def _ask_version(command: Sequence[str], environment: Mapping[str, str]) -> str | None:
    program = str(Path(command[0]).expanduser())
    try:
        # The operator's own setting, without a shell.
        done = subprocess.run(
            [program, *command[1:], "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=VERSION_TIMEOUT,
            check=False,
            env=dict(environment),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(done.stdout)
    return found.group() if found and not done.returncode else None
