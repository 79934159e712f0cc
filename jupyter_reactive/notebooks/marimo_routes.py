"""Every route of marimo, and by which switch of the operator's it goes away.

marimo promises none of them. ``tests/unit/test_marimo_parity.py`` walks marimo's own table and
fails for a route that does not stand here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# What an operator may switch off, each a switch of `Policy`.
TERMINAL, PACKAGES, AI, UPLOADS = "terminal", "packages", "ai", "uploads"
DOWNLOADS, SECRETS, MCP, EDITING = "downloads", "secrets", "mcp", "editing"

# Every route of marimo, and by which switches it goes away. A new one is nobody's: the parity test
# tells of it, and until it stands here it is refused wherever something is switched off.
# The verb is `WS` for a websocket; what ends with `/` stands for all below it, by every verb.
# Where editing is off only what a reader's page needs is left.
ROUTES: dict[str, frozenset[str]] = {
    route: frozenset(switches)
    for switches, routes in (
        (
            (),
            (
                "GET /",
                "WS /ws",
                "GET /sse",
                "/assets/",
                "/@file/",
                "/public/",
                "GET /public-files-sw.js",
                "GET /favicon.ico",
                "GET /manifest.json",
                "GET /android-chrome-192x192.png",
                "GET /android-chrome-512x512.png",
                "GET /apple-touch-icon.png",
                "GET /logo.png",
                "GET /health",
                "GET /healthz",
                "GET /api/version",
                "GET /api/status",
                "GET /api/status/connections",
                "GET /api/usage",
                "GET /api/kernel/status",
                "POST /api/kernel/instantiate",
                "POST /api/kernel/set_ui_element_value",
                "POST /api/kernel/set_model_value",
                "POST /api/kernel/function_call",
                "POST /api/kernel/interrupt",
                "POST /api/kernel/takeover",
                "POST /api/kernel/restart_session",
                "POST /api/kernel/shutdown",
                "POST /api/home/recent_files",
                "POST /api/home/workspace_files",
                "POST /api/home/running_notebooks",
                "POST /api/home/shutdown_session",
                # The proxy shuts it in any case.
                "/auth/",
            ),
        ),
        (
            (EDITING,),
            (
                "WS /ws_sync",
                "GET /og/thumbnail",
                "GET /api/sessions",
                "GET /api/environment",
                "POST /api/kernel/run",
                "POST /api/kernel/scratchpad/run",
                "POST /api/kernel/pdb/pm",
                "POST /api/kernel/pdb/breakpoints",
                # Answers a debugger as well as `input`.
                "POST /api/kernel/stdin",
                "POST /api/kernel/save",
                "POST /api/kernel/rename",
                "POST /api/kernel/copy",
                "POST /api/kernel/delete",
                "POST /api/kernel/format",
                "POST /api/kernel/focus_cell",
                "POST /api/kernel/code_autocomplete",
                "POST /api/kernel/set_cell_config",
                "POST /api/kernel/save_app_config",
                # It may name programs to be started, and folders of modules.
                "POST /api/kernel/save_user_config",
                "POST /api/document/transaction",
                "GET /api/documentation/snippets",
                "POST /api/home/tutorial/open",
                "POST /api/files/list_files",
                "POST /api/files/search",
                "POST /api/files/delete",
                "POST /api/files/copy",
                "POST /api/files/move",
                "GET /api/files/roots",
                # Opens it with a program of the machine that marimo runs on.
                "POST /api/files/open",
                "POST /api/cache/clear",
                "POST /api/cache/info",
                "POST /api/sql/validate",
                "POST /api/storage/list_entries",
                "POST /api/datasources/discover",
                "POST /api/datasources/preview_column",
                "POST /api/datasources/preview_sql_table",
                "POST /api/datasources/preview_sql_table_list",
                "POST /api/datasources/preview_sql_schema_list",
                "POST /api/datasources/preview_datasource_connection",
                "GET /api/lsp/health",
                "POST /api/lsp/restart",
                "WS /lsp/pylsp",
                "WS /lsp/basedpyright",
                "WS /lsp/ty",
                "WS /lsp/pyrefly",
            ),
        ),
        ((TERMINAL, EDITING), ("/terminal/",)),
        (
            (PACKAGES, EDITING),
            ("/api/packages/", "POST /api/kernel/install_missing_packages"),
        ),
        # Installs what an export needs.
        ((PACKAGES, DOWNLOADS, EDITING), ("/api/export/requirements/",)),
        # An agent's way to run code needs no token of a page.
        ((AI, EDITING), ("/api/ai/", "WS /lsp/copilot", "POST /api/kernel/execute")),
        ((AI, MCP, EDITING), ("/api/ai/mcp/", "POST /api/ai/invoke_tool")),
        ((MCP, EDITING), ("/mcp/",)),
        ((UPLOADS, EDITING), ("POST /api/files/create", "POST /api/files/update")),
        (
            (DOWNLOADS, EDITING),
            (
                "/api/export/",
                "GET /api/files/download",
                # The file panel shows a file by this; all of it is in the answer.
                "POST /api/files/file_details",
                "POST /api/storage/download",
            ),
        ),
        # What a reader's page offers too.
        (
            (DOWNLOADS,),
            (
                "GET /api/export/availability",
                "POST /api/export/html",
                "POST /api/kernel/read_code",
            ),
        ),
        ((SECRETS, EDITING), ("/api/secrets/",)),
    )
    for route in routes
}
# What an app needs. By nothing else is it answered: marimo in run mode refuses most of the rest
# itself, but answers some that show files or code.
APP_ROUTES = frozenset(
    {
        "GET /",
        "WS /ws",
        "GET /sse",
        "/assets/",
        "/@file/",
        "/public/",
        "GET /public-files-sw.js",
        "GET /favicon.ico",
        "GET /manifest.json",
        "GET /android-chrome-192x192.png",
        "GET /android-chrome-512x512.png",
        "GET /apple-touch-icon.png",
        "GET /logo.png",
        # Its page asks until somebody answers.
        "GET /health",
        "GET /og/thumbnail",
        "POST /api/kernel/set_ui_element_value",
        "POST /api/kernel/set_model_value",
        "POST /api/kernel/function_call",
    }
)
# Bodies that say more than their route does.
INSTANTIATE_ROUTE = "/api/kernel/instantiate"
FUNCTION_ROUTE = "/api/kernel/function_call"
SETTINGS_ROUTE = "/api/kernel/save_user_config"
# By these the tables and maps of a notebook make a file of all that is in them.
DOWNLOAD_FUNCTIONS = frozenset({"download_as", "download_geojson"})
# The user's settings that would bring back what is switched off.
GUARDED_SETTINGS: dict[str, frozenset[str]] = {
    MCP: frozenset({"mcp"}),
    AI: frozenset(
        {
            "ai",
            "completion.copilot",
            "completion.codeium_api_key",
            "completion.api_key",
            "completion.model",
            "completion.base_url",
        }
    ),
}
# What the page is told in the place of these settings.
OVERRIDES: dict[str, dict[str, dict[str, Any]]] = {
    AI: {"ai": {"enabled": False}, "completion": {"copilot": False}},
    DOWNLOADS: {
        "server": {"disable_file_downloads": True},
        # These publish a notebook on servers of others.
        "sharing": {"html": False, "wasm": False, "molab": False},
    },
}


def switches_of(verb: str, path: str) -> frozenset[str] | None:
    """The switches that a route goes away by, or None for one that nobody knows.

    Args:
        verb: of HTTP, or ``WS``.
        path: as marimo reads it, with a slash at its beginning.
    """
    return next((ROUTES[name] for name in _names(verb, path) if name in ROUTES), None)


def is_for_apps(verb: str, path: str) -> bool:
    """Whether an app needs a route.

    Args:
        verb: of HTTP, or ``WS``.
        path: as marimo reads it, with a slash at its beginning.
    """
    return verb in {"GET", "HEAD", "POST", "WS"} and not APP_ROUTES.isdisjoint(_names(verb, path))


def _names(verb: str, path: str) -> Iterator[str]:
    """How a route may stand in a table, the most exact name first."""
    yield f"{'GET' if verb == 'HEAD' else verb} {path}"
    below = f"{path}/".split("/")
    for depth in range(len(below) - 1, 1, -1):
        yield "/".join(below[:depth]) + "/"


def runs_saved_code(body: dict[str, Any]) -> bool:
    """Whether a body for `INSTANTIATE_ROUTE` brings no code of its own."""
    return body.get("codes") is None


def calls_download(body: dict[str, Any]) -> bool:
    """Whether a body for `FUNCTION_ROUTE` asks for a file of all data."""
    return body.get("functionName") in DOWNLOAD_FUNCTIONS


def named_settings(body: dict[str, Any]) -> set[str]:
    """The settings that a body for `SETTINGS_ROUTE` names, sections and what stands in them."""
    config = body.get("config")
    if not isinstance(config, dict):
        return set()
    inner = (
        f"{section}.{name}"
        for section, values in config.items()
        if isinstance(values, dict)
        for name in values
    )
    return {*config, *inner}
