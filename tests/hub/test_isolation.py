"""A user of the Hub reaches nothing of another user's reactive notebooks, by any door."""

from __future__ import annotations

from urllib.parse import urlsplit

import psutil
import pytest
import yaml
from hub.process import User, ask
from playwright.sync_api import Page

from jupyter_reactive.api import OPENAPI_FILE

pytestmark = pytest.mark.hub

VERBS = {"get", "post", "put", "patch", "delete"}
REST = [
    (verb.upper(), route.strip("/").replace("{name}", "edit").replace("{id}", "s_test01"))
    for route, verbs in yaml.safe_load(OPENAPI_FILE.read_text("utf-8"))["paths"].items()
    for verb in verbs
    if verb in VERBS
]
PAGES = [
    ("GET", "reactive"),
    ("GET", "reactive/"),
    ("GET", "reactive/open/private.py"),
    ("GET", "reactive/edit"),
    ("GET", "reactive/edit/"),
    ("HEAD", "reactive/edit/"),
    ("GET", "reactive/edit/?file=private.py"),
    ("GET", "reactive/edit/api/version"),
    ("GET", "reactive/edit/sse?session_id=s_test01&file=private.py"),
    ("POST", "reactive/edit/api/kernel/run"),
    ("POST", "reactive/edit/api/home/running_notebooks"),
    ("PUT", "reactive/edit/api/kernel/run"),
    ("PATCH", "reactive/edit/api/kernel/run"),
    ("DELETE", "reactive/edit/api/kernel/run"),
    ("OPTIONS", "reactive/edit/"),
    ("WEBSOCKET", "reactive/edit/ws?session_id=s_test01&file=private.py"),
    ("WEBSOCKET", "reactive/edit/terminal/ws"),
]

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}

# The child's own port: what marimo answers to whoever does not know the secret.
CHILD = {
    ("GET", "health"): 200,
    ("GET", ""): 303,
    ("GET", "?file=private.py"): 303,
    ("GET", "?access_token=wrong"): 303,
    ("GET", "api/version"): 401,
    ("GET", "api/status"): 401,
    ("GET", "api/sessions"): 401,
    ("GET", "public/private.py"): 401,
    ("GET", "@file/10-x.txt"): 401,
    ("POST", "api/kernel/run"): 401,
    ("POST", "api/kernel/save"): 401,
    ("POST", "api/files/list_files"): 401,
    ("POST", "api/home/running_notebooks"): 401,
    ("POST", "api/home/shutdown_session"): 401,
    ("WEBSOCKET", "ws?session_id=s_test01&file=private.py"): 403,
    ("WEBSOCKET", "terminal/ws"): 403,
}


@pytest.fixture
def ann(hub, notebook_source: str) -> User:
    """Somebody at work: marimo runs, a notebook is there."""
    ann = hub.user("ann")
    ann.start()
    ann.write("private.py", notebook_source)
    status, text = reach(ann.url("reactive/api/servers/edit/start"), "POST", by_token(ann))
    assert status == 200, text
    return ann


@pytest.fixture
def bob(hub) -> User:
    bob = hub.user("bob")
    bob.start()
    return bob


def by_token(user: User) -> dict[str, str]:
    """The headers of a program that acts for a user."""
    return {"Authorization": f"token {user.new_token()}"}


def by_cookies(page: Page) -> dict[str, str]:
    """The headers of a hostile browser: every cookie goes to every path."""
    cookies = page.context.cookies()
    assert any(cookie["name"].startswith("jupyterhub-user-") for cookie in cookies)
    return {
        "Cookie": "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies),
        "X-XSRFToken": next(c["value"] for c in cookies if c["name"] == "_xsrf"),
        "Sec-Fetch-Mode": "navigate",
        "Accept": "text/html",
    }


def reach(url: str, method: str, headers: dict[str, str]) -> tuple[int, str]:
    """The answer to a request or a websocket's handshake."""
    if method == "WEBSOCKET":
        return ask(url, "GET", {**headers, **HANDSHAKE})
    return ask(url, method, headers)


def is_refused(status: int, text: str) -> bool:
    """Whether an answer is an error, or leads to the Hub, which asks who is there."""
    return status in {403, 404} or (status == 302 and "/hub/api/oauth2/authorize?" in text)


def doors(user: User) -> list[str]:
    """Where a user's server answers: through the Hub's proxy, and at its own port."""
    return [user.url(), user.address() + user.prefix()]


def test_routes_are_there_for_their_owner(ann: User):
    """Else it would say nothing that others are refused."""
    own = by_token(ann)
    # A stream goes on for ever, and no export has the name that stands for one here.
    others = ("edit/sse", "api/exports/")
    gets = [
        route
        for method, route in REST + PAGES
        if method == "GET" and not any(other in route for other in others)
    ]
    for door in doors(ann):
        failed = {
            route: answer for route in gets if (answer := reach(door + route, "GET", own))[0] >= 400
        }
        assert failed == {}
        for method, route in PAGES:
            if method == "WEBSOCKET":
                assert reach(door + route, method, own)[0] == 101, route


@pytest.mark.parametrize("credentials", ["token", "cookies", "none"])
def test_another_user_is_refused_everywhere(ann: User, bob: User, log_in, credentials: str):
    match credentials:
        case "token":
            headers = by_token(bob)
        case "cookies":
            headers = by_cookies(log_in(bob, "lab"))
        case _:
            headers = {}
    assert len(REST) >= 12
    for door in doors(ann):
        reached = {
            (method, route): answer
            for method, route in REST + PAGES
            if not is_refused(*(answer := reach(door + route, method, headers)))
        }
        assert reached == {}


def test_another_users_link_shows_the_hubs_refusal(ann: User, bob: User, log_in):
    page = log_in(bob, "metrics")
    for route in ("reactive/open/private.py", "reactive/edit/?file=private.py"):
        response = page.goto(ann.url(route))
        assert response.status == 403
        assert urlsplit(page.url).path == "/hub/api/oauth2/authorize"


def test_port_of_marimo_opens_to_nobody_without_the_secret(ann: User, bob: User):
    """On a machine that users share, each of them can connect to it."""
    ports = {
        connection.laddr.port: connection.laddr.ip
        for process in ann.processes()[1:]
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert set(ports.values()) == {"127.0.0.1"}
    token = by_token(bob)
    for port in ports:
        direct, proxied = f"http://127.0.0.1:{port}/", bob.url(f"proxy/{port}/")
        for door in (direct, proxied):
            expected = {
                (method, route): status
                for (method, route), status in CHILD.items()
                # jupyter-server-proxy accepts a websocket before it asks the other side.
                if method != "WEBSOCKET" or door == direct
            }
            answers = {
                (method, route): reach(door + route, method, token)[0] for method, route in expected
            }
            assert answers == expected, door
            # This one refuses in its own protocol, with status 200.
            stream = f"{door}sse?session_id=s_test01&file=private.py"
            assert "MARIMO_UNAUTHORIZED" in reach(stream, "GET", token)[1]
