"""The server at the fixed port: Jupyter's own, with this extension and nothing else."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, cast

from jupyter_server.serverapp import ServerApp
from tornado.web import OutputTransform
from traitlets import Callable, Instance, Unicode
from traitlets.config import Config

from .identity import FrontIdentity
from .jupyters import MARK, Doorkeeper
from .prefix import Prefixed, RelativeRedirects


class FixedPortServer(ServerApp):
    """Serves the reactive notebooks at one port, with or without a Jupyter in front.

    It is configured as Jupyter is, so that what an operator has set for reactive notebooks holds
    here too; `config_for` sets what must be otherwise.
    """

    front_path = Unicode(help='Where the Jupyter in front shows us; "" without one.')

    doorkeeper = Instance(Doorkeeper, allow_none=True)

    on_ready = Callable(help="Called with this server as soon as it answers.")

    def init_configurables(self) -> None:
        """Tell who may say who comes in."""
        super().init_configurables()
        assert isinstance(self.identity_provider, FrontIdentity)
        self.identity_provider.doorkeeper = self.doorkeeper

    def init_httpserver(self) -> None:
        """Answer under the path that the browser knows."""
        super().init_httpserver()
        if self.front_path:
            # tornado calls it with each request, and asks for a class in its annotations only.
            redirects = cast(
                "type[OutputTransform]", partial(RelativeRedirects, prefix=self.base_url)
            )
            self.web_app.add_transform(redirects)
            self.http_server.request_callback = Prefixed(self.web_app, self.base_url)
        self.io_loop.add_callback(lambda: self.on_ready(self))

    def server_info(self) -> dict[str, Any]:
        """What stands in Jupyter's record of its servers."""
        return {**super().server_info(), MARK: True}


def config_for(port: int, root: Path, page: str, front_path: str) -> Config:
    """What is set for the server, whatever the user's configuration says of Jupyter.

    Args:
        port: where it listens.
        root: the contents root.
        page: what its address opens, below its base URL.
        front_path: where the Jupyter in front shows it; "" without one.
    """
    return Config(
        ServerApp={
            # Both addresses of this name: on the one that we left free a stranger could listen.
            "ip": "localhost",
            "port": port,
            "port_retries": 0,
            "sock": "",
            "base_url": front_path or "/",
            "root_dir": str(root),
            "default_url": page,
            "jpserver_extensions": {"jupyter_reactive": True},
            "identity_provider_class": FrontIdentity,
            # The Jupyter in front hands on the name under which the browser knows it.
            "allow_remote_access": bool(front_path),
            "certfile": "",
            "keyfile": "",
            "client_ca": "",
            "open_browser": False,
            # In many containers there is no other user.
            "allow_root": True,
            # Ctrl+C is enough.
            "answer_yes": True,
        },
        # Beside that of the Jupyter in front, which has the same host.
        FrontIdentity={"cookie_name": f"reactive-{port}"},
        Prestart={"when": "server"},
    )
