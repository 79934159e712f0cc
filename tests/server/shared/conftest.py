"""Tests that want nothing special of their server share one, with its marimo, by module.

After each test its notebooks are shut down, and what it has left in the contents root or beside it
is removed.
"""

from __future__ import annotations

import shutil
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from pathlib import Path
from socket import socket

import pytest
from jupyter_core.utils import ensure_event_loop
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

from jupyter_reactive.app import ReactiveApp

PLACES = (
    "HOME",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
)


@pytest.fixture(scope="module", autouse=True)
def jp_asyncio_loop() -> Iterator[AbstractEventLoop]:
    """The loop of the server and of the tests."""
    loop = ensure_event_loop(prefer_selector_loop=True)
    yield loop
    loop.close()


@pytest.fixture(scope="module")
def jp_root_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("place") / "root"
    root.mkdir()
    return root


@pytest.fixture(scope="module")
def jp_base_url() -> str:
    return "/a%40b/"


@pytest.fixture(scope="module")
def jp_serverapp(
    jp_asyncio_loop: AbstractEventLoop,
    jp_root_dir: Path,
    jp_base_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ServerApp]:
    """As pytest-jupyter starts one for each test."""
    home = tmp_path_factory.mktemp("home")
    config = Config(
        ServerApp={
            "jpserver_extensions": {"jupyter_reactive": True},
            "allow_unauthenticated_access": False,
        },
        NotebookNotary={"db_file": ":memory:"},
        # Half a minute of a processor, where a server lives long enough.
        AssetStore={"precompress": False},
    )

    async def start() -> ServerApp:
        app = ServerApp.instance(
            config=config,
            log_level="DEBUG",
            open_browser=False,
            base_url=jp_base_url,
            root_dir=str(jp_root_dir),
            allow_root=True,
        )
        app.init_signal = lambda: None
        app.initialize(argv=[], new_httpserver=False)
        app.start_app()
        return app

    with pytest.MonkeyPatch.context() as environment:
        # No other folder of this machine says which extensions there are.
        environment.setenv("JUPYTER_NO_CONFIG", "1")
        for name in PLACES:
            (home / name).mkdir()
            environment.setenv(name, str(home / name))
        app = jp_asyncio_loop.run_until_complete(start())
        yield app
        jp_asyncio_loop.run_until_complete(app._cleanup())
        app.kernel_manager.context.destroy()
        ServerApp.clear_instance()


@pytest.fixture
def jp_http_port(http_server_port: tuple[socket, int]) -> int:
    """Each test has a port of its own; `http_server` closes it."""
    return http_server_port[1]


@pytest.fixture(autouse=True)
def jp_server_cleanup() -> None:
    """The server goes on."""


@pytest.fixture(autouse=True)
def stop_children(
    reactive: ReactiveApp, jp_asyncio_loop: AbstractEventLoop, jp_root_dir: Path
) -> Iterator[None]:
    """The next test finds nothing of this one."""
    yield
    jp_asyncio_loop.run_until_complete(_shut_down(reactive))
    beside = {*jp_root_dir.parent.iterdir()} - {jp_root_dir}
    for path in (*jp_root_dir.iterdir(), *beside):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


async def _shut_down(reactive: ReactiveApp) -> None:
    for session in await reactive.sessions.refresh():
        await reactive.sessions.shutdown(session.id)
