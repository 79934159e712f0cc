"""``reactive/run/``: the apps of this server, to be chosen from."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_server.utils import url_escape, url_path_join

from .. import identity
from ..gallery import GalleryFinder
from ..translation import _
from ..web import APP_RESOURCE, permitted
from .base import PageHandler


@dataclass(frozen=True)
class Entry:
    """An app as the page shows it.

    Attributes:
        title: what it is called.
        description: a sentence, or nothing.
        folder: where it lies, for people.
        href: its address.
        picture: the address of its picture, or nothing.
    """

    title: str
    description: str
    folder: str
    href: str
    picture: str


class GalleryHandler(PageHandler):
    """``reactive/run/``: a page with a card for each app."""

    auth_resource = APP_RESOURCE
    gallery: GalleryFinder

    @permitted("execute", APP_RESOURCE)
    async def get(self) -> None:
        """Show the apps; to the owner also what is left out, and why."""
        found = await self.gallery.find()
        entries = []
        for path, card in found.apps:
            href = url_path_join(self.base_url, "reactive/run", url_escape(path), "/")
            entries.append(
                Entry(
                    title=card.title,
                    description=card.description,
                    folder=path.rpartition("/")[0],
                    href=href,
                    picture=f"{href}og/thumbnail" if card.has_picture else "",
                )
            )
        visitor = identity.visitor(self.current_user, self.identity_provider)
        self.finish(
            self.page(
                _("Apps"),
                _("No apps are here yet: any marimo notebook is one.") if not entries else "",
                template="gallery.html",
                entries=entries,
                broken=found.broken if visitor.is_owner else (),
                is_cut=found.is_cut,
            )
        )
