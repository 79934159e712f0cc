"""Renders our pages: one look, a next step on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_server.extension.handler import (
    ExtensionHandlerJinjaMixin,
    ExtensionHandlerMixin,
)
from jupyter_server.utils import url_escape, url_path_join

from ..errors import (
    AppFull,
    AppHeldBack,
    BrokenNotebook,
    IsFolder,
    NotANotebook,
    NotebookMissing,
    NotebookNotFound,
    ReactiveError,
    ServerError,
    SwitchedOff,
    TooLarge,
)
from ..start_errors import StartFailed
from ..translation import _
from ..web import ReactiveHandler


@dataclass(frozen=True)
class Step:
    """A next step that a page offers.

    Attributes:
        label: what the button says.
        action: what the page's script does: ``edit`` and ``browse`` let the surrounding
            JupyterLab act when there is one, ``create`` and ``retry`` ask the REST API, ``visit``
            goes to another page of ours.
        href: where the button leads without a script and outside JupyterLab.
    """

    label: str
    action: str
    href: str


class PageHandler(ExtensionHandlerMixin, ExtensionHandlerJinjaMixin, ReactiveHandler):
    """Base of the handlers that answer with a page."""

    def initialize(self, name: str, **dependencies: Any) -> None:
        """Take what the routes hand over.

        Args:
            name: the extension's name, which finds its templates and static files.
            dependencies: the objects that the handler calls.
        """
        super().initialize(name)
        for attribute, value in dependencies.items():
            setattr(self, attribute, value)

    is_page = True

    def page(self, title: str, message: str, template: str = "page.html", **namespace: Any) -> str:
        """One of our pages as HTML.

        Args:
            title: what happened, in a few words.
            message: the sentence below it.
            template: the page's form.
            namespace: ``remedy``, ``steps``, ``log`` (lines), ``waiting``, ``path``,
                ``pack`` (an address), ``again`` (seconds until a page that waits is loaded again;
                0: it starts the edit server itself).
        """
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        defaults: dict[str, Any] = {
            "remedy": "",
            "steps": (),
            "log": (),
            "waiting": False,
            "path": "",
            "pack": "",
            "again": 0,
        }
        return str(
            self.render_template(
                template,
                **{**defaults, **namespace},
                title=title,
                message=message,
                translate=_,
                api_url=url_path_join(self.base_url, "reactive/api"),
                open_url=url_path_join(self.base_url, "reactive/open"),
                asset=self.static_url,
            )
        )

    def error_page(self, error: ReactiveError, path: str = "", log: Sequence[str] = ()) -> str:
        """The page for an error, with the steps that fit it.

        Args:
            error: what happened.
            path: the contents path that it is about, if any.
            log: the last lines of the server, if it is about the server.
        """
        return self.page(
            _title(error),
            error.message,
            remedy=error.remedy,
            steps=self._steps(error, path.strip("/")),
            path=path.strip("/"),
            log=log,
        )

    def answer_error(self, error: ReactiveError) -> None:
        """Write the error as a page for people and as JSON for programs."""
        # Before `prepare` nobody knows the user, whom a page is rendered for.
        if not self.is_navigation or not self.is_prepared:
            super().answer_error(error)
            return
        log = self.server_log() if isinstance(error, StartFailed) else ()
        self.finish(self.error_page(error, path=self.notebook_path, log=log))

    def server_log(self) -> list[str]:
        """What the server wrote last, for the page of a failed start."""
        return []

    @property
    def notebook_path(self) -> str:
        """The contents path that the request is about, for the steps of an error page."""
        return ""

    def _steps(self, error: ReactiveError, path: str) -> list[Step]:
        folder = path.rpartition("/")[0]
        browse = Step(_("Show the folder"), "browse", self._file_browser(folder))
        match error:
            case ServerError():
                doctor = str(url_path_join(self.base_url, "reactive/doctor"))
                return [
                    Step(_("Try again"), "retry", self.request.uri or ""),
                    *(
                        [Step(_("Look for the cause"), "visit", doctor)]
                        * isinstance(error, StartFailed)
                    ),
                ]
            case NotebookMissing() if path.endswith(".py"):
                return [Step(_("Create this notebook"), "create", ""), browse]
            case IsFolder():
                return [Step(_("Show the folder"), "browse", self._file_browser(path))]
            case NotANotebook() | BrokenNotebook() | TooLarge():
                return [Step(_("Open in the text editor"), "edit", self._editor(path)), browse]
            case _:
                return [Step(_("Show the files"), "browse", self._file_browser(""))]

    def _file_browser(self, folder: str) -> str:
        front_end = "lab/tree" if self._has("jupyterlab") else "tree"
        return str(url_path_join(self.base_url, front_end, url_escape(folder)))

    def _editor(self, path: str) -> str:
        front_end = "edit" if self._has("notebook") else "lab/tree"
        return str(url_path_join(self.base_url, front_end, url_escape(path)))

    def _has(self, extension: str) -> bool:
        extensions = self.serverapp.extension_manager.extensions
        return extension in extensions and extensions[extension].enabled


def _title(error: ReactiveError) -> str:
    match error:
        case AppHeldBack():
            return _("This app does not work")
        case AppFull():
            return _("Many visitors at once")
        case ServerError():
            return _("The reactive notebooks cannot start")
        case NotebookNotFound():
            return _("This notebook is not here")
        case IsFolder():
            return _("This is a folder")
        case NotANotebook():
            return _("This is no reactive notebook")
        case BrokenNotebook():
            return _("This notebook needs a repair first")
        case TooLarge():
            return _("This file is too large")
        case SwitchedOff():
            return _("This is switched off here")
        case _:
            return _("This notebook cannot be opened")
