"""``jupyter reactive``: its subcommands, and the state of what runs."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from typing import Any

from jupyter_core.application import JupyterApp
from jupyter_server.serverapp import list_running_servers
from jupyter_server.utils import url_path_join

from .. import __version__
from ..notebooks.marimo import installed_version
from ..translation import _
from .convert import ConvertApp
from .doctor import DoctorApp
from .export import ExportApp
from .link import LinkApp
from .warm import WarmApp

REQUEST_TIMEOUT = 5


class StatusApp(JupyterApp):
    """``jupyter reactive status``: the running Jupyter servers and what we run in them."""

    name = "jupyter-reactive-status"
    version = __version__
    description = "Show the reactive notebooks of the Jupyter servers that run here."

    def start(self) -> None:
        """Print the versions, and a paragraph for each running Jupyter server."""
        super().start()
        print(f"jupyter-reactive {__version__}, marimo {installed_version() or _('missing')}")
        servers = list(list_running_servers(log=self.log))
        if not servers:
            print(_("No Jupyter server runs here under your name."))
        for server in servers:
            print(f"\n{server['url']} ({server['root_dir']})")
            print("\n".join(f"  {line}" for line in _report(server)))


class ReactiveCommand(JupyterApp):
    """``jupyter reactive``."""

    name = "jupyter-reactive"
    version = __version__
    description = "Reactive notebooks (marimo) in Jupyter."
    subcommands = {
        "convert": (ConvertApp, ConvertApp.description.partition("\n")[0]),
        "doctor": (DoctorApp, DoctorApp.description.partition("\n")[0]),
        "export": (ExportApp, ExportApp.description.partition("\n")[0]),
        "link": (LinkApp, LinkApp.description.partition("\n")[0]),
        "status": (StatusApp, StatusApp.description),
        "warm": (WarmApp, WarmApp.description.partition("\n")[0]),
    }

    def start(self) -> None:
        """Run the subcommand, or show what there is."""
        super().start()
        self.print_help()
        sys.exit(1)


def _report(server: dict[str, Any]) -> list[str]:
    """What one Jupyter server says about the reactive notebooks in it, in lines."""
    try:
        lines = []
        for marimo_server in _get(server, "servers"):
            state = marimo_server["state"]
            since = f" {_('since')} {marimo_server['started']}" if marimo_server["started"] else ""
            lines.append(f"{marimo_server['name']}: {state}{since}")
            if marimo_server["message"]:
                lines.append(f"  {marimo_server['message']} {marimo_server['remedy']}")
        lines += [
            f"{_('open')}: {session['path'] or session['name']}"
            for session in _get(server, "sessions")
        ]
    except urllib.error.HTTPError as e:
        e.close()
        if e.code == 404:
            return [_("jupyter-reactive is not enabled there.")]
        return [_("It does not let us look ({status}).").format(status=e.code)]
    except OSError as e:
        return [_("It does not answer ({error}).").format(error=e)]
    return lines


def _get(server: dict[str, Any], route: str) -> Any:
    url = url_path_join(server["url"], "reactive/api", route)
    headers = {"Authorization": f"token {server['token']}"} if server["token"] else {}
    # The address comes from Jupyter's own record of its servers.
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=REQUEST_TIMEOUT) as reply:  # noqa: S310
        return json.load(reply)


main = ReactiveCommand.launch_instance
