"""Why a start failed: reads exit code, last words and errno, and gives the error that fits.

Knows what operating systems, Python and marimo's command line say; starts nothing.
"""

from __future__ import annotations

import errno
import re
import signal
from itertools import takewhile

from ..notebooks.marimo import EDIT_COMMAND, MINIMUM_VERSION, is_too_old
from ..start_errors import (
    AccessDenied,
    DiskFull,
    Killed,
    MarimoBroken,
    MarimoMissing,
    MarimoTooOld,
    OptionUnknown,
    OutOfMemory,
    PortTaken,
    ProcessLimit,
    StartFailed,
)
from ..translation import _
from .launcher import LaunchSpec

# What a program says when it dies stands at the end; further up are warnings that it survived.
LAST_WORDS = 15

# click's own words, and marimo's since it words them anew.
_OPTION = re.compile(r"(?:no such option:?|unexpected argument) ['\"]?(-[\w-]+)", re.IGNORECASE)
_NO_MARIMO = re.compile(r"No module named '?marimo(?:\.__main__)?'?(?:[;\s]|$)")
_IMPORT = re.compile(r"^(?:ImportError|ModuleNotFoundError): .*")
_DISK = re.compile(
    r"No space left on device|quota exceeded|No usable temporary directory", re.IGNORECASE
)
_MEMORY = re.compile(r"^MemoryError\b|Cannot allocate memory|std::bad_alloc")
_LIMIT = re.compile(r"Resource temporarily unavailable|Too many open files|can't start new thread")
_ACCESS = re.compile(r"Permission denied|Operation not permitted|Read-only file system")

_SPAWN_ERRORS: dict[int, type[DiskFull | OutOfMemory]] = {
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.ENOMEM: OutOfMemory,
}
_LIMIT_ERRORS = {errno.EAGAIN, errno.EMFILE, errno.ENFILE}


def refuse_too_old(version: str) -> None:
    """Refuse a server whose marimo is below what we can drive; another command may be any.

    Raises:
        MarimoTooOld: it is.
    """
    if is_too_old(version):
        raise MarimoTooOld(version, MINIMUM_VERSION)


def from_end(code: int, lines: list[str], spec: LaunchSpec) -> StartFailed:
    """Why a child ended before it answered.

    Args:
        code: its exit code; below 0 the signal that ended it.
        lines: its log, secrets masked.
        spec: how it was started.
    """
    return (
        from_words(lines, spec)
        or (Killed() if code == -signal.SIGKILL else None)
        or StartFailed(
            _("marimo ended while it was starting ({reason}).").format(reason=reason(code)),
            _("Its own words are in the log below."),
        )
    )


def from_spawn(error: OSError, program: str) -> StartFailed:
    """Why the operating system did not start a process.

    Args:
        error: what it said.
        program: what was to be started.
    """
    words = error.strerror or str(error)
    if error.errno in _SPAWN_ERRORS:
        return _SPAWN_ERRORS[error.errno]()
    if error.errno in _LIMIT_ERRORS:
        return ProcessLimit(words)
    return StartFailed(
        _("marimo cannot be started: {error}").format(error=words),
        _("Check that “{command}” may be run on this machine.").format(command=program),
    )


def reason(code: int) -> str:
    """An exit code in words."""
    if code < 0:
        return _("signal {number}").format(number=-code)
    return _("exit code {code}").format(code=code)


def from_words(lines: list[str], spec: LaunchSpec) -> StartFailed | None:
    """The error that a child's last words tell of, if it is a known one.

    Args:
        lines: its log, secrets masked.
        spec: how it was started.
    """
    for line in reversed(lines[-LAST_WORDS:]):
        if "address already in use" in line.lower():
            return PortTaken(spec.port)
        if option := _OPTION.search(line):
            return _from_option(option[1], spec)
        if _NO_MARIMO.search(line):
            return MarimoMissing(" ".join(takewhile(EDIT_COMMAND.__ne__, spec.command)))
        if _IMPORT.match(line):
            return MarimoBroken(line)
        if _DISK.search(line):
            return DiskFull()
        if _MEMORY.search(line):
            return OutOfMemory()
        if _LIMIT.search(line):
            return ProcessLimit(line)
        if _ACCESS.search(line):
            return AccessDenied(line)
    return None


def _from_option(option: str, spec: LaunchSpec) -> StartFailed:
    """An option that we pass is missing in an older marimo; any other is the operator's."""
    if any(argument.split("=")[0] == option for argument in spec.extra_args):
        return OptionUnknown(option)
    return MarimoTooOld(_("(without the option {option})").format(option=option), MINIMUM_VERSION)
