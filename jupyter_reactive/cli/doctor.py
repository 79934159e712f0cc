"""``jupyter reactive doctor``: what keeps the reactive notebooks from working, and what to do."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

from jupyter_core.application import JupyterApp
from jupyter_core.paths import jupyter_config_path
from jupyter_server.extension.config import ExtensionConfigManager
from jupyter_server.serverapp import list_running_servers
from traitlets import Bool, Unicode, default

from .. import __version__
from ..diagnosis import Finding, Level, examine, to_json, worst
from ..servers.launcher import EditServerLauncher
from ..translation import _
from .ways import try_ways

EXTENSION = "jupyter_reactive"
SIGNS = {Level.OK: "  ok      ", Level.WARNING: "  warning ", Level.PROBLEM: "  PROBLEM "}


class DoctorApp(JupyterApp):
    """``jupyter reactive doctor``: examines this environment and the Jupyter servers in it."""

    name = "jupyter-reactive-doctor"
    version = __version__
    description = """Find out what keeps the reactive notebooks from working, and what to do.

    Exit status: 0 nothing to do, 1 something to do, 2 it cannot be run.
    """
    classes = [EditServerLauncher]
    aliases = {"url": "DoctorApp.url"}
    flags = {"json": ({"DoctorApp": {"as_json": True}}, "Print JSON for programs.")}

    url = Unicode(
        config=True,
        help="""
        The address of Jupyter as the browser sees it, base URL included, to try websockets and
        event streams on the whole way; it gets the token that is in it, else that of the only
        server that runs here. Default: "" (the addresses of the servers that run here).
        """,
    )

    as_json = Bool(config=True, help="Whether to print JSON. Default: False.")

    @default("config_file_name")
    def _default_config_file_name(self) -> str:
        # What the server would run stands in the server's own file.
        return "jupyter_server_config"

    def start(self) -> None:
        """Examine, print, and exit with the status."""
        super().start()
        if self.url and urlsplit(self.url).scheme not in {"http", "https"}:
            print(_("--url must begin with http:// or https://."), file=sys.stderr)
            sys.exit(2)
        report = {_("this environment"): [_enabled()]}
        servers = {server["url"]: server for server in list_running_servers(log=self.log)}
        addresses = [self.url] if self.url else list(servers)
        tokens = {server["token"] for server in servers.values()}
        for address in addresses:
            shown, token = _without_token(address)
            if address in servers:
                token = servers[address]["token"]
            elif not token and len(tokens) == 1:
                # The one server that runs here, asked by its outer address.
                (token,) = tokens
            report[shown] = asyncio.run(try_ways(shown, token))
        if not addresses:
            report[_("this environment")] += self._without_server()
        self._print(report)
        findings = [finding for group in report.values() for finding in group]
        sys.exit(0 if worst(findings) is Level.OK else 1)

    def _without_server(self) -> list[Finding]:
        """The checks that need no running server."""
        launcher = EditServerLauncher(parent=self)
        return [
            Finding(
                "server",
                Level.WARNING,
                _("No Jupyter server runs here under your name."),
                _("Start Jupyter and ask again: the way to it could not be tried."),
            ),
            *examine(
                list(launcher.command),
                {_("current folder"): Path.cwd()},
                launcher.child_environment(),
            ),
        ]

    def _print(self, report: dict[str, list[Finding]]) -> None:
        if self.as_json:
            print(json.dumps({name: to_json(group) for name, group in report.items()}, indent=2))
            return
        for name, group in report.items():
            print(f"{name}:")
            for finding in group:
                print(f"{SIGNS[finding.level]}{finding.message}")
                if finding.remedy:
                    print(f"{' ' * 10}{finding.remedy}")


def _enabled() -> Finding:
    """Whether this environment's Jupyter servers load the extension."""
    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    extensions: dict[str, bool] = manager.get_jpserver_extensions()  # type: ignore[no-untyped-call]  # untyped
    if extensions.get(EXTENSION):
        return Finding("extension", Level.OK, _("jupyter-reactive is enabled."))
    return Finding(
        "extension",
        Level.PROBLEM,
        _("jupyter-reactive is not enabled in this Jupyter."),
        _("Run “jupyter server extension enable jupyter_reactive” and start Jupyter again."),
    )


def _without_token(address: str) -> tuple[str, str]:
    """An address that may be shown, and the token that was in it."""
    parts = urlsplit(address)
    token = parse_qs(parts.query).get("token", [""])[0]
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path or "/", "", "")), token
