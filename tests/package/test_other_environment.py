"""Apps in the notebooks' own environment, which has marimo and nothing of ours."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import marimo
import pytest
import uv
from cells import source_of
from jupyter_process import JupyterProcess

pytestmark = [pytest.mark.package, pytest.mark.timeout(300)]

APP = source_of(
    """\
import importlib.util
import sys

import marimo as mo

is_ours = importlib.util.find_spec("jupyter_reactive") is not None
user = mo.app_meta().request.user
mo.md(f"RUNS {sys.prefix} {is_ours} {user['is_owner']} END")"""
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with marimo alone."""
    prefix = tmp_path_factory.mktemp("marimo") / "env"
    python = str(prefix / "bin/python")
    for words in (
        ("venv", "--python", sys.executable, str(prefix)),
        ("pip", "install", "--python", python, f"marimo=={marimo.__version__}"),
    ):
        subprocess.run([uv.find_uv_bin(), *words], check=True, capture_output=True)
    return prefix


@pytest.fixture
def jupyter(environment: Path, tmp_path: Path) -> Iterator[JupyterProcess]:
    """A Jupyter server whose notebooks run there."""
    option = f"--EditServerLauncher.command={environment / 'bin/marimo'}"
    with JupyterProcess(tmp_path, base_url="/user/ada/", arguments=[option]) as server:
        yield server


def test_an_app_needs_marimo_alone(jupyter: JupyterProcess, environment: Path):
    (jupyter.root / "app.py").write_text(APP)
    said = asyncio.run(asyncio.wait_for(heard(jupyter, r"RUNS (\S+) (\w+) (\w+) END"), 100))
    assert (Path(said[1]), said[2], said[3]) == (environment, "False", "True")


async def heard(jupyter: JupyterProcess, pattern: str) -> re.Match[str]:
    """What an app says to its visitor."""
    address = f"{jupyter.url}reactive/run/app.py/"
    browsing = {"Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
    async with aiohttp.ClientSession(
        headers={"Authorization": f"token {jupyter.token}"}
    ) as visitor:
        while True:
            async with visitor.get(address, headers=browsing) as page:
                if page.status != 202:
                    assert page.status == 200, await page.text()
                    break
            await asyncio.sleep(0.2)
        async with visitor.ws_connect(f"{address}ws?session_id=s_visit1") as socket:
            async for message in socket:
                if found := re.search(pattern, str(message.data)):
                    return found
    raise AssertionError("the connection ended")
