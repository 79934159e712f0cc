"""Fails when a new marimo renames an option or a route that we use.

The routes that need a running server are held in tests/server/test_marimo_routes.py.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import marimo as marimo_package
import msgspec
import pytest
import yaml
from marimo._ast.app_config import _AppConfig
from marimo._ast.cell import CellConfig
from marimo._config.config import (
    DEFAULT_CONFIG,
    DisplayConfig,
    FileBrowserConfig,
    FolderConfig,
    KeymapConfig,
    MarimoConfig,
    SnippetsConfig,
)
from marimo._messaging.cell_output import CellChannel, CellOutput
from marimo._messaging.notification import (
    AlertNotification,
    BannerNotification,
    CellNotification,
    ConsumerCapabilities,
    KernelCapabilitiesNotification,
    KernelReadyNotification,
    VariablesNotification,
)
from marimo._messaging.serde import deserialize_kernel_message
from marimo._server.api.endpoints.assets import FILE_QUERY_PARAM_KEY
from marimo._server.api.endpoints.ws.ws_formatter import serialize_notification_for_wire
from marimo._server.api.router import build_routes
from marimo._server.lsp import BaseLspServer
from marimo._server.sse import format_sse_event
from marimo_table import marimo_routes

from jupyter_reactive.notebooks import marimo
from jupyter_reactive.notebooks import marimo_routes as routes
from jupyter_reactive.pages import STATIC
from jupyter_reactive.servers.launcher import EditServerLauncher


def run(*arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "marimo", *arguments], capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def help_text() -> str:
    return run("edit", "--help")


@pytest.fixture(scope="module")
def openapi() -> dict:
    return yaml.safe_load(run("development", "openapi"))


OPTIONS = [
    word for word in EditServerLauncher().spec(Path("/")).command[3:] if word.startswith("--")
]


@pytest.mark.parametrize("option", OPTIONS)
def test_option_is_there(help_text: str, option: str):
    assert re.search(rf"(^|[\s/,]){re.escape(option)}\b", help_text, re.MULTILINE), option


def test_secret_may_come_through_a_pipe(help_text: str):
    words = " ".join(help_text.split())
    assert re.search(r"--token-password-file TEXT .*?'-' for stdin", words)


@pytest.mark.parametrize(
    "route, verb",
    [
        (marimo.VERSION_ROUTE, "get"),
        (marimo.KERNEL_STATUS_ROUTE, "get"),
        (marimo.USAGE_ROUTE, "get"),
        (marimo.RENAME_ROUTE, "post"),
        (marimo.SAVE_ROUTE, "post"),
        (marimo.SHUTDOWN_SESSION_ROUTE, "post"),
        *((route, "post") for route in sorted(marimo.SESSION_CHANGING_ROUTES)),
    ],
)
def test_route_is_there(openapi: dict, route: str, verb: str):
    assert verb in openapi["paths"].get(route, {}), route


@pytest.mark.parametrize(
    "schema, fields",
    [
        ("RenameNotebookRequest", {"filename"}),
        ("ShutdownSessionRequest", {"sessionId"}),
        ("SaveNotebookRequest", {"filename", "persist"}),
    ],
)
def test_bodies_have_the_fields(openapi: dict, schema: str, fields: set[str]):
    assert fields <= set(openapi["components"]["schemas"][schema]["properties"])


def test_session_header_has_its_name(openapi: dict):
    (parameter,) = openapi["paths"][marimo.RENAME_ROUTE]["post"]["parameters"]
    assert parameter["name"] == marimo.SESSION_HEADER


def test_installed_marimo_is_in_the_window():
    installed = marimo.installed_version()
    assert installed is not None
    assert tuple(map(int, installed.split(".")[:2])) >= tuple(
        map(int, marimo.MINIMUM_VERSION.split("."))
    )


def notification(message: str) -> object:
    """What marimo itself reads in a message."""
    wire = json.loads(message)
    found = deserialize_kernel_message(json.dumps(wire["data"]).encode())
    assert found.name == wire["op"]
    return found


def test_notes_are_what_marimo_would_send():
    for ours, own in (
        (marimo.alert("é", "b"), AlertNotification(title="é", description="b")),
        (
            marimo.alert("a", "b", "danger"),
            AlertNotification(title="a", description="b", variant="danger"),
        ),
        (
            marimo.banner("a", "b", "danger", "restart"),
            BannerNotification(title="a", description="b", variant="danger", action="restart"),
        ),
    ):
        assert notification(ours) == own
        assert json.loads(ours) == json.loads(serialize_notification_for_wire(own))


def test_a_large_output_is_replaced_and_nothing_else():
    large = CellOutput(CellChannel.OUTPUT, "text/html", "é" * 5000)
    printed = CellOutput.stdout("p")
    cell = CellNotification(cell_id="c", output=large, console=[printed], status="idle")
    short = notification(marimo.shortened(serialize_notification_for_wire(cell), 1000, "why", "t"))
    assert (short.output.data, short.output.channel) == ("why", CellChannel.OUTPUT)
    kept = {field for field in cell.__struct_fields__ if field != "output"}
    assert {name: getattr(short, name) for name in kept} == {
        name: getattr(cell, name) for name in kept
    }


def test_large_prints_are_replaced_and_nothing_else():
    printed = CellOutput.stdout("p" * 5000)
    cell = CellNotification(
        cell_id="c", output=CellOutput.empty(), console=printed, status="running"
    )
    short = notification(marimo.shortened(serialize_notification_for_wire(cell), 1000, "why", "t"))
    assert (short.console.data, short.console.channel) == ("why", CellChannel.STDERR)
    assert (short.output, short.status) == (cell.output, "running")
    assert short.serialization is msgspec.UNSET


def test_what_else_is_large_becomes_an_alert():
    variables = serialize_notification_for_wire(VariablesNotification(variables=[]))
    short = marimo.shortened(variables, 1, "why", "title")
    assert notification(short) == AlertNotification(title="title", description="why")


def test_a_page_is_told_of_no_terminal():
    ready = KernelReadyNotification(
        **dict.fromkeys(("layout", "ui_values", "last_executed_code", "last_execution_time")),
        cell_ids=("c",),
        codes=("é = 1",),
        names=("_",),
        configs=(CellConfig(),),
        resumed=False,
        app_config=_AppConfig(),
        kiosk=False,
        capabilities=KernelCapabilitiesNotification(),
        consumer_capabilities=ConsumerCapabilities.EDITOR,
    )
    wire = serialize_notification_for_wire(ready)
    told, kept = json.loads(marimo.without_terminal(wire)), json.loads(wire)
    assert kept["data"]["capabilities"].pop("terminal") is True
    assert told["data"]["capabilities"].pop("terminal") is False
    assert told == kept
    other = serialize_notification_for_wire(AlertNotification(title="kernel-ready", description=""))
    assert marimo.without_terminal(other) == other


def test_an_event_keeps_its_form():
    changed = marimo.shortened_event(format_sse_event("abc"), str.upper)
    assert changed == format_sse_event("ABC")
    named = marimo.shortened_event(format_sse_event("abc", event="close"), str.upper)
    assert named == format_sse_event("ABC", event="close")


def test_every_route_of_marimo_has_been_thought_about():
    """A new route goes into `ROUTES`, with the switches that take it away."""
    unknown = [route for route in marimo_routes() if routes.switches_of(*route) is None]
    assert not unknown


def test_a_route_that_nobody_knows_would_be_noticed():
    assert routes.switches_of("POST", "/api/kernel/new") is None
    assert routes.switches_of("POST", "/api/ai/new") == {routes.AI, routes.EDITING}


def test_no_route_that_we_know_has_gone():
    # There only where an operator asks for it.
    left = set(routes.ROUTES) - {"/mcp/"}
    for verb, path in marimo_routes():
        left.discard(f"{verb} {path}")
        left -= {known for known in left if known[0] == "/" and f"{path}/".startswith(known)}
    assert not left


@pytest.mark.parametrize(
    "schema, fields",
    [
        ("InstantiateNotebookRequest", {"codes", "objectIds", "values", "autoRun"}),
        ("InvokeFunctionRequest", {"functionName", "namespace", "args"}),
        ("SaveUserConfigurationRequest", {"config"}),
    ],
)
def test_bodies_that_are_looked_into_have_these_fields_alone(
    openapi: dict, schema: str, fields: set[str]
):
    found = set(openapi["components"]["schemas"][schema]["properties"])
    # What else there is brings no code: the names that marimo gives to a call and its kind.
    assert found - {"functionCallId", "type"} == fields


def test_settings_have_their_names():
    for switch in routes.GUARDED_SETTINGS.values():
        for setting in switch:
            section, _, name = setting.partition(".")
            assert section in MarimoConfig.__annotations__
            assert not name or name in _section(section)
    for switch in routes.OVERRIDES.values():
        for section, values in switch.items():
            assert set(values) <= _section(section)


def _section(name: str) -> set[str]:
    kind = MarimoConfig.__annotations__[name]
    text = str(getattr(kind, "__forward_arg__", kind))
    (cls,) = re.findall(r"[A-Z]\w*Config\b", text)
    module = sys.modules[MarimoConfig.__module__]
    return set(getattr(module, cls).__annotations__) | set(DEFAULT_CONFIG.get(name, {}))


def test_elements_make_files_by_these_functions():
    plugins = Path(marimo_package.__file__).parent / "_plugins"
    names = set()
    for path in plugins.rglob("*.py"):
        names |= set(re.findall(r"name=\"(\w*download\w*)\"", path.read_text("utf-8")))
    assert names == routes.DOWNLOAD_FUNCTIONS


@pytest.mark.parametrize(
    "sheet", sorted((Path(STATIC) / "policy").glob("*.css")), ids=lambda sheet: sheet.stem
)
def test_what_is_hidden_goes_by_that_name(sheet: Path):
    folder = Path(marimo_package.__file__).parent / "_static" / "assets"
    scripts = "".join(path.read_text("utf-8") for path in folder.glob("*.js"))
    chosen = re.findall(r"\[[\w-]+[\^$*]?=\"([^\"]+)\"\]", sheet.read_text("utf-8"))
    assert chosen
    for value in chosen:
        # Menus, tabs and lists make their names of what they show.
        word = value.removeprefix("notebook-menu-dropdown-").removeprefix("-trigger-")
        assert word in scripts or f"`{word.lower()}`" in scripts, value


def test_language_servers_carry_their_mark():
    source = inspect.getsource(BaseLspServer)
    assert f'"{marimo.LANGUAGE_SERVER_VARIABLE}": ' in source
    assert "start_new_session=" in source


# A field with such a name may be one of a file.
MAY_NAME_A_FILE = re.compile(
    r"path|file|folder|dir|root|source|destination|name$|uri|url|location|target|key", re.IGNORECASE
)
# These name something else.
NO_FILES = {
    # A table, a schema or a column of a database.
    **dict.fromkeys(
        (
            "preview_column.source",
            "preview_column.sourceType",
            "preview_column.columnName",
            "preview_column.tableName",
            "preview_column.fullyQualifiedTableName",
            "preview_sql_schema_list.schemaPath",
            "preview_sql_table.schemaPath",
            "preview_sql_table.tableName",
            "preview_sql_table_list.schemaPath",
        ),
        "/api/datasources/",
    ),
    # In a storage that is a variable of the kernel.
    "download.path": "/api/storage/",
    # A function of the notebook, a tool of the assistant.
    "function_call.functionName": "/api/kernel/",
    "invoke_tool.toolName": "/api/ai/",
    # Where packages come from; flags of a search; outputs in memory.
    "install_missing_packages.indexUrls": "/api/kernel/",
    "install_missing_packages.source": "/api/kernel/",
    "search.includeDirectories": "/api/files/",
    "search.includeFiles": "/api/files/",
    "html.assetUrl": "/api/export/",
    "html.files": "/api/export/",
    "auto_export/html.assetUrl": "/api/export/",
    "auto_export/html.files": "/api/export/",
    # A variable of the environment, and which of marimo's own list of files gets it.
    "create.key": "/api/secrets/",
    "create.name": "/api/secrets/",
}


def properties(openapi: dict, schema: dict) -> set[str]:
    """The fields of a body, those of its variants too."""
    if "$ref" in schema:
        return properties(openapi, openapi["components"]["schemas"][schema["$ref"].split("/")[-1]])
    variants = [schema.get(word, []) for word in ("oneOf", "anyOf", "allOf")]
    found = [properties(openapi, variant) for group in variants for variant in group]
    return set(schema.get("properties", {})).union(*found)


def test_every_field_that_may_name_a_file_is_known(openapi: dict):
    """A new one has to be judged, or to be named among those that name something else."""
    known = {f"{prefix}{field}" for field, prefix in NO_FILES.items()}
    found = set()
    for route, verbs in openapi["paths"].items():
        for operation in verbs.values():
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                fields = properties(openapi, content["schema"])
                if kind != "application/json":
                    assert (route, fields) in (
                        (marimo.UPLOAD_ROUTE, {"path", "name", "type", marimo.UPLOAD_FIELD}),
                        (f"{marimo.AUTH_ROUTE}/login", {"password"}),
                    )
                    continue
                judged = {field.split(".")[0] for field in marimo.BODY_PATHS.get(route, ())}
                assert judged <= fields, route
                for field in fields - judged:
                    if MAY_NAME_A_FILE.search(field):
                        found.add(f"{route}.{field}")
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query":
                    assert marimo.QUERY_PATHS.get(route) == parameter["name"], (route, parameter)
                elif parameter["in"] == "header":
                    assert parameter["name"] == marimo.SESSION_HEADER, (route, parameter)
    assert found - known == set(), "do these name files?"
    assert known - found == set(), "these are gone"


def paths_of(routes: Iterable[object], prefix: str = "") -> Iterator[str]:
    """The path of each route, those that are mounted below another too."""
    for route in routes:
        path = f"{prefix}{getattr(route, 'path', '')}"
        below = getattr(route, "routes", None)
        if below:
            yield from paths_of(below, path)
        else:
            yield path


def test_every_route_that_openapi_does_not_tell_is_known(openapi: dict):
    told = {re.sub(r"\{[^}]*\}", "{}", route) for route in openapi["paths"]}
    routes = {re.sub(r"\{[^}]*\}", "{}", path) for path in paths_of(build_routes())}
    assert routes - told == {
        # The session's file, or a file by `?file=`.
        *("/", "/ws", "/ws_sync", marimo.EVENTS_ROUTE, "/og/thumbnail", "/api/kernel/execute"),
        # A file beside the notebook that a header names.
        f"{marimo.PUBLIC_ROUTE}{{}}",
        # marimo's own files.
        *("/assets", "/public-files-sw.js", "/{}"),
        # No file at all.
        *("/health", "/healthz", "/api/sessions", "/terminal/ws"),
    }


def test_marimo_reads_no_other_query_and_no_other_header_for_a_file():
    """Its sources name them by these words."""
    endpoints = Path(marimo_package.__file__).parent / "_server" / "api" / "endpoints"
    text = "\n".join(path.read_text("utf-8") for path in endpoints.rglob("*.py"))
    headers = set(re.findall(r"headers(?:\.get\(|\[)\"([^\"]+)\"", text))
    assert {name.lower() for name in headers} <= {
        *(marimo.NOTEBOOK_HEADER.lower(), marimo.SESSION_HEADER.lower()),
        *("accept", "range", "if-none-match"),
    }
    queries = set(re.findall(r"(?<!_)query_params(?:\.get)?[(\[]\s*([\w\"]+)", text))
    assert queries == {
        *("FILE_QUERY_PARAM_KEY", "SESSION_QUERY_PARAM_KEY", "KIOSK_QUERY_PARAM_KEY"),
        # A download's path and name; a redirect of the login; the size of a terminal.
        *('"path"', '"download"', '"filename"', '"next"', '"rows"', '"cols"'),
    }
    assert FILE_QUERY_PARAM_KEY == marimo.FILE_QUERY


def test_fields_of_the_configurations_have_their_names():
    app = {field.name for field in dataclasses.fields(_AppConfig)}
    user = MarimoConfig.__annotations__
    for field in marimo.BODY_PATHS["/api/kernel/save_app_config"]:
        assert field.split(".")[1] in app
    for field in marimo.BODY_PATHS["/api/kernel/save_user_config"]:
        assert field.split(".")[1] in user
    assert "custom_css" in DisplayConfig.__annotations__
    assert "custom_paths" in SnippetsConfig.__annotations__
    assert "vimrc" in KeymapConfig.__annotations__
    assert "folders" in FileBrowserConfig.__annotations__
    assert "path" in FolderConfig.__annotations__
