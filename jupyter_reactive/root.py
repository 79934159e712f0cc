"""Judges places: what lies in Jupyter's contents root and may be shown.

Knows nothing of notebooks, of HTTP and of servers.
"""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

from jupyter_core.utils import ensure_async
from jupyter_server.utils import ApiPath, to_os_path
from traitlets import Instance, Unicode
from traitlets.config import LoggingConfigurable

from .errors import InvalidPath, NotebookNotFound, OutsideRoot, Unreadable
from .paths import checked_path, refuse_characters, too_long
from .translation import _


class ContentsRoot(LoggingConfigurable):
    """The folder that Jupyter shows, and the rule for what of it a request may name.

    A *path* here is an API path of Jupyter: relative to the contents root, separated by slashes.
    """

    follow_external_links: bool

    contents_manager = Instance("jupyter_server.services.contents.manager.ContentsManager")

    fallback_root = Unicode(
        help="The server's root folder, for contents managers without a `root_dir` of their own."
    )

    @property
    def root(self) -> Path:
        """The contents root as an absolute folder of this machine."""
        root = getattr(self.contents_manager, "root_dir", None) or self.fallback_root
        # Asked for with each request, and these take a fifth of what Path takes.
        return Path(os.path.abspath(os.path.expanduser(root)))  # noqa: PTH111

    def os_path(self, path: str) -> Path:
        """Where a contents path lies on this machine. Checks its form, not whether it exists.

        Raises:
            InvalidPath: the path has a form that no file can have.
        """
        return Path(to_os_path(ApiPath(checked_path(path)), str(self.root)))

    def api_path(self, os_path: str | Path) -> str | None:
        """The contents path of a file of this machine, or None when it lies outside the root."""
        path = os.path.abspath(os_path)
        root = str(self.root)
        for folder in (root, os.path.realpath(root)):
            if _is_inside(path, folder):
                return path[len(folder) :].strip(os.sep).replace(os.sep, "/")
        return None

    async def admit(self, place: str, folder: Path | None = None) -> None:
        """Let pass what a request may name: a file or folder, or a place where one could be.

        Args:
            place: a contents path, or an absolute path of this machine.
            folder: where a relative path begins, for one that may climb from there.

        Raises:
            InvalidPath: it has a form that no file can have, or another program would read it
                differently.
            NotebookNotFound: it is hidden and hidden files are not served.
            OutsideRoot: it leads out of the contents root.
            Unreadable: it is a device or a pipe, or the operating system does not let us look.
        """
        refuse_characters(place)
        if os.path.expanduser(place) != place:  # noqa: PTH111  # Path has no such question
            raise InvalidPath(
                _("“{path}” begins with “~”.").format(path=place),
                _("Write the path from the folder that the file browser shows first."),
            )
        if folder is not None:
            place = os.path.realpath(folder / place)
        name = checked_path(place)
        if place.startswith("/"):
            inside = self.api_path(place)
            if inside is None:
                raise self._outside(place)
            name = inside
        os_path = self.os_path(name)
        await self.refuse_hidden(name)
        self.refuse_outside(os_path, name)
        try:
            mode = os_path.stat().st_mode
        except OSError:
            return
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise Unreadable(
                _("“{path}” is neither a file nor a folder.").format(path=name),
                _("Devices, pipes and sockets cannot be opened here."),
            )

    async def admit_tree(self, place: str) -> None:
        """Let pass a folder in which no link leads out of the contents root.

        Args:
            place: what `admit` let pass.

        Raises:
            OutsideRoot: one does.
        """
        top = self.os_path((self.api_path(place) or "") if place.startswith("/") else place)

        def leading_out() -> str | None:
            for folder, folders, names in os.walk(top):
                for name in (*folders, *names):
                    path = Path(folder, name)
                    if path.is_symlink() and not self.inside(path):
                        return self.api_path(path) or name
            return None

        if found := await asyncio.to_thread(leading_out):
            raise self._outside(found)

    def has_refused_name(self, path: str) -> bool:
        """Whether a part of the path begins with a dot, also of one that is not there."""
        return not self.contents_manager.allow_hidden and any(
            part.startswith(".") for part in path.split("/")
        )

    async def is_refused_hidden(self, name: str) -> bool:
        """Whether a path is hidden and hidden files are not served."""
        contents = self.contents_manager
        return self.has_refused_name(name) or (
            not contents.allow_hidden and await self.ask(contents.is_hidden, name)
        )

    async def refuse_hidden(self, name: str) -> None:
        """Raise for what is hidden.

        Raises:
            NotebookNotFound: it is hidden and hidden files are not served.
        """
        if await self.is_refused_hidden(name):
            raise NotebookNotFound(
                _("“{path}” is hidden, and this server does not show hidden files.").format(
                    path=name
                ),
                _(
                    "Rename it so that no part of the path begins with a dot, or ask the "
                    "administrator for c.ContentsManager.allow_hidden."
                ),
            )

    async def ask(self, question: Callable[[str], bool | Awaitable[bool]], name: str) -> bool:
        """Ask the contents manager about a path that the file system may choke on.

        Raises:
            InvalidPath: the path is longer than the file system takes.
            Unreadable: the operating system does not let us look.
        """
        try:
            return bool(await ensure_async(question(name)))
        except OSError as e:
            if e.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
                return False
            if e.errno == errno.ENAMETOOLONG:
                raise too_long() from e
            raise Unreadable(
                _("“{path}” cannot be looked at: {error}").format(path=name, error=e.strerror),
                _("Check who may read the folders that it lies in."),
            ) from e

    def inside(self, os_path: Path) -> bool:
        """Whether a file lies in the contents root after links, if that counts."""
        if self.follow_external_links:
            return True
        return _is_inside(os.path.realpath(os_path), os.path.realpath(self.root))

    def refuse_outside(self, os_path: Path, name: str) -> None:
        """Raise for what lies outside.

        Raises:
            OutsideRoot: it leads out of the contents root.
        """
        if not self.inside(os_path):
            raise self._outside(name)

    def _outside(self, name: str) -> OutsideRoot:
        return OutsideRoot(
            _("“{path}” leads out of the folder that this Jupyter server shows.").format(path=name),
            _(
                "Copy it into that folder, or ask the administrator for "
                "c.NotebookFiles.follow_external_links."
            ),
        )


def _is_inside(path: str, folder: str) -> bool:
    """Whether a normal path is a folder, or lies in it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
