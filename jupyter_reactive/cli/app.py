"""``jupyter reactive``: its subcommands, and the state of what runs."""

from __future__ import annotations

import sys
import urllib.error
from typing import Any

from jupyter_core.application import JupyterApp
from jupyter_server.serverapp import list_running_servers

from .. import __version__
from ..notebooks.marimo import installed_version
from ..translation import _
from .asking import ask
from .convert import ConvertApp
from .doctor import DoctorApp
from .export import ExportApp
from .hook import HookApp
from .link import LinkApp
from .readme import ReadmeApp
from .released import ChangesApp, ResetApp
from .setup import SetupApp
from .start import StartApp
from .warm import WarmApp


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
        "changes": (ChangesApp, ChangesApp.description.partition("\n")[0]),
        "convert": (ConvertApp, ConvertApp.description.partition("\n")[0]),
        "doctor": (DoctorApp, DoctorApp.description.partition("\n")[0]),
        "export": (ExportApp, ExportApp.description.partition("\n")[0]),
        "hook": (HookApp, HookApp.description.partition("\n")[0]),
        "link": (LinkApp, LinkApp.description.partition("\n")[0]),
        "readme": (ReadmeApp, ReadmeApp.description.partition("\n")[0]),
        "reset": (ResetApp, ResetApp.description.partition("\n")[0]),
        "setup": (SetupApp, SetupApp.description.partition("\n")[0]),
        "start": (StartApp, StartApp.description.partition("\n")[0]),
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
        for marimo_server in ask(server["url"], server["token"], "reactive/api/servers"):
            state = marimo_server["state"]
            since = f" {_('since')} {marimo_server['started']}" if marimo_server["started"] else ""
            lines.append(f"{marimo_server['name']}: {state}{since}")
            if marimo_server["message"]:
                lines.append(f"  {marimo_server['message']} {marimo_server['remedy']}")
        lines += [
            f"{_('open')}: {session['path'] or session['name']}"
            for session in ask(server["url"], server["token"], "reactive/api/sessions")
        ]
    except urllib.error.HTTPError as e:
        e.close()
        if e.code == 404:
            return [_("jupyter-reactive is not enabled there.")]
        return [_("It does not let us look ({status}).").format(status=e.code)]
    except OSError as e:
        return [_("It does not answer ({error}).").format(error=e)]
    return lines


main = ReactiveCommand.launch_instance
