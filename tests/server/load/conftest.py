"""One real Jupyter server in a process of its own, whose memory and whose answers are measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jupyter_process import JupyterProcess


@pytest.fixture(autouse=True)
def stop_children():
    """The server runs in a process of its own."""


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A real Jupyter server with a running marimo."""
    with JupyterProcess(tmp_path_factory.mktemp("load")) as server:
        server.post("reactive/api/servers/edit/start")
        yield server
