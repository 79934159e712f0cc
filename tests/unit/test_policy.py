"""Which request an operator's switches take away, and which page they change."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from marimo_table import marimo_routes

from jupyter_reactive.errors import InvalidRequest, SwitchedOff
from jupyter_reactive.notebooks import marimo
from jupyter_reactive.notebooks import marimo_routes as routes
from jupyter_reactive.pages import STATIC
from jupyter_reactive.policy import Policy

TABLE = marimo_routes()
# Written by hand, apart from the table that is tested.
TAKEN = {
    "terminal": r"/terminal/.*",
    "packages": r"/api/packages/.*|/api/kernel/install_missing_packages|.*/requirements/.*",
    "ai": r"/api/ai/.*|/lsp/copilot|/api/kernel/execute",
    "mcp": r"/api/ai/(mcp/.*|invoke_tool)",
    "secrets": r"/api/secrets/.*",
    "uploads": r"/api/files/(create|update)",
    "downloads": r"/api/export/.*|/api/files/(download|file_details)|/api/storage/download"
    r"|/api/kernel/read_code",
}
LEFT_TO_READERS = re.compile(
    r"/|/ws|/sse|/(assets|@file|public)(/.*)?|/[\w-]+\.(js|ico|json|png)|/healthz?|/auth/.*"
    r"|/api/(version|usage|status|status/connections)"
    r"|/api/kernel/(status|instantiate|set_ui_element_value|set_model_value|function_call)"
    r"|/api/kernel/(interrupt|takeover|restart_session|shutdown|read_code)"
    r"|/api/home/(recent_files|workspace_files|running_notebooks|shutdown_session)"
    r"|/api/export/(availability|html)"
)
SHEETS = {path.stem: path for path in (Path(STATIC) / "policy").glob("*.css")}


def is_taken(switch: str, path: str) -> bool:
    if switch == "editing":
        return not LEFT_TO_READERS.fullmatch(path)
    return bool(re.fullmatch(TAKEN[switch], path))


def is_admitted(policy: Policy, verb: str, path: str) -> bool:
    try:
        policy.admit(verb, path)
    except SwitchedOff:
        return False
    return True


@pytest.mark.parametrize("switch", [*TAKEN, "editing"])
def test_a_switch_takes_its_routes_and_no_other(switch: str):
    policy = Policy(**{f"disable_{switch}": True})
    assert policy.switches == [switch]
    for verb, path in TABLE:
        assert is_admitted(policy, verb, path) is not is_taken(switch, path), (verb, path)


def test_every_switch_has_a_trait_a_sentence_and_a_sheet():
    names = {name.removeprefix("disable_") for name in Policy.class_own_traits(config=True)}
    assert names == {*TAKEN, "editing"} == set(SHEETS)
    assert names == {name for switches in routes.ROUTES.values() for name in switches}
    assert set(Policy(**{f"disable_{name}": True for name in names}).switches) == names


def test_without_a_switch_everything_passes():
    policy = Policy()
    for verb, path in [*TABLE, ("PUT", "/api/new/route"), ("WS", "/mcp/server")]:
        policy.admit(verb, path, "__new__")
    assert policy.fitted("<head>", lambda *_: "") == "<head>"


@pytest.mark.parametrize(
    "verb, path",
    [
        ("POST", "/api/kernel/new"),
        ("GET", "/api/new"),
        ("WS", "/new"),
        ("PUT", "/api/kernel/interrupt"),
        ("GET", "/ws"),
        ("WS", "/"),
        ("WS", "/lsp/copilotx"),
        ("WS", "/lsp/ty/"),
        ("POST", "/API/kernel/interrupt"),
        ("POST", "/api/kernel/interrupt/"),
        ("POST", "/api/marimo/v1"),
    ],
)
def test_what_nobody_knows_passes_only_where_nothing_is_switched_off(verb: str, path: str):
    assert is_admitted(Policy(), verb, path)
    assert not is_admitted(Policy(disable_secrets=True), verb, path)


def disguises(path: str) -> set[str]:
    """Other spellings of a path, as the proxy sees them after its own decoding."""
    first, *rest = path.strip("/").split("/")
    tail = "/".join(rest)
    spelled = {
        f"/{path}",
        f"//{path}",
        f"/.{path}",
        f"/x/..{path}",
        f"/public/..{path}",
        f"/assets/%2e%2e{path}",
        f"/@file/%2E%2E/%2E%2E{path}",
        f"/{first}//{tail}",
        f"/{first}/./{tail}",
        f"/{first}%2F{tail}",
        f"/{first}\\{tail}",
        f"{path}/",
        f"{path}//",
        f"{path}/.",
        f"{path}/..",
        f"{path}?x",
        f"{path}#x",
        f"{path};x",
        f"{path}%00",
        f"{path}\0",
        f"{path} ",
        f"{path}\n",
        path.upper(),
        path.replace("a", "%61"),
        path.replace("/", "\N{DIVISION SLASH}"),
        path.replace("a", "\N{CYRILLIC SMALL LETTER A}"),
    } - {path}
    return spelled | {unquote(other) for other in spelled}


def test_no_other_spelling_passes():
    policy = Policy(**{f"disable_{switch}": True for switch in [*TAKEN, "editing"]})
    for verb, path in TABLE:
        if is_admitted(policy, verb, path):
            continue
        # The proxy refuses the others before.
        for other in filter(marimo.is_plain_route, disguises(path)):
            for said in {verb, "GET", "POST", "WS", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}:
                try:
                    policy.admit(said, other)
                except SwitchedOff:
                    continue
                # Below a folder of files it is the name of a file, for marimo as for us.
                assert re.match(r"/(assets|@file|public)/(?!.*(^|/)\.\.?(/|$))", other), other


def test_bodies_decide_too():
    policy = Policy(disable_editing=True, disable_downloads=True)
    start = routes.INSTANTIATE_ROUTE
    call = routes.FUNCTION_ROUTE
    assert policy.looks_into(start)
    assert policy.looks_into(call)
    ours = policy.admitted_body(start, b'{"codes": {"a": "evil()"}, "codes": null}')
    assert json.loads(ours) == {"codes": None}
    assert b"evil" not in ours
    for body in ('{"codes": {"a": "1"}}', '{"codes": {}}', '{"\\u0063odes": {"a": "1"}}'):
        with pytest.raises(SwitchedOff):
            policy.admitted_body(start, body.encode())
    for name in routes.DOWNLOAD_FUNCTIONS:
        with pytest.raises(SwitchedOff):
            policy.admitted_body(call, json.dumps({"functionName": name}).encode())
    policy.admitted_body(call, b'{"functionName": "search", "args": {"query": "\xc3\xa9"}}')
    for body in (b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000):
        with pytest.raises(InvalidRequest):
            policy.admitted_body(start, body)


@pytest.mark.parametrize(
    "switch, kept, refused",
    [
        ("ai", {"completion": {"activate_on_typing": True}}, {"completion": {"copilot": "github"}}),
        ("ai", {"mcp": {"presets": []}}, {"ai": None}),
        ("mcp", {"ai": {"enabled": True}}, {"mcp": {"mcpServers": {}}}),
        ("mcp", {"display": None}, {"display": {}, "mcp": None}),
    ],
)
def test_settings_do_not_bring_it_back(switch: str, kept: dict, refused: dict):
    policy = Policy(**{f"disable_{switch}": True})
    route = routes.SETTINGS_ROUTE
    assert policy.looks_into(route)
    policy.admitted_body(route, json.dumps({"config": kept}).encode())
    with pytest.raises(SwitchedOff):
        policy.admitted_body(route, json.dumps({"config": refused}).encode())


def test_no_new_notebook_where_nothing_may_be_edited():
    policy = Policy(disable_editing=True)
    policy.admit("GET", "/", "work/a.py")
    for verb, path in (("GET", "/"), ("WS", "/ws"), ("GET", "/sse")):
        with pytest.raises(SwitchedOff):
            policy.admit(verb, path, "__new__s_1")
    with pytest.raises(SwitchedOff):
        policy.admit_new_notebook()
