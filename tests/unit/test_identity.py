"""Who looks: what Jupyter knows, what a notebook is told, what a script finds."""

from __future__ import annotations

import getpass
import json
from urllib.parse import unquote

import pytest
from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider, User
from tornado.httputil import HTTPHeaders

from jupyter_reactive.identity import USER_HEADER, current_user, drop_claims, told, visitor


class Institution(IdentityProvider):
    """A provider that knows many."""


@pytest.fixture(autouse=True)
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)


OWNERS = {
    "token": (IdentityProvider, None, "anyone", True),
    "password": (PasswordIdentityProvider, None, "anyone", True),
    "institution, the account": (Institution, None, getpass.getuser(), True),
    "institution, another": (Institution, None, "eve", False),
    "hub, owner": (Institution, "ada", "ada", True),
    "hub, guest": (IdentityProvider, "ada", "eve", False),
}


@pytest.mark.parametrize("case", OWNERS)
def test_the_owner_is_whose_server_it_is(monkeypatch: pytest.MonkeyPatch, case: str):
    provider, hub_user, name, is_owner = OWNERS[case]
    if hub_user:
        monkeypatch.setenv("JUPYTERHUB_USER", hub_user)
    assert visitor(User(name), provider()).is_owner is is_owner


def test_groups_are_those_of_the_hub_or_of_the_provider():
    user = User("ada")
    assert visitor(user, Institution()).groups == ()
    user.groups = ["physics"]
    assert visitor(user, Institution()).groups == ("physics",)
    user.hub_user = {"name": "ada", "groups": ["math"]}
    assert visitor(user, Institution()).groups == ("math",)


def test_the_header_holds_any_name():
    header = told(visitor(User("ann@exämple\r\n"), Institution()), "https")[USER_HEADER]
    assert header.isascii()
    assert not set(header) & set("\r\n ")
    assert json.loads(unquote(header))["username"] == "ann@exämple\r\n"


def test_claims_are_dropped_however_they_are_spelt():
    claims = {"X_Reactive_App": "a", "x-reactive-fresh": "1", USER_HEADER: "b", "Accept": "c"}
    headers = HTTPHeaders(claims)
    drop_claims(headers)
    assert dict(headers) == {"Accept": "c"}


def test_a_script_belongs_to_who_runs_it(monkeypatch: pytest.MonkeyPatch):
    user = current_user()
    assert user is not None
    assert (user.username, user.is_owner) == (getpass.getuser(), True)
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    assert current_user().username == "ada"
