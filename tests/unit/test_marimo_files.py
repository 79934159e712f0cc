"""Fails when a new marimo takes the name of a file where we do not look for one."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import marimo as marimo_package
from marimo._ast.app_config import _AppConfig
from marimo._config.config import (
    DisplayConfig,
    FileBrowserConfig,
    FolderConfig,
    KeymapConfig,
    MarimoConfig,
    SnippetsConfig,
)
from marimo._server.api.endpoints.assets import FILE_QUERY_PARAM_KEY
from marimo._server.api.router import build_routes

from jupyter_reactive.notebooks import marimo

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
