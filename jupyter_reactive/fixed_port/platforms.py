"""Says where a port of the machine is found from outside, on each platform.

Pure functions over what Jupyter and its environment say; knows no server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..translation import _

# By how the base URL begins.
_BY_BASE_URL = {
    "/studiolab/default/jupyter/": "SageMaker Studio Lab",
    "/jupyterlab/default/": "SageMaker Studio",
    "/jupyter/default/": "SageMaker Studio Classic",
}
# https://binderhub.readthedocs.io/en/latest/reference/app.html
_OF_BINDER = "BINDER_LAUNCH_HOST"
# https://jupyterhub.readthedocs.io/en/stable/reference/services.html
_OF_HUB = "JUPYTERHUB_SERVICE_PREFIX"
_PUBLIC_URL = "JUPYTERHUB_PUBLIC_URL"


@dataclass(frozen=True)
class Address:
    """Where a port is found.

    Attributes:
        platform: what people call the place.
        path: the path behind the host, which is the same for everybody.
        url: the whole address, where the host is known from inside.
    """

    platform: str
    path: str
    url: str | None

    def __str__(self) -> str:
        if self.url:
            return self.url
        return _("{path}, behind the host that stands in your browser's address bar").format(
            path=self.path
        )


def proxied_path(base_url: str, port: int) -> str:
    """The path by which jupyter-server-proxy leads to a port.

    https://jupyter-server-proxy.readthedocs.io/en/latest/arbitrary-ports-hosts.html

    Args:
        base_url: Jupyter's.
        port: the port.
    """
    return f"{base_url.rstrip('/')}/proxy/{port}/"


def address(jupyter_url: str, port: int, environment: Mapping[str, str]) -> Address:
    """Where a port is found behind a Jupyter server.

    Args:
        jupyter_url: Jupyter's address on this machine, base URL included.
        port: the port.
        environment: the variables that the platform sets.
    """
    here = urlsplit(jupyter_url)
    path = proxied_path(here.path, port)
    platform = _platform(here.path, environment)
    if platform is None:
        return Address("Jupyter", path, f"{here.scheme}://{here.netloc}{path}")
    public = environment.get(_PUBLIC_URL)
    return Address(platform, path, proxied_path(public, port) if public else None)


def _platform(base_url: str, environment: Mapping[str, str]) -> str | None:
    for beginning, name in _BY_BASE_URL.items():
        if f"{base_url.rstrip('/')}/".startswith(beginning):
            return name
    if _OF_HUB not in environment:
        return None
    return "Binder" if _OF_BINDER in environment else "JupyterHub"
