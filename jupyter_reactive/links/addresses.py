"""Addresses that a link may hold: of repositories and of Hubs, without secrets."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit, urlunsplit

from ..errors import NoLink
from ..translation import _

# host:path and user@host:path, see https://git-scm.com/docs/git-clone#_git_urls
_SCP = re.compile(r"(?:[^@/]+@)?(?P<host>[^:/@]+):(?P<path>[^:].*)")
# What would end a link in a page or a text.
_NO_HOST = re.compile(r"[\x00-\x20\"'<>()`\\^{}|]")
_SCHEMES = frozenset({"http", "https", "ssh", "git", "git+ssh", "git+https", "file"})
# Names that only some network knows: RFC 6762, RFC 8375, RFC 6761, and what routers make up.
_PRIVATE_ENDINGS = ("localhost", "local", "internal", "intranet", "lan", "home", "home.arpa")


@dataclass(frozen=True)
class Repository:
    """A git repository, as whoever follows a link would clone it.

    Attributes:
        url: its address, without user, password, token and query.
        host: of that address; empty for a folder of this machine.
        namespace: what stands between host and name, with slashes where there are several parts.
        name: the last part, without `.git`.
    """

    url: str
    host: str
    namespace: str
    name: str

    @property
    def is_here(self) -> bool:
        """Whether it is a folder of this machine."""
        return not self.host


def repository_of(remote: str) -> tuple[Repository, bool]:
    """The repository of a remote's address, and whether a secret had to be left out.

    An address for ssh becomes that of the same repository for everybody, by https.

    Args:
        remote: as it stands in git's configuration.

    Raises:
        NoLink: it has a form that git does not know, or a query, which holds a secret if anything.
    """
    remote = remote.strip()
    parts = _split(remote) if "://" in remote else _behind_ssh(remote)
    if parts is None and "://" not in remote:
        try:
            folder = Path(remote).expanduser().absolute()
        except RuntimeError as e:
            raise _not_for_others() from e
        return Repository(folder.as_uri(), "", "", folder.name.removesuffix(".git")), False
    if parts is None or parts.scheme not in _SCHEMES:
        raise _not_for_others()
    if parts.query or parts.fragment:
        raise _with_query()
    path = quote(unquote(parts.path)).rstrip("/")
    namespace, _slash, last = unquote(path).strip("/").rpartition("/")
    name = last.removesuffix(".git")
    if parts.scheme == "file" or not parts.hostname:
        return Repository(f"file://{path}", "", namespace, name), False
    # On GitHub an account stands before the repository.
    if not name or (parts.hostname == "github.com" and not namespace):
        raise _not_for_others()
    is_web = parts.scheme in {"http", "https"}
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.port is not None and is_web:
        host = f"{host}:{parts.port}"
    scheme = "http" if parts.scheme == "http" else "https"
    # Behind ssh a user is always named, and is no secret.
    had_secret = parts.password is not None or (is_web and parts.username is not None)
    return Repository(f"{scheme}://{host}{path}", host, namespace, name), had_secret


def server_root(address: str) -> str:
    """The address of a Hub or a BinderHub, from any address of it; ends with a slash.

    Args:
        address: as copied from the browser's address bar.

    Raises:
        NoLink: it is no address of a web server, or holds a token or a password.
    """
    parts = _split(address.strip())
    is_web = parts is not None and parts.scheme in {"http", "https"}
    if parts is None or not is_web or not parts.hostname or _NO_HOST.search(parts.netloc):
        raise NoLink(
            _("“{address}” is no address of a web server.").format(address=_shown(address)),
            _("Write it as https://hub.example.org/."),
        )
    secrets = [name for name, _value in parse_qsl(parts.query) if "token" in name.lower()]
    if parts.username is not None or secrets:
        raise NoLink(
            _("The address of the server holds a token or a password."),
            _("Give it without: whoever follows the link logs in for themselves."),
        )
    path = re.split(r"/(?:hub|user|v2)(?:/|$)", quote(unquote(parts.path)), maxsplit=1)[0]
    return urlunsplit((parts.scheme, parts.netloc, f"{path.rstrip('/')}/", "", ""))


def is_private(host: str) -> bool:
    """Whether a host can be reached from its own network only, as far as its name tells."""
    name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return "." not in name or name.endswith(tuple(f".{end}" for end in _PRIVATE_ENDINGS))
    return not address.is_global


def _split(address: str) -> SplitResult | None:
    """The parts of an address; None where its host or port makes no sense."""
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        return None
    return parts


def _behind_ssh(remote: str) -> SplitResult | None:
    """The parts of an address without a scheme; None for a folder.

    Raises:
        NoLink: it is neither, or goes on as a secret does.
    """
    scp = _SCP.fullmatch(remote)
    # A drive of Windows has one letter.
    if len(scp["host"]) == 1 if scp else "::" in remote:
        raise _not_for_others()
    if scp and re.search("[?#]", scp["path"]):
        raise _with_query()
    if not scp or remote.startswith((".", "/")):
        return None
    parts = _split(f"ssh://{scp['host']}/{quote(scp['path'].lstrip('/'))}")
    if parts is None:
        raise _not_for_others()
    return parts


def _with_query() -> NoLink:
    return NoLink(
        _("The remote's address goes on after a “?” or “#”, where tokens stand."),
        _("Take that out: git remote set-url origin https://…. git will ask for a password."),
    )


def _not_for_others() -> NoLink:
    return NoLink(
        _("The remote's address is none that others could clone from."),
        _("Set it: git remote set-url origin https://…"),
    )


def _shown(address: str) -> str:
    """An address for a sentence, without what may be secret in it."""
    return re.sub(r"//[^/@]*@", "//", address.partition("?")[0])
