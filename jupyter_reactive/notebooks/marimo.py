"""The one place that knows anything of marimo that marimo does not promise.

Its command line, its HTTP routes, the mark that its page carries: each with the reason why we
touch it. ``tests/unit/test_marimo_parity.py`` fails when a new marimo moves one of them.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

MINIMUM_VERSION = "0.25"

EDIT_COMMAND = "edit"

# Answers without the secret, so it can be asked before we know who listens on the port.
HEALTH_ROUTE = "/health"
# Answers only with the secret: proves that the listener is the child that we started.
VERSION_ROUTE = "/api/version"
# The page; its query `file` names the notebook, `access_token` logs in (never from a browser).
PAGE_ROUTE = "/"
FILE_QUERY = "file"
NEW_FILE_KEY = "__new__"
SESSION_QUERY = "session_id"
TOKEN_QUERY = "access_token"  # noqa: S105  # a name, no secret
# The list of sessions with absolute paths; /api/home/running_notebooks prettifies them.
SESSIONS_ROUTE = "/api/sessions"
# Whether a cell runs, also when no page is open; nothing tells it otherwise.
KERNEL_STATUS_ROUTE = "/api/kernel/status"
SHUTDOWN_SESSION_ROUTE = "/api/home/shutdown_session"
RENAME_ROUTE = "/api/kernel/rename"
SAVE_ROUTE = "/api/kernel/save"
# Hand out or accept the secret itself; the proxy shuts them.
AUTH_ROUTE = "/auth"

# After these the list of sessions may have changed.
SESSION_CHANGING_ROUTES = frozenset(
    {
        RENAME_ROUTE,
        SHUTDOWN_SESSION_ROUTE,
        "/api/kernel/restart_session",
        "/api/kernel/shutdown",
    }
)

# marimo's guard against pages of an older server, and against pages of another origin: every POST
# carries the token that the page was served with.
SERVER_TOKEN_HEADER = "Marimo-Server-Token"  # noqa: S105  # a name, no secret
SESSION_HEADER = "Marimo-Session-Id"
_SERVER_TOKEN = re.compile(r"<marimo-server-token\s+data-token=\"([^\"]+)\"")

# marimo's log tells its guard's tokens when a page of an older server asks.
_LOGGED_TOKENS = re.compile(r"(Expected: |got: )[^\s,]+")

# What marimo gives a name to when it writes a file: any other suffix gets `.py` appended.
NOTEBOOK_SUFFIXES = frozenset({".py", ".md", ".qmd"})


def server_token(page: str) -> str | None:
    """The token that a page of marimo was served with.

    There is no public way for a program to get it (marimo's own VS Code extension reads the same
    element).

    Args:
        page: the HTML of any page of the edit server.
    """
    match = _SERVER_TOKEN.search(page)
    return match.group(1) if match else None


def is_running(status: dict[str, str]) -> bool:
    """Whether a reply of `KERNEL_STATUS_ROUTE` says that a cell is running or queued."""
    return status["state"] == "running"


def mask_log(line: str) -> str:
    """A line of marimo's log without the tokens of its guard."""
    return _LOGGED_TOKENS.sub(r"\1***", line) if "server token" in line else line


def is_too_old(version: str) -> bool:
    """Whether a version of marimo is below the window that we can drive."""
    return release(version) < release(MINIMUM_VERSION)


def release(version: str) -> tuple[int, ...]:
    """The first two numbers of a version, enough to compare releases of marimo."""
    return tuple(int("".join(filter(str.isdigit, part)) or 0) for part in version.split(".")[:2])


def installed_version() -> str | None:
    """The version of marimo in this environment, or None. Does not import marimo."""
    try:
        return version("marimo")
    except PackageNotFoundError:
        return None
