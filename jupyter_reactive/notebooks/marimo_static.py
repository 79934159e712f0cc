"""The static files of marimo's page: where they are, and how the page names them.

A part of the adapter, as `marimo` is; nothing of it is promised. The same parity test watches it.
"""

from __future__ import annotations

import re
from html import escape
from importlib.util import find_spec
from mmap import mmap
from pathlib import Path

# The page itself, in the folder of static files; no browser gets it as it is.
PAGE_FILE = "index.html"
ASSETS_FOLDER = "assets"
# The type of a script and the relation of a link that no browser knows.
DEFERRED = "reactive-later"
# The id of the element that the editor fills.
ROOT_ELEMENT = "root"
_PAGE_FILE_LINK = re.compile(r"""(?:href|src)="\./([^"?#]+)\"""")
_IMPORT = re.compile(rb"""(?:\bfrom|\bimport)\s*[`"']\./([\w.-]+\.(?:js|css))[`"']""")
# Asked for while the script is evaluated, so that the page waits for it.
_WASM = re.compile(rb"""\bnew URL\([`"']([\w.-]+\.wasm)[`"'],\s*import\.meta\.url\)""")
# What the page fetches ahead and most notebooks never show, 0.6 MB: pictures for a page that has
# lost its server, and fonts that neither the editor nor plain text is written in.
_RARE_PRELOAD = re.compile(
    r"""<link rel="preload" [^>]*(?:as="image"|href="[^"]*/(?:Lora|FiraMono-Bold)[^"]*")[^>]*>"""
)
# What makes the page an app on a telephone, at an address that is not ours; brings large icons.
_MANIFEST = re.compile(r"""<link rel="(?:manifest|apple-touch-icon)"[^>]*>""")
_MODULE = '<script type="module"'
_MODULE_PRELOAD = '<link rel="modulepreload"'
_WORKER = re.compile(r"""serviceWorker\.register\('(\./[^']+)'\)""")
WORKER_ROUTE = "/public-files-sw.js"


def static_folder() -> Path | None:
    """Where the installed marimo keeps its page and what belongs to it. Does not import marimo.

    marimo serves the folder itself and names it nowhere.
    """
    spec = find_spec("marimo")
    places = (spec and spec.submodule_search_locations) or ()
    return next(
        (Path(p, "_static") for p in places if Path(p, "_static", PAGE_FILE).exists()), None
    )


def page_files(page: str) -> list[str]:
    """The static files that a page names, relative to `static_folder`.

    Args:
        page: the HTML of a page of the edit server, or of `PAGE_FILE`.
    """
    return _PAGE_FILE_LINK.findall(page)


def with_static_files(page: str, url: str) -> str:
    """A page that takes its static files from elsewhere.

    What is not named in the page is found relative to the script that asks for it.

    Args:
        page: the HTML of a page of the edit server.
        url: the folder that they are in, without a slash at the end.
    """
    return _PAGE_FILE_LINK.sub(lambda match: match[0].replace('"./', f'"{escape(url)}/'), page)


def without_rare_files(page: str) -> str:
    """A page that fetches what every notebook shows; the rest comes when it is shown.

    Args:
        page: the HTML of a page of the edit server.
    """
    return _MANIFEST.sub("", _RARE_PRELOAD.sub("", page))


def worker_address(page: str) -> str | None:
    """The service worker that a page registers, as the page names it; None without one.

    Args:
        page: the HTML of a page of the edit server.
    """
    found = _WORKER.search(page)
    return found and found[1]


def deferred(page: str) -> str:
    """A page whose modules are not fetched before a script changes these marks back.

    Args:
        page: the HTML of a page of the edit server.
    """
    return page.replace(_MODULE, f'<script type="{DEFERRED}"').replace(
        _MODULE_PRELOAD, f'<link rel="{DEFERRED}"'
    )


def imports(source: bytes | mmap) -> list[str]:
    """The files that a script of marimo's page needs at once, relative to its own folder.

    Args:
        source: the script, as marimo's bundler has written it.
    """
    return [name.decode() for name in _IMPORT.findall(source) + _WASM.findall(source)]


def is_editor_file(name: str) -> bool:
    """Whether the page fetches a static file as soon as it knows that a notebook is edited."""
    return name.startswith(f"{ASSETS_FOLDER}/edit-page-")
