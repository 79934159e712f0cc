"""The links for people: ``reactive/`` and ``reactive/open/<path>``."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from jupyter_server.utils import url_path_join

from ..contents import NotebookFiles
from ..errors import NotFound
from ..notebooks.marimo import FILE_QUERY, TOKEN_QUERY
from ..servers.manager import ServerManager
from ..translation import _
from ..web import permitted
from .base import PageHandler

# Jupyter's own token and marimo's: neither has a place in a link that goes on.
SECRET_QUERIES = frozenset({"token", "_xsrf", TOKEN_QUERY})


class HomeHandler(PageHandler):
    """``reactive/``: the edit server's home."""

    @permitted("execute")
    async def get(self) -> None:
        """Go to the edit server."""
        self.redirect(url_path_join(self.base_url, "reactive/edit/"))


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
        self.servers.begin_start()
        query = [
            (key, value)
            for key, value in parse_qsl(self.request.query, keep_blank_values=True)
            if key not in SECRET_QUERIES and key != FILE_QUERY
        ]
        self.redirect(
            url_path_join(self.base_url, "reactive/edit/")
            + "?"
            + urlencode([(FILE_QUERY, path.strip("/")), *query])
        )


class UnknownPageHandler(PageHandler):
    """Any other path under ``reactive/``: a sentence instead of a bare 404."""

    @permitted("read")
    async def get(self) -> None:
        """There is nothing here."""
        raise NotFound(
            _("There is nothing at {path}.").format(path=self.request.path),
            _("Open a notebook from the launcher or the file browser."),
        )
