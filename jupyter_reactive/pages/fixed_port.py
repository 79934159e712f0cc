"""``proxy/<port>/``: the address of a fixed port, where this Jupyter itself has the notebooks."""

from __future__ import annotations

from jupyter_server.utils import url_path_join

from ..web import permitted
from .base import PageHandler

_OURS = "reactive/"


class FixedPortHandler(PageHandler):
    """Leads on to the edit server, with whatever stands behind the port."""

    @permitted("execute")
    async def get(self, path: str | None) -> None:
        """Go to the same page under ``reactive/``."""
        # As at a port of its own (`fixed_port`), or as marimo alone would have it there.
        ours = not path or path.startswith(_OURS)
        target = (path or _OURS) if ours else f"reactive/edit/{path}"
        query = self.request.query
        self.redirect(url_path_join(self.base_url, target) + (f"?{query}" if query else ""))
