"""Imports go one way, down, as the module docstrings promise."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import jupyter_reactive
from jupyter_reactive.notebooks import marimo

PACKAGE = Path(jupyter_reactive.__file__).parent

# The lowest first; a module may import from its own row and from those above it in this list.
LAYERS = (
    ("translation",),
    ("errors", "models", "origin", "start_errors"),
    ("interpreters", "notebooks", "paths"),
    ("links", "setup"),
    ("releases",),
    (
        "contents",
        "conversions",
        "places",
        "renames",
        "root",
        "whole_files",
        "diagnosis",
        "events",
        "metrics",
    ),
    ("preferences",),
    ("gallery",),
    ("servers",),
    ("exports", "output_notebooks", "released_notebooks"),
    ("request_limits",),
    ("bodies", "door"),
    ("web", "identity"),
    (
        "forwarding",
        "free_memory",
        "messages",
        "open_pages",
        "policy",
        "forms",
        "named_files",
        "app_pages",
    ),
    ("assets", "pages", "api", "streaming", "sockets", "transport"),
    ("app_troubles", "earlier_results", "early_sessions", "page_notes", "values"),
    ("fronting",),
    ("answers",),
    ("proxy", "app_proxy"),
    ("fixed_port",),
    ("cli", "exporter"),
    # They know each other: what is made late is made of what is there from the start.
    ("late", "parts", "routes", "app"),
    ("__init__",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
FORBIDDEN = {
    "servers": {"tornado", "jupyter_server"},
    "notebooks": {"tornado", "jupyter_server", "traitlets", "aiohttp", "marimo"},
    "links": {"tornado", "jupyter_server", "traitlets", "aiohttp", "marimo"},
    "releases": {"tornado", "jupyter_server", "traitlets", "aiohttp", "marimo"},
    "diagnosis": {"tornado", "jupyter_server", "traitlets", "aiohttp", "marimo"},
    "setup": {"tornado", "jupyter_server", "traitlets", "aiohttp", "marimo"},
    "errors": {"tornado", "jupyter_server", "traitlets"},
    "models": {"tornado", "jupyter_server", "traitlets"},
    "start_errors": {"tornado", "jupyter_server", "traitlets"},
}
ROUTES = (
    {
        value
        for value in vars(marimo).values()
        if isinstance(value, str) and value.startswith("/") and len(value) > 1
    }
    | marimo.SESSION_CHANGING_ROUTES
    | marimo.SESSION_ROUTES
)
MODULES = sorted(PACKAGE.rglob("*.py"))
# Run by the notebooks' Python, which has marimo and need not have us.
APP_SCRIPT = PACKAGE / "notebooks/marimo_app_server.py"
EDIT_SCRIPT = PACKAGE / "notebooks/marimo_edit_server.py"
SCRIPTS = {APP_SCRIPT, EDIT_SCRIPT}


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[str, bool]]:
    """The layers of ours and the packages of others that a module imports."""
    found = []
    depth = len(path.relative_to(PACKAGE).parts)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.ImportFrom(module=module, level=0):
                found.append((module.split(".")[0], False))
            case ast.ImportFrom(module=module, level=level) if level == depth:
                names = [module.split(".")[0]] if module else [alias.name for alias in node.names]
                found += [(name if name in RANK else "__init__", True) for name in names]
            case ast.Import(names=names):
                found += [(alias.name.split(".")[0], False) for alias in names]
    return found


def brought_by(script: Path) -> set[str]:
    """What a script that needs nothing of ours imports besides the standard library."""
    found = imports(script)
    assert not [name for name, ours in found if ours]
    return {name for name, _ours in found} - sys.stdlib_module_names


def test_every_module_has_a_layer():
    assert {layer_of(path) for path in MODULES} == set(RANK)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_arrow_points_up(path: Path):
    layer = layer_of(path)
    for name, ours in imports(path):
        if ours and name != "__init__":
            assert RANK[name] <= RANK[layer], f"{layer} must not import {name}"
        if not ours and path not in SCRIPTS:
            assert name not in FORBIDDEN.get(layer, set()), f"{layer} must not import {name}"


def test_the_apps_script_stands_alone():
    assert brought_by(APP_SCRIPT) == {"marimo", "uvicorn"}
    private = re.findall(r"marimo\._(?!_)[\w.]+", APP_SCRIPT.read_text("utf-8"))
    # For what holds whatever app it serves; the rest comes by way of an app.
    assert private == ["marimo._session.managers.kernel"]


def test_the_edit_servers_script_stands_alone():
    assert brought_by(EDIT_SCRIPT) == {"marimo"}


def test_only_the_adapter_knows_private_marimo():
    for path in sorted({*MODULES} - SCRIPTS):
        source = path.read_text("utf-8")
        assert "import marimo" not in [line.strip() for line in source.splitlines()], path
        assert "marimo._" not in source, path
        if path.name not in {"marimo.py", "marimo_routes.py", "marimo_static.py"}:
            assert not [route for route in ROUTES if f'"{route}"' in source], path


def test_an_idle_jupyter_holds_nothing_large():
    code = "import sys, jupyter_reactive.app; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert not {"IPython", "marimo", "matplotlib", "nbclient", "psutil", "tomlkit"} & set(loaded)
    # What only those need who open something.
    ours = {name.removeprefix("jupyter_reactive.").split(".")[0] for name in loaded}
    assert not {"app_proxy", "conversions", "diagnosis", "exports", "gallery", "proxy"} & ours


def test_a_command_loads_no_other():
    code = "import sys; from jupyter_reactive.cli.app import application as of; of('convert')"
    loaded = subprocess.check_output(
        [sys.executable, "-c", f"{code}; print(*sys.modules)"], text=True
    ).split()
    assert "jupyter_reactive.cli.convert" in loaded
    assert not {"aiohttp", "jupyter_server.serverapp", "jupyter_reactive.cli.doctor"} & set(loaded)
