"""The one place that knows anything of marimo that marimo does not promise.

Its command line, its HTTP routes, the mark that its page carries: each with the reason why we
touch it. ``tests/unit/test_marimo_*.py`` fail when a new marimo moves one of them.
"""

from __future__ import annotations

import json
import re
import secrets
import string
from html import escape
from importlib.metadata import PackageNotFoundError, version
from typing import Any

# The window: the oldest that we can drive, and the newest that all tests ran with.
MINIMUM_VERSION = "0.25"
NEWEST_TESTED_VERSION = "0.25"

EDIT_COMMAND = "edit"

# Answers without the secret, and whatever marimo is busy with.
HEALTH_ROUTE = "/health"
# Answers only with the secret.
VERSION_ROUTE = "/api/version"
# The page; its query `file` names the notebook, `access_token` logs in (never from a browser).
PAGE_ROUTE = "/"
FILE_QUERY = "file"
NEW_FILE_KEY = "__new__"
SESSION_QUERY = "session_id"
# A page that only looks on.
KIOSK_QUERY = "kiosk"
TOKEN_QUERY = "access_token"  # noqa: S105  # a name, no secret
# An app's page shows its code where the server lets it.
SHOW_CODE_QUERY = "show-code"
# What stands behind the `#` of a page's address, before the name of the cell to scroll to.
CELL_FRAGMENT = "scrollTo"
# The list of sessions with absolute paths; /api/home/running_notebooks prettifies them.
SESSIONS_ROUTE = "/api/sessions"
# The session of a page.
SOCKET_ROUTE = "/ws"
# That of a page without a websocket: the same messages as events.
EVENTS_ROUTE = "/sse"
# Whether a cell runs, also when no page is open; nothing tells it otherwise.
KERNEL_STATUS_ROUTE = "/api/kernel/status"
# Where a page opens its session or comes back to it: by websocket, or as an event stream.
SESSION_ROUTES = frozenset({SOCKET_ROUTE, EVENTS_ROUTE})
# The load of the machine, for the page's footer.
USAGE_ROUTE = "/api/usage"
SHUTDOWN_SESSION_ROUTE = "/api/home/shutdown_session"
RENAME_ROUTE = "/api/kernel/rename"
SAVE_ROUTE = "/api/kernel/save"
# A session's notebook with what it shows, as an `.ipynb`.
NOTEBOOK_EXPORT_ROUTE = "/api/export/ipynb"
# Where a page says what its user has moved, dozens of times a second while a slider is drawn.
VALUE_ROUTES = frozenset({"/api/kernel/set_ui_element_value", "/api/kernel/set_model_value"})
# Hand out or accept the secret itself; the proxy shuts them.
AUTH_ROUTE = "/auth"

# Files that stand in the folder `public` beside a notebook; this header names the notebook, quoted.
PUBLIC_ROUTE = "/public/"
NOTEBOOK_HEADER = "X-Notebook-Id"
# Answers with the absolute path of a copy in a folder for temporary files.
TUTORIAL_ROUTE = "/api/home/tutorial/open"
# The picture of a notebook, by its own metadata.
THUMBNAIL_ROUTE = "/og/thumbnail"
# Takes a form: where, under which name, and then the file.
UPLOAD_ROUTE = "/api/files/create"
UPLOAD_FIELD = "file"
# Copies a folder with what its links lead to.
COPY_ROUTE = "/api/files/copy"

# Where a request names files, besides `FILE_QUERY`: marimo's file panel opens anything anywhere
# ("allows file traversal", says its source), so that the proxy has to look. A dot leads into an
# object or into each element of a list.
QUERY_PATHS = {"/api/files/download": "path"}
BODY_PATHS: dict[str, tuple[str, ...]] = {
    "/api/files/list_files": ("path",),
    "/api/files/file_details": ("path",),
    "/api/files/delete": ("path",),
    COPY_ROUTE: ("path", "newPath"),
    "/api/files/move": ("path", "newPath"),
    "/api/files/update": ("path",),
    "/api/files/open": ("path",),
    "/api/files/search": ("path",),
    RENAME_ROUTE: ("filename",),
    SAVE_ROUTE: ("filename",),
    "/api/kernel/copy": ("source", "destination"),
    "/api/kernel/save_app_config": (
        "config.css_file",
        "config.html_head_file",
        "config.layout_file",
    ),
    # Only what marimo's server reads and shows; kernels get the rest, and they may read anything.
    "/api/kernel/save_user_config": (
        "config.display.custom_css",
        "config.snippets.custom_paths",
        "config.keymap.vimrc",
        "config.file_browser.folders.path",
    ),
    "/api/packages/sandbox": ("fileKey",),
    "/api/packages/manifest": ("fileKey",),
    "/api/packages/sync": ("fileKey",),
}
# Here a relative path begins at the folder of the notebook, elsewhere at the server's.
NOTEBOOK_RELATIVE_ROUTES = frozenset({"/api/kernel/save_app_config"})

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
# It lets these through: one is for programs, the rest is what it takes for others.
_UNGUARDED = ("/api/kernel/execute", "/auth/login", "/ws")
_SERVER_TOKEN = re.compile(r"<marimo-server-token\s+data-token=\"([^\"]+)\"")

