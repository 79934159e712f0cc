"""What an operator has switched off: refused by route, and hidden in marimo's page.

The refusal is what counts. Knows requests and pages; nothing of who asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any

from traitlets import Bool
from traitlets.config import LoggingConfigurable

from .errors import InvalidRequest, SwitchedOff
from .notebooks import marimo, marimo_messages
from .notebooks import marimo_routes as routes
from .translation import _


class Policy(LoggingConfigurable):
    """What users of the edit server may not do.

    The routes of marimo are shut, whatever its page, its settings or a program asks for. Whoever
    may run code of their own has the rights of that code: these are a boundary only together
    with `disable_editing`, and where Jupyter itself gives no kernel, terminal or write access.
    """

    disable_terminal = Bool(
        default_value=False,
        config=True,
        help="""
        Take marimo's terminal away. Code in a cell may still start programs, and the terminals of
        JupyterLab are another thing (`c.ServerApp.terminals_enabled`). Default: False.
        """,
    )

    disable_packages = Bool(
        default_value=False,
        config=True,
        help="""
        Take marimo's package panel away, and every other way of its page to install, remove or
        list packages: the offer to install what a cell could not import, or what an export
        needs. Code in a cell may still run pip. Default: False.
        """,
    )

    disable_ai = Bool(
        default_value=False,
        config=True,
        help="""
        Take away what marimo's page does with language models: the chat and agent panel, code
        generated or completed by a model, GitHub Copilot, all providers and their settings, and
        the route by which an agent runs code. A notebook's own code may still ask a model, as in
        `mo.ui.chat`. Default: False.
        """,
    )

    disable_uploads = Bool(
        default_value=False,
        config=True,
        help="""
        Let marimo's page put no file on the server: no upload, no new file or folder in its file
        panel, no text file changed there. Notebooks are still saved. `mo.ui.file` in a notebook
        gives its file to the notebook's code and goes on to work, and so do the uploads of
        JupyterLab. Default: False.
        """,
    )

    disable_downloads = Bool(
        default_value=False,
        config=True,
        help="""
        Give out no file by marimo's page: no download and no preview in its file panel, no export
        of a notebook in any format nor of a table's or map's data, no download from remote
        storage, no publishing on marimo's servers. JupyterLab exports no reactive notebook either.
        What a notebook shows is in the browser, and a
        user may keep it: outputs, code, files of its `public` folder, and what its author offers
        by `mo.download`. JupyterLab's own downloads are another thing. Default: False.
        """,
    )

    disable_secrets = Bool(
        default_value=False,
        config=True,
        help="""
        Take marimo's secrets panel away: no names of environment variables are listed, none is
        written into a `.env` file. Code in a cell may still read them. Default: False.
        """,
    )

    disable_mcp = Bool(
        default_value=False,
        config=True,
        help="""
        Take MCP away: the MCP server of marimo (`--mcp`), the state and settings of the MCP
        servers that marimo itself would use, and the tools that a chat calls, marimo's own among
        them. What already stands in a user's marimo.toml is started with marimo, and nothing in
        the page reaches it. Default: False.
        """,
    )

    disable_editing = Bool(
        default_value=False,
        config=True,
        help="""
        Show notebooks as apps, and run their files as they are: a notebook runs as a whole when it
        is opened, its sliders, buttons and other elements work, a run can be interrupted. Nothing
        else is left of marimo: no code is changed or run by the page, nothing is saved, created,
        renamed, moved, deleted or formatted, and `input()` is not answered. The code can be seen.
        A notebook with HTML as its export is left unless `disable_downloads` is set. To run it
        again, shut it down in JupyterLab's Running panel and open it. Whoever may write files or
        run code by Jupyter itself can still change a notebook there. Where a user's marimo.toml
        says `on_cell_change = "lazy"`, cells behind an element do not follow it. Default: False.
        """,
    )

    @property
    def switches(self) -> list[str]:
        """What is switched off."""
        return [name for name in _sentences() if getattr(self, f"disable_{name}")]

    def admit(self, verb: str, path: str, file_key: str = "") -> None:
        """Let a request through, or say why not.

        Args:
            verb: of HTTP, or ``WS`` for a websocket.
            path: as marimo will read it, with a slash at its beginning.
            file_key: the notebook that it names.

        Raises:
            SwitchedOff: the operator does not want it.
        """
        off = self.switches
        if not off:
            return
        found = routes.switches_of(verb, path)
        if found is None:
            raise SwitchedOff(
                _(
                    "marimo's {path} is not known here, and only what is known is let through."
                ).format(path=path),
                _("Ask the operator of this server for a newer jupyter-reactive if you need it."),
            )
        for name in off:
            if name in found:
                raise _refusal(name)
        if self.disable_editing and file_key.startswith(marimo.NEW_FILE_KEY):
            raise _refusal(routes.EDITING)

    def looks_into(self, path: str) -> bool:
        """Whether the body of a request decides too, so that it must be whole first."""
        return {
            routes.INSTANTIATE_ROUTE: self.disable_editing,
            routes.FUNCTION_ROUTE: self.disable_downloads,
            routes.SETTINGS_ROUTE: self.disable_ai or self.disable_mcp,
        }.get(path, False)

    def admitted_body(self, path: str, body: bytes | bytearray) -> bytes:
        """A body that may pass, written anew: marimo reads what was judged here.

        Raises:
            InvalidRequest: it is no JSON object.
            SwitchedOff: the operator does not want it.
        """
        content = _parsed(body)
        if path == routes.INSTANTIATE_ROUTE and not routes.runs_saved_code(content):
            raise _refusal(routes.EDITING)
        if path == routes.FUNCTION_ROUTE and routes.calls_download(content):
            raise _refusal(routes.DOWNLOADS)
        if path == routes.SETTINGS_ROUTE:
            named = routes.named_settings(content)
            for name in self.switches:
                if named & routes.GUARDED_SETTINGS.get(name, frozenset()):
                    raise _refusal(name)
        return json.dumps(content).encode()

    def admit_new_notebook(self) -> None:
        """Raise where no notebook may be made."""
        if self.disable_editing:
            raise _refusal(routes.EDITING)

    @property
    def allows_export(self) -> bool:
        """Whether a notebook may be exported into a new file."""
        return not (self.disable_downloads or self.disable_editing)

    def admit_export(self) -> None:
        """Raise where no notebook may be exported into a new file."""
        if not self.allows_export:
            raise _refusal(routes.EDITING if self.disable_editing else routes.DOWNLOADS)

    def shown(self, message: str) -> str:
        """What a page gets of a message of marimo's."""
        return marimo_messages.without_terminal(message) if self.disable_terminal else message

    def fitted(self, page: str, static_url: Callable[..., str]) -> str:
        """Marimo's page without what it could not do.

        Args:
            page: the HTML.
            static_url: gives the address of a file of ours.
        """
        for name in self.switches:
            # marimo hands sheets on to its elements by the end of their address.
            sheet = escape(static_url(f"policy/{name}.css", include_version=False))
            page = marimo.with_element(page, f'<link rel="stylesheet" href="{sheet}">')
            page = marimo.with_settings(page, routes.OVERRIDES.get(name, {}))
        return marimo.for_readers(page) if self.disable_editing else page


def _parsed(body: bytes | bytearray) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise InvalidRequest(_("The request is no JSON object."), _("Load the page again."))
    return content


def _refusal(name: str) -> SwitchedOff:
    return SwitchedOff(
        _sentences()[name], _("Ask the operator of this Jupyter server if you need it.")
    )


def _sentences() -> dict[str, str]:
    """What is said of each switch; the first one that applies is told."""
    return {
        routes.EDITING: _("Notebooks cannot be changed on this server, only used as they are."),
        routes.TERMINAL: _("marimo's terminal is switched off on this server."),
        routes.PACKAGES: _("Installing packages by marimo is switched off on this server."),
        routes.AI: _("marimo's AI features are switched off on this server."),
        routes.MCP: _("MCP is switched off on this server."),
        routes.SECRETS: _("marimo's secrets panel is switched off on this server."),
        routes.UPLOADS: _("Uploading files by marimo is switched off on this server."),
        routes.DOWNLOADS: _("Downloads and exports by marimo are switched off on this server."),
    }
