"""``jupyter reactive warm``: done once, when an image is built."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jupyter_core.application import JupyterApp
from traitlets import Bool, default

from .. import __version__
from ..assets.compress import write_copies
from ..assets.store import AssetStore, environment_folder
from ..translation import _


class WarmApp(JupyterApp):
    """``jupyter reactive warm``: writes compressed copies of marimo's static files."""

    name = "jupyter-reactive-warm"
    version = __version__
    description = """Compress marimo's page once, so that browsers get it small from the start.

    For images and shared environments, after marimo was installed or updated; about a minute.
    """
    classes = [AssetStore]
    flags = {
        "user": (
            {"WarmApp": {"user": True}},
            "Write into the user's cache folder, not into the environment.",
        )
    }

    user = Bool(
        config=True,
        help="""
        Whether the copies go into the user's cache folder. Default: False (into the environment,
        for all of its users).
        """,
    )

    @default("config_file_name")
    def _default_config_file_name(self) -> str:
        # Where the server looks for the copies stands in the server's own file.
        return "jupyter_server_config"

    def start(self) -> None:
        """Write the copies that are missing; print how far it is."""
        super().start()
        store = AssetStore(parent=self)
        if store.catalog is None:
            sys.exit(
                _("marimo is not installed in this environment. Install it: pip install marimo")
            )
        folder = Path(store.cache_dir) if self.user else environment_folder()
        target = folder / store.catalog.key
        count = 0
        try:
            for count, _copy in enumerate(write_copies(store.catalog, target), 1):
                if sys.stderr.isatty() and count % 20 == 0:
                    print(f"\r{count}", end="", file=sys.stderr)
        except OSError as e:
            sys.exit(
                _(
                    "The copies cannot be written to {folder}: {error}. Run it as the owner of the "
                    "environment, or with --user."
                ).format(folder=target, error=e.strerror or e)
            )
        size = sum(
            entry.stat().st_size
            for place, _folders, files in os.walk(target)
            for entry in (Path(place, file) for file in files)
        )
        print(
            _("{count} new copies in {folder} ({size:.1f} MB in all).").format(
                count=count, folder=target, size=size / 1e6
            )
        )
