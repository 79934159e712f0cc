"""Notebooks as files of Jupyter's contents root.

Every path that a request names passes through here, and every write goes through the contents
manager. Knows nothing of HTTP and of servers.
"""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError
from traitlets import Bool, Dict, Instance, Integer, TraitError, Unicode, default, validate

from .errors import (
    FolderNotFound,
    InvalidPath,
    IsFolder,
    NotebookExists,
    NotebookMissing,
    TooLarge,
    Unreadable,
)
from .notebooks.create import DEFAULT_TEMPLATE, template_source
from .notebooks.recognise import Recogniser, require_openable
from .paths import checked_name
from .root import ContentsRoot
from .translation import _
from .whole_files import old_or_new


class NotebookFiles(ContentsRoot):
    """Finds, judges and creates notebooks under the contents root.

    Owned by the extension app, one for each Jupyter server. A *path* here is an API path of
    Jupyter: relative to the contents root, separated by slashes.
    """

    templates = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        config=True,
        help="""
        Notebooks that a new notebook can be made from: name to file. An entry named
        `default` replaces the built-in one. Default: {} (the built-in template alone).

        For example `{"physics-101": "/srv/templates/physics.py"}`.
        """,
    )

    default_template = Unicode(
        DEFAULT_TEMPLATE,
        config=True,
        help="""
        The name of the template that the launcher tile uses. Default: `default`.
        """,
    )

    follow_external_links = Bool(
        default_value=False,
        config=True,
        help="""
        Whether a notebook may be opened through a symbolic link that leads out of the contents
        root, as `scratch -> /scratch/ada` often does on clusters. Default: False (such a link is
        refused).
        """,
    )

    max_notebook_size = Integer(
        20,
        min=0,
        config=True,
        help="""
        The largest file, in MB, that is opened as a notebook; a larger one is refused with a
        sentence instead of freezing the editor. Default: 20. 0: no limit.
        """,
    )

    @validate("default_template")
    def _validate_default_template(self, proposal: dict[str, str]) -> str:
        name = proposal["value"]
        if name not in {DEFAULT_TEMPLATE, *self.templates}:
            raise TraitError(
                f"NotebookFiles.default_template: {name!r} is none of NotebookFiles.templates: "
                f"{', '.join(sorted({DEFAULT_TEMPLATE, *self.templates}))}."
            )
        return name

    _recogniser = Instance(Recogniser)

    @default("_recogniser")
    def _default_recogniser(self) -> Recogniser:
        return Recogniser()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Held from the choice of a name until the file is there.
        self.writing = asyncio.Lock()

    async def locate(self, path: str) -> Path:
        """Find an existing file of the contents root.

        Args:
            path: the contents path.

        Raises:
            InvalidPath: the path has a form that no file can have.
            NotebookNotFound: there is no such file, or it is hidden and hidden files are not
                served.
            IsFolder: it is a folder.
            OutsideRoot: it leads out of the contents root.
        """
        name = path.strip("/")
        os_path = await self.locate_any(path)
        if await self.ask(self.contents_manager.dir_exists, name):
            raise IsFolder(
                _("“{path}” is a folder.").format(path=name or "/"),
                _("Choose a notebook in it, or make a new one there."),
            )
        return os_path

    async def locate_any(self, path: str) -> Path:
        """Find an existing file or folder of the contents root.

        Raises:
            ReactiveError: as `locate`, without IsFolder.
        """
        os_path = self.os_path(path)
        contents = self.contents_manager
        name = path.strip("/")
        await self.refuse_hidden(name)
        is_folder = await self.ask(contents.dir_exists, name)
        if not is_folder and not await self.ask(contents.file_exists, name):
            raise NotebookMissing(
                _("There is no file “{path}”.").format(path=name),
                _("Check the spelling, look for it in the file browser, or create it."),
            )
        self.refuse_outside(os_path, name)
        return os_path

    async def notebook(self, path: str) -> Path:
        """Find an existing notebook that marimo can open without losing any of it.

        An empty ``.py`` counts: marimo opens it as a new notebook.

        Args:
            path: the contents path.

        Raises:
            ReactiveError: as `locate`, and NotANotebook, BrokenNotebook, TooLarge, Unreadable.
        """
        os_path = await self.locate(path)
        name = path.strip("/")
        try:
            size = os_path.stat().st_size
            if self.max_notebook_size and size > self.max_notebook_size * 1_000_000:
                raise TooLarge(
                    _("“{path}” has {size:.0f} MB; notebooks up to {limit} MB are opened.").format(
                        path=name, size=size / 1_000_000, limit=self.max_notebook_size
                    ),
                    _("Open it in the text editor, or move its data into files of their own."),
                )
            recognition = await asyncio.to_thread(self._recogniser.recognise, os_path)
        except OSError as e:
            raise Unreadable(
                _("“{path}” cannot be read: {error}").format(path=name, error=e.strerror or e),
                _("Check who may read the file."),
            ) from e
        require_openable(name, recognition)
        return os_path

    async def recognise(self, paths: Iterable[str]) -> list[str]:
        """Those of the paths that are marimo notebooks, broken ones included.

        A path that is not there, hidden, unreadable, outside the root or has a form that no file
        can have is simply not among them.
        """
        wanted = list(paths)

        def look() -> list[str]:
            reactive = []
            for path in wanted:
                if self.has_refused_name(path):
                    continue
                try:
                    os_path = self.os_path(path)
                    if self.inside(os_path) and self._recogniser.recognise(os_path).reactive:
                        reactive.append(path)
                except (OSError, InvalidPath):
                    continue
            return reactive

        return await asyncio.to_thread(look)

    def template_names(self) -> list[str]:
        """The templates that a notebook can be made from, the default one first."""
        names = {DEFAULT_TEMPLATE, *self.templates} - {self.default_template}
        return [self.default_template, *sorted(names)]

    async def create(
        self, folder: str = "", name: str | None = None, template: str | None = None
    ) -> str:
        """Write a new notebook through the contents manager. Never overwrites.

        Args:
            folder: contents path of an existing folder; empty for the root.
            name: the file's name; None for the next free ``untitled.py``. ``.py`` is added to a
                name without it.
            template: the template's name; None for the default.

        Returns:
            The contents path of the new notebook.

        Raises:
            InvalidPath: the folder or the name has a form that no file can have.
            FolderNotFound: there is no such folder.
            OutsideRoot: the folder leads out of the contents root.
            NotebookExists: the name is taken.
            TemplateNotFound: there is no such template.
            Unreadable: the folder or the template cannot be used.
        """
        source = await asyncio.to_thread(
            template_source, template or self.default_template, dict(self.templates)
        )
        async with self.writing:
            if name is None:
                untitled = f"{self.contents_manager.untitled_file}.py"
                name = await self.free_name(folder, untitled, insert="")
            path = await self.place(folder, name)
            await self.write(path, source)
        return path

    async def free_name(self, folder: str, name: str, insert: str = "_") -> str:
        """A file name that is not taken: this one, or the first of it with a number.

        Args:
            folder: contents path of an existing folder; empty for the root.
            name: the name that would be best.
            insert: what stands between it and the number.

        Raises:
            InvalidPath: the folder has a form that none can have.
            FolderNotFound: there is no such folder.
            OutsideRoot: the folder leads out of the contents root.
            Unreadable: the operating system does not let us look.
        """
        folder = await self._folder(folder)
        free: str = await ensure_async(
            self.contents_manager.increment_filename(name, folder, insert)
        )
        return free

    async def place(
        self, folder: str, name: str, suffix: str = ".py", *, overwrite: bool = False
    ) -> str:
        """The contents path of a notebook that is to be written.

        Args:
            folder: contents path of an existing folder; empty for the root.
            name: the file's name.
            suffix: is added to a name without it.
            overwrite: whether a file of that name may be replaced.

        Raises:
            InvalidPath: the folder or the name has a form that no file can have.
            FolderNotFound: there is no such folder.
            OutsideRoot: the folder leads out of the contents root, or the file that is there.
            NotebookExists: the name is taken.
            IsFolder: a folder is to be replaced.
            Unreadable: the operating system does not let us look.
        """
        folder = await self._folder(folder)
        file_name = checked_name(name, suffix)
        path = f"{folder}/{file_name}" if folder else file_name
        if self.has_refused_name(file_name):
            raise InvalidPath(
                _("“{name}” would be hidden.").format(name=file_name),
                _("Choose a name that does not begin with a dot."),
            )
        if os.path.lexists(self.os_path(path)):
            if not overwrite:
                raise NotebookExists(
                    _("“{path}” is there already.").format(path=path),
                    _("Choose another name; nothing was overwritten."),
                )
            await self.locate(path)
        return path

    async def _folder(self, folder: str) -> str:
        """A contents path without slashes around it, of a folder that is there."""
        folder = folder.strip("/")
        os_folder = self.os_path(folder)
        hidden = await self.is_refused_hidden(folder)
        if hidden or not await self.ask(self.contents_manager.dir_exists, folder):
            raise FolderNotFound(
                _("There is no folder “{folder}”.").format(folder=folder),
                _("Create it in the file browser, or choose another one."),
            )
        self.refuse_outside(os_folder, folder)
        return folder

    async def write(self, path: str, source: str) -> None:
        """Save a notebook's source through the contents manager, which writes atomically.

        Raises:
            Unreadable: it cannot be written.
        """
        await self._save({"type": "file", "format": "text", "content": source}, path)

    async def write_bytes(self, path: str, content: bytes) -> None:
        """Save any file through the contents manager, which writes atomically.

        Raises:
            Unreadable: it cannot be written.
        """
        text = base64.b64encode(content).decode()
        await self._save({"type": "file", "format": "base64", "content": text}, path)

    async def write_folder(self, path: str, os_folder: Path) -> None:
        """Save a folder of this machine through the contents manager, whole or not at all.

        What is hidden is left out where hidden files are not served. Nothing is overwritten.

        Args:
            path: of the new folder.
            os_folder: what it is made of.

        Raises:
            Unreadable: it cannot be written.
        """
        folder, _slash, name = path.rpartition("/")
        entries = await asyncio.to_thread(lambda: sorted(os_folder.rglob("*")))
        async with self.writing:
            part = f"{folder}/" * bool(folder) + await self.free_name(folder, f"{name}.part")
            await self._save({"type": "directory"}, part)
        try:
            for entry in entries:
                inner = entry.relative_to(os_folder).as_posix()
                if self.has_refused_name(inner):
                    continue
                if entry.is_dir():
                    await self._save({"type": "directory"}, f"{part}/{inner}")
                else:
                    content = await asyncio.to_thread(entry.read_bytes)
                    await self.write_bytes(f"{part}/{inner}", content)
            with self._told(path):
                await ensure_async(self.contents_manager.rename(part, path))
        except BaseException:
            if await self.ask(self.contents_manager.dir_exists, part):
                await ensure_async(self.contents_manager.delete(part))
            raise

    async def restore(self, path: str, source: str) -> None:
        """Write a notebook, and the folders around it that are not there or not any more.

        Raises:
            Unreadable: it cannot be written.
        """
        folders = path.split("/")[:-1]
        for depth in range(1, len(folders) + 1):
            folder = "/".join(folders[:depth])
            if not await ensure_async(self.contents_manager.dir_exists(folder)):
                await self._save({"type": "directory"}, folder)
        await self.write(path, source)

    async def _save(self, model: dict[str, Any], path: str) -> None:
        with self._told(path), old_or_new(self.os_path(path)):
            await ensure_async(self.contents_manager.save(model, path))

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """What a contents manager says when it cannot write, as our own error."""
        try:
            yield
        except (HTTPError, OSError) as e:
            reason = e.log_message if isinstance(e, HTTPError) else e.strerror
            raise Unreadable(
                _("“{path}” cannot be written: {error}").format(path=path, error=reason or e),
                _("Check who may write in the folder and whether the disk is full."),
            ) from e
