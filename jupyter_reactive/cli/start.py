"""``jupyter reactive start``: the reactive notebooks at a port, for places that forward ports."""

from __future__ import annotations

import logging
import os
import shlex
import urllib.error
from pathlib import Path
from typing import Any
from urllib.parse import quote

from traitlets import Integer, Unicode

from .. import __version__
from ..errors import InvalidRequest, NotANotebook, ReactiveError
from ..fixed_port.jupyters import Doorkeeper, Jupyter, choose, running
from ..fixed_port.platforms import Address, address, proxied_path
from ..fixed_port.ports import is_free, next_free
from ..fixed_port.server import FixedPortServer, config_for
from ..links.platforms import JUPYTER_SUFFIX
from ..notebooks.recognise import recognise
from ..translation import _
from .asking import ask
from .refusing import RefusingApp, refuse

HOME = "reactive/"


class StartApp(RefusingApp):
    """``jupyter reactive start``: serves them until it is interrupted."""

    name = "jupyter-reactive-start"
    version = __version__
    description = """Serve the reactive notebooks at a fixed port, and say where to find them.

    For places where Jupyter itself cannot load this extension, and jupyter-server-proxy forwards
    /proxy/8888/ to a program of yours: SageMaker Studio Lab, for one. Whom that Jupyter lets in may
    come in here, and nobody else. Where Jupyter has this extension, open …/reactive/ instead.
    """
    examples = """
    jupyter reactive start
    jupyter reactive start lesson.py --port 8889
    jupyter reactive start --jupyter http://localhost:8888/user/ada/
    """
    aliases = {"port": "StartApp.port", "jupyter": "StartApp.jupyter"}
    flags: dict[str, Any] = {}

    port = Integer(
        8888,
        min=1,
        max=65535,
        config=True,
        help="""
        The port. Where somebody has it already, the next free one is taken, and said.
        Default: 8888.
        """,
    )

    jupyter = Unicode(
        config=True,
        help="""
        The address of the Jupyter server, as “jupyter server list” shows it, through which the
        browser comes. Default: "" (that of this terminal, or the only one that runs here; without
        any, the browser has to be on this machine). "none": none, whichever runs.
        """,
    )

    def start(self) -> None:
        """Find the port and the Jupyter in front, then serve."""
        super().start()
        try:
            self._serve()
        except ReactiveError as e:
            refuse(e)

    def _serve(self) -> None:
        notebook = self._notebook()
        servers = running(self.log)
        front = None if self.jupyter == "none" else choose(servers, self.jupyter, os.environ)
        if front is not None and self._answers_already(front, notebook):
            return
        for server in servers:
            is_served = server.is_ours and server.port == self.port and _leads_to(server, front)
            # Another root would not show the notebook.
            if is_served and (notebook is None or notebook.is_relative_to(server.root)):
                print(_("The reactive notebooks are served there already."))
                self._tell(_address(front, self.port), _page(server.root, notebook))
                return
        port = self._free_port(servers)
        root = _root(front, notebook)
        path = proxied_path(front.base_url, port) if front else ""
        FixedPortServer.clear_instance()
        self.clear_instance()
        is_told_all = self.log_level in {logging.DEBUG, "DEBUG"}
        own = FixedPortServer.instance(
            config=config_for(port, root, _page(root, notebook), path),
            front_path=path,
            doorkeeper=Doorkeeper.of(front) if front else None,
            on_ready=lambda ready: self._tell_ready(ready, _address(front, port)),
            # Jupyter's own lines would name an address that no browser reaches.
            log_level=logging.DEBUG if is_told_all else logging.WARNING,
        )
        own.initialize(argv=[], find_extensions=False)
        own.start()

    def _notebook(self) -> Path | None:
        """The notebook that is named.

        Raises:
            InvalidRequest: it is not there, or there are several.
            NotANotebook: it is no reactive notebook.
        """
        if len(self.extra_args) > 1:
            raise InvalidRequest(_("Name one notebook, or none."))
        if not self.extra_args:
            return None
        path = Path(self.extra_args[0]).absolute()
        if not path.is_file():
            raise InvalidRequest(
                _("There is no file {path}.").format(path=path),
                _("Name a notebook that is there, or none."),
            )
        if not recognise(path).reactive:
            raise NotANotebook(
                _("{path} is no reactive notebook.").format(path=path),
                _("Make one of an .ipynb: jupyter reactive convert {path}").format(
                    path=shlex.quote(str(path))
                )
                if path.suffix == JUPYTER_SUFFIX
                else _("Name a reactive notebook, or none."),
            )
        return path

    def _answers_already(self, front: Jupyter, notebook: Path | None) -> bool:
        """Whether the Jupyter in front needs nothing of us; else whether it can lead to us.

        Raises:
            InvalidRequest: it forwards no ports.
        """
        own = _asked(front, "reactive/api/status")
        if own and own.get("fixed_port") == self.port:
            print(
                _("Jupyter itself answers there: c.ReactiveApp.port is {port}.").format(
                    port=self.port
                )
            )
            self._tell(_address(front, self.port), _page(front.root, notebook))
            return True
        if own:
            print(
                _("This Jupyter has the reactive notebooks already: {url}").format(
                    url=f"{front.base_url}{_page(front.root, notebook)}"
                )
            )
        if _asked(front, "server-proxy/servers-info") is None:
            raise InvalidRequest(
                _("The Jupyter server at {url} forwards no ports.").format(url=front.url),
                _(
                    "Install jupyter-server-proxy in its environment and start it again, or, to "
                    "serve browsers on this machine only, add --jupyter=none."
                ),
            )
        return False

    def _free_port(self, servers: list[Jupyter]) -> int:
        if is_free(self.port):
            return self.port
        port = next_free(self.port + 1)
        if any(server.port == self.port and not server.is_ours for server in servers):
            said = _("Port {port} is Jupyter's own; {other} is taken instead.")
        else:
            said = _("Port {port} is in use; {other} is taken instead.")
        print(said.format(port=self.port, other=port))
        return port

    def _tell_ready(self, server: FixedPortServer, place: Address) -> None:
        if server.doorkeeper is None:
            # Nobody else can say who comes in.
            token = f"?token={server.identity_provider.token}"
            self._tell(place, "", token)
        else:
            self._tell(place)
        print(_("Stop it with Ctrl+C."), flush=True)

    def _tell(self, place: Address, page: str = "", query: str = "") -> None:
        shown = Address(
            place.platform,
            f"{place.path}{page}{query}",
            place.url and f"{place.url}{page}{query}",
        )
        print(
            _("The reactive notebooks ({platform}): {address}").format(
                platform=place.platform, address=shown
            ),
            flush=True,
        )


