"""Versions: what is installed, for people who ask for help and for programs."""

from __future__ import annotations

import platform
from importlib.metadata import version

from .. import __version__
from ..errors import NotFound
from ..notebooks.marimo import installed_version
from ..translation import _
from ..web import permitted
from .base import ReactiveAPIHandler


class StatusHandler(ReactiveAPIHandler):
    """``reactive/api/status``."""

    def initialize(self, fixed_port: int | None) -> None:
        """Take what the routes hand over."""
        self.fixed_port = fixed_port

    @permitted("read")
    async def get(self) -> None:
        """Which versions run here, and where else."""
        self.finish(
            {
                "version": __version__,
                "marimo_version": installed_version(),
                "jupyter_server_version": version("jupyter-server"),
                "python_version": platform.python_version(),
                "fixed_port": self.fixed_port,
            }
        )


class UnknownHandler(ReactiveAPIHandler):
    """Any other path under ``reactive/api/``: a sentence instead of Jupyter's bare 404."""

    @permitted("read")
    async def get(self) -> None:
        """There is nothing here."""
        raise NotFound(
            _("There is nothing at {path}.").format(path=self.request.path),
            _("The routes are listed in the documentation of jupyter-reactive."),
        )

    post = put = patch = delete = get
