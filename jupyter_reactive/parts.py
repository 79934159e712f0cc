"""What only those need who open a notebook or an app, convert or export: made when first asked for.

Their modules are loaded with them, so that the Jupyter of those who never do is not larger for it.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.services.config.manager import ConfigManager

    from .app import ReactiveApp
    from .app_pages import AppPages
    from .conversions import NotebookConversions
    from .early_sessions import EarlySessions
    from .exports import NotebookExports
    from .gallery import ReactiveGallery
    from .named_files import NamedFiles
    from .output_notebooks import OutputNotebooks
    from .released_notebooks import ReleasedNotebooks
    from .servers.apps import AppServers
    from .servers.hooks import LessonHooks


class Parts:
    """One of each for an extension app.

    Args:
        app: has all that is there from the start.
    """

    def __init__(self, app: ReactiveApp) -> None:
        self._app = app

    @functools.cached_property
    def conversions(self) -> NotebookConversions:
        """Converts notebooks."""
        from .conversions import NotebookConversions

        return NotebookConversions(parent=self._app, files=self._app.files)

    @functools.cached_property
    def exports(self) -> NotebookExports:
        """Exports notebooks."""
        from .exports import NotebookExports

        return NotebookExports(
            parent=self._app,
            files=self._app.files,
            launcher=self._app.servers.launcher,
            on_change=self._app.tell_export,
            on_use=self._app.note_use,
        )

    @functools.cached_property
    def apps(self) -> AppServers:
        """Which server an app lives on."""
        from .servers.apps import AppServers

        return AppServers(parent=self._app, servers=self._app.servers)

    @functools.cached_property
    def hooks(self) -> LessonHooks:
        """Runs the operator's commands for lessons."""
        from .servers.hooks import LessonHooks

        return LessonHooks(parent=self._app, on_change=self._app.tell_lesson)

    @functools.cached_property
    def app_pages(self) -> AppPages:
        """What an operator has said of the pages of apps."""
        from .app_pages import AppPages

        return AppPages(parent=self._app)

    @functools.cached_property
    def gallery(self) -> ReactiveGallery:
        """Finds the apps of a folder."""
        from .gallery import ReactiveGallery

        return ReactiveGallery(
            parent=self._app, files=self._app.files, config_manager=self._choices
        )

    @functools.cached_property
    def output_notebooks(self) -> OutputNotebooks:
        """Writes what notebooks show beside them."""
        from .output_notebooks import OutputNotebooks

        return OutputNotebooks(
            parent=self._app,
            files=self._app.files,
            config_manager=self._choices,
            sessions=self._app.sessions,
            on_notice=self._app.tell_notice,
        )

    @functools.cached_property
    def released_notebooks(self) -> ReleasedNotebooks:
        """Knows what was released of the notebooks."""
        from .released_notebooks import ReleasedNotebooks

        return ReleasedNotebooks(
            parent=self._app,
            files=self._app.files,
            sessions=self._app.sessions,
            on_change=self._app.tell_lesson,
        )

    @functools.cached_property
    def early_sessions(self) -> EarlySessions:
        """The sessions that begin before their page asks."""
        from .early_sessions import EarlySessions

        return EarlySessions()

    @functools.cached_property
    def files_of_notebooks(self) -> NamedFiles:
        """Judges the files that pages of the editor name."""
        from .named_files import NamedFiles

        return NamedFiles(self._app.files)

    @functools.cached_property
    def files_of_apps(self) -> NamedFiles:
        """Judges the files that pages of apps name."""
        from .named_files import NamedFiles

        return NamedFiles(self._app.files)

    @property
    def _choices(self) -> ConfigManager:
        assert self._app.serverapp is not None
        choices: ConfigManager = self._app.serverapp.config_manager
        return choices

    @property
    def made_apps(self) -> AppServers | None:
        """The same if an app has ever been opened: JupyterLab asks at its start, of every user."""
        return self.apps if "apps" in vars(self) else None

    def note_crash(self, server: str) -> None:
        """Tell the apps that a server has ended by itself."""
        if self.made_apps:
            self.made_apps.note_crash(server)

    async def stop(self) -> None:
        """End what those do that were made."""
        made = vars(self)
        for name in ("output_notebooks", "apps", "conversions"):
            if name in made:
                made[name].stop()
        if "exports" in made:
            await self.exports.stop()