# marimo's log tells its guard's tokens when a page of an older server asks.
_LOGGED_TOKENS = re.compile(r"(Expected: |got: )[^\s,]+")

# In the environment of its language servers, which run in sessions of their own.
LANGUAGE_SERVER_VARIABLE = "MARIMO_LSP_TOKEN"
_AMBIGUOUS = re.compile(r"[?#\\\x00-\x1f\x7f]")

# What marimo gives a name to when it writes a file: any other suffix gets `.py` appended.
NOTEBOOK_SUFFIXES = frozenset({".py", ".md", ".qmd"})


def is_plain_route(route: str) -> bool:
    """Whether all who read this path see the same route in it.

    jupyter-server-proxy leaves `?` and `#` as they are when it quotes a path again, and marimo's
    router compares routes character by character.

    Args:
        route: the path after the prefix of the edit server, unquoted once.
    """
    parts = route.split("/")
    return not (
        _AMBIGUOUS.search(route) or "" in parts[1:-1] or any(part in {".", ".."} for part in parts)
    )


# How the user's choice stands in the page.
_RUN_ON_OPENING = re.compile(r'"auto_instantiate":\s*(\w+)')
_EVENTS_CHOSEN = re.compile(r'"transport":\s*"sse"')
# What an operator may override stands in the page behind this.
_OVERRIDES = '"configOverrides": '


def with_transport(page: str, transport: str) -> str:
    """A page that opens its session by this transport.

    marimo takes it from an environment variable or the user's file, both for all browsers.

    Args:
        page: the HTML of a page of the edit server.
        transport: ``websocket`` or ``sse``.
    """
    return with_settings(page, {"server": {"transport": transport}})


def runs_on_opening(page: str) -> bool:
    """Whether a page has its notebook run as soon as it is open, as the user and the operator say.

    Args:
        page: the HTML of a page of the edit server.
    """
    return set(_RUN_ON_OPENING.findall(page)) == {"true"}


def hears_by_socket(page: str) -> bool:
    """Whether a page opens its session by websocket, as far as the user's own file says.

    Args:
        page: the HTML of a page of the edit server.
    """
    return not _EVENTS_CHOSEN.search(page)


def with_settings(page: str, settings: dict[str, dict[str, Any]]) -> str:
    """A page with settings that the user's own do not change.

    Args:
        page: the HTML of a page of the edit server.
        settings: by section.
    """
    head, mark, rest = page.partition(_OVERRIDES)
    if not mark:
        return page
    overrides, end = json.JSONDecoder().raw_decode(rest)
    for section, values in settings.items():
        overrides[section] = {**overrides.get(section, {}), **values}
    # As marimo writes it: nothing in it may end the script that it stands in.
    text = json.dumps(overrides, sort_keys=True)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04X}")
    return f"{head}{mark}{text}{rest[end:]}"


# How the page of a notebook is told what it is.
_EDIT_MODE = '"mode": "edit"'


def for_readers(page: str) -> str:
    """The page of a notebook as marimo shows it where it is an app: outputs, and no way to edit.

    Args:
        page: the HTML of a page of the edit server.
    """
    return page.replace(_EDIT_MODE, '"mode": "read"', 1)


def with_element(page: str, element: str) -> str:
    """A page with one more element at the beginning of its head.

    Args:
        page: the HTML of a page of the edit server.
        element: HTML.
    """
    return page.replace("<head>", f"<head>{element}", 1)


def with_script(page: str, script: str, data: dict[str, str]) -> str:
    """A page with a script in it: without it the notebook comes to nothing.

    Args:
        page: the HTML of a page of the edit server.
        script: its source.
        data: what it finds in its `dataset`.
    """
    words = " ".join(f'data-{name}="{escape(value)}"' for name, value in data.items())
    return with_element(page, f"<script {words}>{script}</script>")


def new_session_id() -> str:
    """An id for a session that marimo's page takes from its address as it would make its own."""
    letters = string.ascii_lowercase + string.digits
    return f"s_{''.join(secrets.choice(letters) for _letter in range(6))}"


def server_token(page: str) -> str | None:
    """The token that a page of marimo was served with.

    There is no public way for a program to get it (marimo's own VS Code extension reads the same
    element).

    Args:
        page: the HTML of any page of the edit server.
    """
    match = _SERVER_TOKEN.search(page)
    return match.group(1) if match else None


def with_server_token(page: str, token: str) -> str:
    """A page that sends another token than the one that it was served with.

    It stands in an element and among the settings of the page's program, which sends that one.

    Args:
        page: the HTML of any page of marimo.
        token: what it sends with each POST.
    """
    before = server_token(page)
    if before is None:
        return page
    for place in ('data-token="{}"', '"serverToken": "{}"'):
        page = page.replace(place.format(before), place.format(token), 1)
    return page


def is_running(status: dict[str, str]) -> bool:
    """Whether a reply of `KERNEL_STATUS_ROUTE` says that a cell is running or queued."""
    return status["state"] == "running"


def is_guarded(method: str, route: str) -> bool:
    """Whether marimo's guard asks a request for the token of a page.

    Args:
        method: the verb.
        route: the path, unquoted.
    """
    if method != "POST" or route.startswith("/ws"):
        return False
    return not route.rstrip("/").endswith(_UNGUARDED)


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
