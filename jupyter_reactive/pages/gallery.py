"""``reactive/run/``: the apps of this server, to be chosen from."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_server.utils import url_escape, url_path_join

from .. import identity
from ..gallery import ReactiveGallery
from ..models.apps import AppModel, AppServerModel
from ..servers.apps import AppServers
from ..servers.manager import APP_SERVER
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
        use: who uses it now and what it holds, for the owner.
    """

    title: str
    description: str
    folder: str
    href: str
    picture: str
    use: str


class GalleryHandler(PageHandler):
    """``reactive/run/``: a page with a card for each app."""

    auth_resource = APP_RESOURCE
    gallery: ReactiveGallery
    apps: AppServers

    @permitted("execute", APP_RESOURCE)
    async def get(self) -> None:
        """Show the apps; to the owner also what is left out, and why."""
        found = await self.gallery.find()
        visitor = identity.visitor(self.current_user, self.identity_provider)
        servers = await self.apps.models() if visitor.is_owner else []
        uses = {app.path: use_of(app, server) for server in servers for app in server.apps}
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
                    use=uses.get(path, ""),
                )
            )
        self.finish(
            self.page(
                _("Apps"),
                _("No apps are here yet: any marimo notebook is one.") if not entries else "",
                template="gallery.html",
                entries=entries,
                broken=found.broken if visitor.is_owner else (),
                shared=next((size(s.memory) for s in servers if s.server == APP_SERVER), ""),
                is_cut=found.is_cut,
            )
        )


def use_of(app: AppModel, server: AppServerModel) -> str:
    """How an app is used, in words, with its memory where it has a process of its own."""
    words = _("visitors: {count}").format(count=app.sessions)
    own = size(server.memory) if server.server != APP_SERVER else ""
    return f"{words}, {own}" if own else words


def size(count: int | None) -> str:
    """Bytes as people read them; nothing where they are not known."""
    return f"{count / 1e6:.0f} MB" if count else ""
