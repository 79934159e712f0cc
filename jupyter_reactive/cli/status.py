"""``jupyter reactive status``: the state of what runs."""

from __future__ import annotations

import urllib.error
from typing import Any

from jupyter_core.application import JupyterApp
from jupyter_server.serverapp import list_running_servers

from .. import __version__
from ..notebooks.marimo import installed_version
from ..translation import _
from .asking import ask


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
