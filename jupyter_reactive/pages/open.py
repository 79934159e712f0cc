"""The links for people: ``reactive/`` and ``reactive/open/<path>``."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode

from jupyter_server.utils import url_path_join

from ..contents import NotebookFiles
from ..errors import NotFound
from ..links.platforms import CELL_QUERY
from ..notebooks.marimo import CELL_FRAGMENT, FILE_QUERY, TOKEN_QUERY
from ..origin import PAGE_TOKEN_QUERY
from ..servers.manager import ServerManager
from ..translation import _
from ..web import permitted
from .base import PageHandler

# Jupyter's own token, marimo's, our page's: none has a place in a link that goes on.
SECRET_QUERIES = frozenset({"token", "_xsrf", TOKEN_QUERY, PAGE_TOKEN_QUERY})


class HomeHandler(PageHandler):
    """``reactive/`` and ``reactive/edit``: the edit server's home."""

    @permitted("execute")
    async def get(self) -> None:
        """Go to the edit server, with the query of the link."""
        self.redirect(_edit_url(self, []))


class OpenHandler(PageHandler):
    """``reactive/open/<path>``: checks the path, then goes to the edit server."""

    files: NotebookFiles
    servers: ServerManager

    @property
    def notebook_path(self) -> str:
        """The path behind ``reactive/open/``."""
        return self.path_args[0]

    @permitted("execute")
    async def get(self, path: str) -> None:
        """Open a notebook, or say why not and what to do."""
        await self.files.notebook(path)
        self.servers.edit.begin_start()
        url = _edit_url(self, [(FILE_QUERY, path.strip("/"))])
        if cell := self.get_query_argument(CELL_QUERY, ""):
            # A `#` in the link itself would not come through a login.
            url += f"#{CELL_FRAGMENT}={quote(cell, safe='')}"
        self.redirect(url)


class UnknownPageHandler(PageHandler):
    """Any other path under ``reactive/``: a sentence instead of a bare 404."""

    @permitted("read")
    async def get(self) -> None:
        """There is nothing here."""
        raise NotFound(
            _("There is nothing at {path}.").format(path=self.request.path),
            _("Open a notebook from the launcher or the file browser."),
        )


def _edit_url(handler: PageHandler, query: list[tuple[str, str]]) -> str:
    """The edit server's page, with this query and what else the link asked for."""
    own = {key for key, _value in query} | SECRET_QUERIES | {CELL_QUERY}
    rest = parse_qsl(handler.request.query, keep_blank_values=True)
    words = urlencode([*query, *((key, value) for key, value in rest if key not in own)])
    url: str = url_path_join(handler.base_url, "reactive/edit/")
    return f"{url}?{words}" if words else url
