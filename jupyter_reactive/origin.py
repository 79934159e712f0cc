"""Says whether a page that the user never meant to trust is behind a request.

Browsers tell it in headers that no script can set: `Origin` and the fetch metadata. `Referer`
tells whose page it is where users of a Hub share an origin, as JupyterHub itself asks it; a
script of the same origin can change it, so what matters more asks for more: a page comes only to
who navigates to it, and a notebook's websocket needs the token of a page that we served.
Pure functions over what a request says; knows no handler.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

# What they do, a browser may not be made to do.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OURSELVES = frozenset({"same-origin", "none"})
FRAMES = frozenset({"iframe", "frame"})
# In the address of a websocket, which can carry no header. Jupyter's log masks what is so called.
PAGE_TOKEN_QUERY = "reactive-page-token"  # noqa: S105  # a name, no secret

# For everything that we serve.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Whoever opens a page of ours in a window holds nothing of it, the same origin included.
    "Cross-Origin-Opener-Policy": "noopener-allow-popups",
    # Browsers' own default, or our pages might not send what we check. Others get no path.
    "Referrer-Policy": "strict-origin-when-cross-origin",
}

_USER_PATH = re.compile(r"(.*/user/)[^/]+/")


@dataclass(frozen=True)
class Request:
    """What there is to judge.

    Args:
        method: the verb.
        headers: what the browser sent; names in any case.
        base_url: where we are on the server.
        is_upgrade: whether it opens a websocket.
        is_page: whether the answer is a page, which nobody needs but who looks at it.
        origin_allowed: what Jupyter's own check says of `Origin`, `allow_origin` included.
        framed_elsewhere: whether the operator lets other sites frame Jupyter.
        is_proven: whether Jupyter's XSRF token is with it.
    """

    method: str
    headers: Mapping[str, str]
    base_url: str
    is_upgrade: bool = False
    is_page: bool = False
    origin_allowed: bool = True
    framed_elsewhere: bool = False
    is_proven: bool = False


def is_welcome(request: Request) -> bool:
    """Whether a request with the user's cookies comes from a page of theirs, or from themselves."""
    headers = request.headers
    origin = headers.get("Origin")
    site = headers.get("Sec-Fetch-Site")
    acts = request.method not in SAFE_METHODS or request.is_upgrade
    if not request.origin_allowed:
        return False
    if origin is not None and not _is_host(request, origin) and site != "same-origin":
        # Another one, which the operator has let in.
        return True
    if acts and origin is None and "Cookie" in headers:
        return False
    if acts and site not in {*OURSELVES, None}:
        return False
    mode = headers.get("Sec-Fetch-Mode")
    if request.is_page and mode not in {"navigate", None}:
        return False
    if site in {None, "none"}:
        return not _is_of_another_user(request)
    if mode == "navigate":
        return _may_show(request, same_origin=site == "same-origin")
    return site == "same-origin" and (_is_ours(request) or _is_unknown_but_proven(request))


def page_token(secret: bytes, base_url: str) -> str:
    """What a page that we serve shows to open a websocket; lives as long as Jupyter's logins.

    Args:
        secret: Jupyter's, for cookies.
        base_url: Jupyter's.
    """
    return hmac.digest(secret, f"page of {base_url}".encode(), "sha256").hex()


def is_page_token(token: str, secret: bytes, base_url: str) -> bool:
    """Whether this is the token of a page that we served."""
    return hmac.compare_digest(token.encode(), page_token(secret, base_url).encode())


def _may_show(request: Request, *, same_origin: bool) -> bool:
    """Whether a page may be shown where a browser wants it: a window, a frame, a file."""
    place = request.headers.get("Sec-Fetch-Dest", "document")
    if place == "document":
        # A link may stand anywhere, but not with another user.
        return not _is_of_another_user(request)
    if same_origin:
        return _is_ours(request)
    return request.framed_elsewhere and place in FRAMES


def _is_ours(request: Request) -> bool:
    """Whether a page of the user's own server asks; at ``/`` there is no other."""
    own = _segments(_own_path(request.base_url))
    return _referer(request)[: len(own)] == own


def _is_unknown_but_proven(request: Request) -> bool:
    return request.is_proven and "Referer" not in request.headers


def _is_of_another_user(request: Request) -> bool:
    """Whether a page under another user's path of the same Hub asks."""
    found = _USER_PATH.match(request.base_url)
    if found is None or _is_ours(request):
        return False
    users = _segments(found[1])
    return _referer(request)[: len(users)] == users


def _own_path(base_url: str) -> str:
    """The path below which all is the user's own: on a Hub also that of their other servers."""
    found = _USER_PATH.match(base_url)
    return found[0] if found else base_url


def _referer(request: Request) -> list[str]:
    """The path of the page that asks; nothing when it is unknown or of another origin."""
    referer = request.headers.get("Referer", "")
    # The browser knows best: a gateway may have changed the name of the host.
    match request.headers.get("Sec-Fetch-Site"):
        case "same-origin":
            is_near = True
        case None | "none":
            # Who types an address comes from nowhere; what a page has prefetched does not.
            is_near = _is_host(request, referer)
        case _:
            is_near = False
    return _segments(urlsplit(referer).path) if is_near else []


def _is_host(request: Request, address: str) -> bool:
    return urlsplit(address.lower()).netloc == request.headers.get("Host", "").lower()


def _segments(path: str) -> list[str]:
    # One by one: an escaped slash separates nothing.
    return [unquote(segment) for segment in path.split("/") if segment]
