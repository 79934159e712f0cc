"""``reactive/assets/<version>/…``: marimo's static files, without a way through marimo."""

from __future__ import annotations

import mimetypes
import os
import re
from typing import Any

from tornado.web import HTTPError

from ..errors import NotFound
from ..free_memory import FreeMemory
from ..notebooks.marimo_static import ASSETS_FOLDER
from ..translation import _
from ..web import ReactiveHandler, permitted
from .store import AssetStore

# Nothing of a file stays in memory, however slow the line is. As Jupyter does with its own static
# files it is read without a thread, which would keep a megabyte of what it has read.
PIECE = 64 * 1024
YEAR = 365 * 24 * 3600
DAY = 24 * 3600
NEVER = re.compile(r"q\s*=\s*0(\.0*)?")
# What Python knows of these depends on the machine.
TYPES = {
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


class AssetHandler(ReactiveHandler):
    """One static file."""

    def initialize(self, assets: AssetStore, memory: FreeMemory) -> None:
        """Take what the routes hand over."""
        self.assets = assets
        self.memory = memory

    def set_cookie(self, *args: Any, **kwargs: Any) -> None:
        """Set none: whoever keeps the answer would keep the cookie too."""

    def check_xsrf_cookie(self) -> None:
        """Ask for no token, as the Hub would: a script's import carries none."""

    def get_login_url(self) -> str:
        """Send no script to the form for people.

        Raises:
            HTTPError: always, with status 403.
        """
        raise HTTPError(403)

    @permitted("read")
    async def get(self, version: str, name: str) -> None:
        """Answer with the file."""
        catalog = self.assets.catalog
        if catalog is None or version != catalog.version or name not in catalog:
            raise NotFound(
                _("There is nothing at {path}.").format(path=self.request.path),
                _("Load the page of the notebook again."),
            )
        accepted = accepted_encodings(self.request.headers.get("Accept-Encoding", ""))
        body, encoding = await self.assets.in_thread(self.assets.open, name, accepted)
        suffix = name[name.rfind(".") :]
        kind = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        self.set_header("Content-Type", kind)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Vary", "Accept-Encoding")
        if encoding is not None:
            self.set_header("Content-Encoding", encoding)
        # The names of these are made from what is in them.
        is_lasting = name.startswith(f"{ASSETS_FOLDER}/") or name == catalog.pack_name
        kept = f"max-age={YEAR}, immutable" if is_lasting else f"max-age={DAY}"
        self.set_header("Cache-Control", f"public, {kept}")
        with body:
            self.set_header("Content-Length", body.seek(0, os.SEEK_END))
            body.seek(0)
            if self.request.method == "GET":
                while piece := body.read(PIECE):
                    self.write(piece)
                    await self.flush()
        self.finish()

    head = get

    def on_finish(self) -> None:
        """The answer is given, and with it some megabytes are free."""
        super().on_finish()
        self.memory.soon()

    def compute_etag(self) -> None:
        """Have none: the address says which file it is."""
        return


def accepted_encodings(header: str) -> set[str]:
    """The encodings that a browser takes.

    Args:
        header: ``Accept-Encoding`` (https://www.rfc-editor.org/rfc/rfc9110#field.accept-encoding).
    """
    accepted = set()
    for item in header.lower().split(","):
        encoding, _separator, parameter = (part.strip() for part in item.partition(";"))
        if encoding and not NEVER.fullmatch(parameter):
            accepted.add(encoding)
    return accepted
