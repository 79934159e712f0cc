"""Fails when a new marimo renames an option or a route that we use.

What goes by names of files is held in test_marimo_files.py, what marimo says to its page in
test_marimo_messages.py, and the routes that need a running server in
tests/server/test_marimo_routes.py.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path

import marimo as marimo_package
import pytest
from marimo._config.config import DEFAULT_CONFIG, MarimoConfig
from marimo._output.formatters import formatters
from marimo._server.api.endpoints.ws.ws_session_connector import SessionConnector
from marimo._server.lsp import BaseLspServer
from marimo._session.managers import kernel
from marimo._session.types import Session
from marimo_table import marimo_routes

from jupyter_reactive.notebooks import marimo
from jupyter_reactive.notebooks import marimo_routes as routes
from jupyter_reactive.pages import STATIC
from jupyter_reactive.servers.launcher import EditServerLauncher


@pytest.fixture(scope="module")
def help_text(run_marimo: Callable[..., str]) -> str:
    return run_marimo("edit", "--help")


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
        (marimo.NOTEBOOK_EXPORT_ROUTE, "post"),
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
        ("ExportAsIPYNBRequest", {"download", "includeOutputs"}),
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


def test_an_app_has_the_session_manager_that_is_adapted(tmp_path: Path, monkeypatch):
    """Three things that `marimo run` can and `create_asgi_app` cannot yet."""
    # The script takes out of it what no notebook should import.
    monkeypatch.setattr(sys, "path", [*sys.path])
    server = importlib.import_module("jupyter_reactive.notebooks.marimo_app_server")
    (tmp_path / "app.py").write_text("import marimo\n\napp = marimo.App()\n")
    managers = []

    def adapted(app):
        manager = app.state.session_manager
        managers.append(manager)
        # Set in `__init__`; in the place of the second one a class's property stands.
        assert {"watch", "cli_args"} <= set(vars(manager))
        assert list(inspect.signature(manager.get_session).parameters) == ["session_id"]
        return server._adapted(app, watch=True)

    path = str(tmp_path / "app.py")
    marimo_package.create_asgi_app().with_app(path="/", root=path, middleware=[adapted]).build()
    (manager,) = managers
    assert manager.watch
    server._arguments.set({"size": 3})
    assert manager.cli_args == {"size": 3}
    kind = type(manager).__mro__[1]
    source = inspect.getsource(kind)
    # When a session is made, not before; and where one connects, by the id of its page.
    assert "if self.watch:" in source
    assert "cli_args=self.cli_args" in source
    assert ".get_session(" in inspect.getsource(SessionConnector)
    assert list(inspect.signature(Session.disconnect_main_consumer).parameters) == ["self"]


def test_sessions_of_apps_look_for_formatters_by_this_name():
    assert kernel.register_formatters is formatters.register_formatters
    source = inspect.getsource(kernel.KernelManagerImpl.start_kernel)
    # By the name of the module, and by no import of its own.
    assert "  register_formatters()" in source
    assert "import register_formatters" not in source


def test_language_servers_carry_their_mark():
    source = inspect.getsource(BaseLspServer)
    assert f'"{marimo.LANGUAGE_SERVER_VARIABLE}": ' in source
    assert "start_new_session=" in source


def test_page_reads_what_our_links_say():
    """In a browser: tests/hub/test_addresses.py and tests/lab/test_lecture.py."""
    scripts = Path(marimo_package.__file__).parent.glob("_static/assets/*.js")
    text = "\n".join(script.read_text("utf-8") for script in scripts)
    assert f"`{marimo.CELL_FRAGMENT}=$" in text
    assert f"showCode:`{marimo.SHOW_CODE_QUERY}`" in text
