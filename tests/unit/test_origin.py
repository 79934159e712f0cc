"""Which requests with a user's cookies come from a page of theirs."""

from __future__ import annotations

from typing import Any

import pytest
from tornado.httputil import HTTPHeaders

from jupyter_reactive.origin import Request, is_page_token, is_welcome, page_token

HOST = "hub.example"
SITE = f"https://{HOST}"
HUB = "/user/ann/"
LAB = {"Referer": f"{SITE}/user/ann/lab"}
EVIL = {"Referer": f"{SITE}/user/mallory/proxy/8000/evil.html"}
SAME = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
LINK = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
TYPED = {**LINK, "Sec-Fetch-Site": "none"}
ELSEWHERE = {**LINK, "Sec-Fetch-Site": "cross-site"}
FRAME = {**LINK, "Sec-Fetch-Dest": "iframe"}
OWN = {"Origin": SITE}


def welcome(method: str, *headers: dict[str, str], base_url: str = HUB, **known: Any) -> bool:
    told = HTTPHeaders({"Host": HOST, "Cookie": "jupyterhub-user-ann=x"})
    for more in headers:
        told.update(more)
    return is_welcome(Request(method, told, base_url, **known))


@pytest.mark.parametrize(
    "headers, expected",
    [
        pytest.param(TYPED, True, id="typed or bookmarked"),
        pytest.param(ELSEWHERE, True, id="link on another site"),
        pytest.param({**ELSEWHERE, "Referer": "https://lms.example/"}, True, id="course page"),
        pytest.param({**LINK, "Referer": f"{SITE}/hub/home"}, True, id="the Hub's home"),
        pytest.param({**LINK, "Referer": f"{SITE}/hub/login?next="}, True, id="after the login"),
        pytest.param({**LINK, "Referer": f"{SITE}/services/grader/"}, True, id="service"),
        pytest.param({**LINK, **LAB}, True, id="link in Lab"),
        pytest.param(LINK, True, id="reload where a browser tells no Referer"),
        pytest.param({**LINK, "Referer": f"{SITE}/user/ann/second/lab"}, True, id="named server"),
        pytest.param({**LINK, **EVIL}, False, id="window.open of another user"),
        pytest.param({**FRAME, **LAB}, True, id="tab of Lab"),
        pytest.param({**FRAME, "Referer": f"{SITE}/user/%61nn/lab"}, True, id="other escapes"),
        pytest.param({**FRAME, **EVIL}, False, id="frame of another user"),
        pytest.param(FRAME, False, id="frame of who hides"),
        pytest.param({**FRAME, "Referer": f"{SITE}/hub/home"}, False, id="frame of the Hub"),
        pytest.param({**FRAME, "Referer": f"{SITE}/user/anna/lab"}, False, id="longer name"),
        pytest.param({**FRAME, "Referer": f"{SITE}/user/ann%2Flab/x"}, False, id="escaped slash"),
        pytest.param({**FRAME, **EVIL, "Sec-Fetch-Dest": "embed"}, False, id="embed"),
        pytest.param({**FRAME, **EVIL, "Sec-Fetch-Dest": "object"}, False, id="object"),
        pytest.param({**FRAME, **LAB, "Sec-Fetch-Dest": "empty"}, True, id="download"),
        pytest.param({**FRAME, **EVIL, "Sec-Fetch-Dest": "empty"}, False, id="its download"),
        pytest.param({**TYPED, **EVIL}, False, id="prefetched by another user"),
        pytest.param({**ELSEWHERE, "Sec-Fetch-Dest": "iframe"}, False, id="frame of another site"),
        pytest.param({**SAME, **LAB}, False, id="fetched page"),
        pytest.param({}, True, id="no browser, or http"),
        pytest.param(LAB, True, id="http, from Lab"),
        pytest.param(EVIL, False, id="http, from another user"),
    ],
)
def test_page(headers: dict[str, str], expected: bool):
    assert welcome("GET", headers, is_page=True) is expected


@pytest.mark.parametrize(
    "headers, expected",
    [
        pytest.param({**SAME, **LAB}, True, id="Lab"),
        pytest.param({**SAME, "Referer": f"{SITE}/user/ann/reactive/edit/"}, True, id="marimo"),
        pytest.param({**SAME, **EVIL}, False, id="another user"),
        pytest.param(SAME, False, id="who hides"),
        pytest.param({**SAME, **LAB, "Sec-Fetch-Site": "same-site"}, False, id="another port"),
        pytest.param({**SAME, "Sec-Fetch-Site": "cross-site"}, False, id="another site"),
        pytest.param(
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, False, id="its script"
        ),
        pytest.param({}, True, id="no browser"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_what_pages_ask_for(method: str, headers: dict[str, str], expected: bool):
    assert welcome(method, headers, OWN) is expected


@pytest.mark.parametrize("known", [{}, {"is_upgrade": True}])
def test_who_acts_says_from_where(known: dict[str, Any]):
    method = "GET" if known else "POST"
    assert welcome(method, OWN, base_url="/", **known)
    assert not welcome(method, base_url="/", **known), "every browser tells an origin"
    told = HTTPHeaders({"Host": HOST})
    assert is_welcome(Request(method, told, "/", **known)), "a program without cookies"
    foreign = {"Origin": "https://evil.example"}
    assert not welcome(method, foreign, base_url="/", origin_allowed=False, **known)
    for site in ("same-site", "cross-site", "nonsense"):
        assert not welcome(method, OWN, {"Sec-Fetch-Site": site}, base_url="/", **known)


def test_what_the_operator_lets_in_is_let_in():
    invited = {"Origin": "https://portal.example", "Sec-Fetch-Site": "cross-site"}
    assert welcome("POST", invited)
    framed = {**ELSEWHERE, "Sec-Fetch-Dest": "iframe"}
    assert welcome("GET", framed, is_page=True, framed_elsewhere=True)
    # A gateway changed the host's name, so that the own origin had to be allowed.
    renamed = {**SAME, "Host": "10.0.0.7:8888", "Origin": SITE}
    assert welcome("POST", renamed, LAB)
    assert not welcome("POST", renamed, EVIL)


def test_jupyters_token_stands_for_a_referer_that_is_not_told():
    assert welcome("GET", SAME, is_proven=True)
    assert not welcome("GET", SAME, EVIL, is_proven=True)


def test_token_of_a_page_is_of_one_server():
    token = page_token(b"secret", HUB)
    assert is_page_token(token, b"secret", HUB)
    for shown in ("", token[:-1], f"{token}0", "é"):
        assert not is_page_token(shown, b"secret", HUB)
    assert not is_page_token(token, b"other", HUB)
    assert not is_page_token(token, b"secret", "/user/bob/")


@pytest.mark.parametrize("referer", [{}, EVIL])
def test_where_nobody_shares_the_origin_no_referer_is_needed(referer: dict[str, str]):
    assert welcome("POST", SAME, OWN, referer, base_url="/")
    assert welcome("GET", FRAME, referer, base_url="/", is_page=True)
    assert not welcome("POST", SAME, OWN, base_url="/jupyter/")
    assert not welcome("GET", FRAME, referer, base_url="/jupyter/", is_page=True)
