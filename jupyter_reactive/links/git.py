"""Asks git about a checkout and its remote. Never asks the user, and changes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import GitMissing
from ..translation import _

LOCAL_SECONDS = 20
REMOTE_SECONDS = 20
# A file system monitor is a program that a checkout's own configuration names.
_COMMAND = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
# So that a remote is asked as somebody would who has no account there.
_ANONYMOUS = ("-c", "credential.helper=", "-c", "http.extraHeader=")
# What git and curl say when it is not the repository's fault.
_UNREACHABLE = (
    "could not resolve",
    "could not connect",
    "couldn't connect",
    "failed to connect",
    "connection refused",
    "connection timed out",
    "network is unreachable",
    "no route to host",
    "operation timed out",
)


@dataclass(frozen=True)
class Answer:
    """What git answered.

    Attributes:
        ok: whether it did as it was asked.
        out: what it wrote.
        error: what it complained about.
    """

    ok: bool
    out: bytes
    error: str

    @property
    def text(self) -> str:
        """What it wrote, without the last line's end."""
        return self.out.decode("utf-8", "surrogateescape").rstrip("\n")

    @property
    def is_unreachable(self) -> bool:
        """Whether the network is to blame, as far as can be told."""
        error = self.error.lower()
        return any(words in error for words in _UNREACHABLE)

    @property
    def is_distrusted(self) -> bool:
        """Whether git does not work there because the checkout is somebody else's."""
        return "dubious ownership" in self.error


def ask(
    folder: Path,
    *arguments: str,
    seconds: float = LOCAL_SECONDS,
    variables: Mapping[str, str] | None = None,
) -> Answer:
    """Run git in a folder of a checkout.

    Args:
        folder: where.
        arguments: git's.
        seconds: how long it may take.
        variables: which are others than those of this process.

    Raises:
        GitMissing: there is no git.
    """
    environment = {
        **os.environ,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS_REQUIRE": "never",
        "GIT_OPTIONAL_LOCKS": "0",
        # No program as a transport (`ext::`).
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
        **(variables or {}),
    }
    try:
        process = subprocess.Popen(
            [*_COMMAND, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Without a terminal ssh cannot ask for a password there.
            start_new_session=True,
        )
    except FileNotFoundError as e:
        raise GitMissing from e
    with process:
        try:
            out, error = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            # With the program that speaks to the remote, which would wait on.
            os.killpg(process.pid, signal.SIGKILL)
            return Answer(ok=False, out=b"", error="operation timed out")
    return Answer(process.returncode == 0, out, error.decode("utf-8", "replace"))


def ask_as_stranger(url: str, *patterns: str) -> Answer:
    """The refs of a repository, for somebody without an account."""
    with tempfile.TemporaryDirectory() as nowhere:
        return ask(
            Path(nowhere),
            *_ANONYMOUS,
            "ls-remote",
            "--",
            url,
            *patterns,
            seconds=REMOTE_SECONDS,
            variables=_home_without_passwords(Path(nowhere)),
        )


def _home_without_passwords(home: Path) -> dict[str, str]:
    """Variables by which git has the user's configuration, and not the passwords of `~/.netrc`.

    Args:
        home: an empty folder.
    """
    theirs = Path.home()
    file = str(theirs / ".gitconfig").replace("\\", "\\\\").replace('"', '\\"')
    (home / ".gitconfig").write_text(f'[include]\npath = "{file}"\n', "utf-8")
    other = os.environ.get("XDG_CONFIG_HOME") or str(theirs / ".config")
    return {"HOME": str(home), "XDG_CONFIG_HOME": other}


def ask_as_user(folder: Path, remote: str, *patterns: str) -> Answer:
    """The refs of a checkout's remote, with the account that its user has there."""
    return ask(folder, "ls-remote", "--", remote, *patterns, seconds=REMOTE_SECONDS)


def distrust(notebook: Path) -> tuple[str, str]:
    """What is said of a checkout that is somebody else's: message and remedy.

    Args:
        notebook: a file in it.
    """
    return (
        _("git does not trust the folder of “{name}”: it belongs to somebody else.").format(
            name=notebook.name
        ),
        _("If you trust it: git config --global --add safe.directory {folder}").format(
            folder=notebook.parent
        ),
    )