def _address(front: Jupyter | None, port: int) -> Address:
    if front is None:
        return Address(_("this machine"), "/", f"http://localhost:{port}/")
    return address(front.url, port, os.environ)


def _leads_to(server: Jupyter, front: Jupyter | None) -> bool:
    path = proxied_path(front.base_url, server.port) if front else "/"
    return server.base_url == path


def _root(front: Jupyter | None, notebook: Path | None) -> Path:
    """The contents root: Jupyter's, as long as the notebook is in it."""
    here = notebook.parent if notebook else Path.cwd()
    if front is not None and (notebook is None or here.is_relative_to(front.root)):
        return front.root
    return here


def _page(root: Path, notebook: Path | None) -> str:
    """What opens a notebook, or all of them, below a base URL."""
    if notebook is None or not notebook.is_relative_to(root):
        return HOME
    return f"{HOME}open/{quote(notebook.relative_to(root).as_posix())}"


def _asked(front: Jupyter, route: str) -> dict[str, Any] | None:
    """What Jupyter answers, or None where it has no such route."""
    try:
        answer: dict[str, Any] = ask(front.url, front.token, route)
    except urllib.error.HTTPError as e:
        e.close()
        # Who may not look is not told; then it may be there.
        return None if e.code == 404 else {}
    except (OSError, ValueError):
        return {}
    return answer
