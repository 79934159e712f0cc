"""What is said of an app in its address: which notebook it is, and what is meant for it.

Knows nothing of servers and sends nothing.
"""

from __future__ import annotations

from pathlib import Path

from traitlets import List, TraitError, Unicode, validate
from traitlets.config import LoggingConfigurable

from .contents import NotebookFiles
from .errors import NameReserved
from .notebooks import marimo
from .origin import PAGE_TOKEN_QUERY

SCRIPT = Path(__file__).parent / "pages/static/app_page.js"
# They mean something to marimo, and none of it is a visitor's to say.
RESERVED = frozenset({marimo.FILE_QUERY, marimo.KIOSK_QUERY, marimo.TOKEN_QUERY, "refresh_token"})
RESERVED_PREFIX = "reactive-"
# Asks for an app that is held back once more.
AGAIN_QUERY = "reactive-again"
# Which session a page had before it was loaded again.
RESUMES_QUERY = "reactive-resumes"
OWN_QUERIES = frozenset({PAGE_TOKEN_QUERY, AGAIN_QUERY, RESUMES_QUERY})


class AppPages(LoggingConfigurable):
    """What an operator says of the pages of apps."""

    embedders = List(
        Unicode(),
        config=True,
        help="""
        The sites that may show apps in a frame, for example `["https://learn.example.org"]`; a
        site may begin with `*.` (see `frame-ancestors` of the Content-Security-Policy). It is for
        apps only, never for the editor. The browser has to send Jupyter's login along: set
        `c.IdentityProvider.cookie_options` to `{"samesite": "None", "secure": True}`, which holds
        over HTTPS and at localhost. Default: [] (none but this server).
        """,
    )

    @validate("embedders")
    def _validate_embedders(self, proposal: dict[str, list[str]]) -> list[str]:
        for site in proposal["value"]:
            if not site.startswith(("https://", "http://")) or set(site) & set("; ,'\"\n"):
                raise TraitError(
                    f"AppPages.embedders: {site!r} is no site. Write it as https://host or "
                    "https://host:port."
                )
        return proposal["value"]

    def framed_by(self, policy: str) -> str:
        """A page's policy that lets the operator's sites frame it.

        Args:
            policy: the Content-Security-Policy of Jupyter's pages.
        """
        if not self.embedders:
            return policy
        directives = [words for words in map(str.strip, policy.split(";")) if words]
        framing = [words for words in directives if words.split()[0] == "frame-ancestors"]
        rest = [words for words in directives if words not in framing]
        own = " ".join(framing[:1]) or "frame-ancestors 'self'"
        return "; ".join([*rest, f"{own} {' '.join(self.embedders)}"])


def split(files: NotebookFiles, place: str) -> tuple[str, str | None]:
    """The contents path of an app in what follows ``reactive/run/``, and marimo's route behind it.

    The route is None where the slash after the notebook is missing. A page outlives its file: where
    none is there, the first name that a notebook could have counts.

    Args:
        files: knows where the notebooks are.
        place: unquoted.

    Raises:
        InvalidPath: no file can have it.
    """
    parts = place.split("/")
    counts = [
        count
        for count, part in enumerate(parts, 1)
        if Path(part).suffix in marimo.NOTEBOOK_SUFFIXES
    ]
    there = (n for n in counts if files.os_path("/".join(parts[:n])).is_file())
    count = next(there, counts[0] if counts else len(parts) - (not parts[-1]))
    rest = parts[count:]
    return "/".join(parts[:count]), f"/{'/'.join(rest)}" if rest else None


def refuse_reserved(query: list[tuple[str, str]]) -> None:
    """Raise for a parameter whose name means something else.

    Raises:
        NameReserved: there is one.
    """
    names = {name for name, _value in query} - OWN_QUERIES
    reserved = {name for name in names if name in RESERVED or name.startswith(RESERVED_PREFIX)}
    if reserved:
        raise NameReserved(sorted(reserved))
