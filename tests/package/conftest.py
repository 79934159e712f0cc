"""The wheel as a user gets it: built from a copy of the sources, installed without Node.js.

| fixture       | what                                                                          |
|---------------|-------------------------------------------------------------------------------|
| `source`      | a copy of what git would commit: nothing that an earlier build left behind    |
| `sdist`       | built from `source`, for production                                           |
| `wheel`       | built from `source`, for production                                           |
| `sdist_wheel` | built from `sdist`, without Node.js                                           |
| `no_node`     | the environment variables of a machine without Node.js                        |
| `site`        | a fresh virtual environment with `wheel` and JupyterLab in it                 |
| `lab`         | a running `jupyter lab` of `site`                                             |
| `newcomer`    | somebody with a clean home, JupyterLab, and without us                        |
"""

import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uv
from newcomers import Newcomer, run_uv

REPOSITORY = Path(__file__).parents[2]

# What a machine without Node.js has: enough for a shell script, no node, no npm.
PROGRAMS = ("sh", "env", "uname")


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    listing = subprocess.run(
        # In a container the clone may belong to another user: its list of files is harmless.
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    copy = tmp_path_factory.mktemp("source")
    for name in filter(None, listing.stdout.split("\0")):
        if (REPOSITORY / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, copy / name)
    return copy


@pytest.fixture(scope="session")
def distributions(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both from the checkout, in one folder: the front end is built twice, npm fetched once."""
    folder = tmp_path_factory.mktemp("dist")
    _run(_uv_build("--sdist", "--wheel", "--out-dir", str(folder)), source, dict(os.environ))
    return folder


@pytest.fixture(scope="session")
def sdist(distributions: Path) -> Path:
    (path,) = distributions.glob("*.tar.gz")
    return path


@pytest.fixture(scope="session")
def wheel(distributions: Path) -> Path:
    (path,) = distributions.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def sdist_wheel(
    sdist: Path, no_node: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("from-sdist")
    _run(_uv_build("--wheel", "--out-dir", str(folder), str(sdist)), folder, no_node)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def no_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    programs = tmp_path_factory.mktemp("bin")
    for name in PROGRAMS:
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    home = tmp_path_factory.mktemp("home")
    # How this machine reaches a package index, and nothing else of it.
    kept = ("LANG", "TMPDIR", "SSL_CERT_", "UV_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    environment = {name: value for name, value in os.environ.items() if name.startswith(kept)}
    environment |= {
        "HOME": str(home),
        "PATH": str(programs),
        "UV_CACHE_DIR": subprocess.run(
            _uv("cache", "dir"), check=True, capture_output=True, text=True
        ).stdout.strip(),
        # Nothing that the user of this machine has configured or installed for Jupyter.
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "PYTHONNOUSERSITE": "1",
    }
    return environment


@dataclass(frozen=True)
class Site:
    """A virtual environment and the variables that its programs run with."""

    prefix: Path
    variables: dict[str, str]

    def program(self, name: str) -> str:
        return str(self.prefix / "bin" / name)

    def run(self, name: str, *arguments: str) -> str:
        """Run a program of the environment; both its streams, without colours, are the answer."""
        output = _run([self.program(name), *arguments], self.prefix, self.variables)
        return re.sub(r"\x1b\[[0-9;]*m", "", output)


@pytest.fixture(scope="session")
def site(wheel: Path, no_node: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Site:
    prefix = tmp_path_factory.mktemp("site") / "env"
    python = str(prefix / "bin" / "python")
    _run(_uv("venv", "--python", sys.executable, str(prefix)), wheel.parent, no_node)
    _run(_uv("pip", "install", "--python", python, str(wheel), "jupyterlab"), wheel.parent, no_node)
    path = f"{prefix / 'bin'}{os.pathsep}{no_node['PATH']}"
    return Site(prefix, no_node | {"PATH": path, "VIRTUAL_ENV": str(prefix)})


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    url: str
    token: str
    log: Path

    def get(self, path: str, *, token: str | None = None) -> tuple[int, bytes]:
        request = urllib.request.Request(self.url + path)
        if token:
            request.add_header("Authorization", f"token {token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


@pytest.fixture(scope="session")
def lab(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    root = folder / "root"
    root.mkdir()
    port, token = _free_port(), secrets.token_hex(16)
    running = Lab(f"http://127.0.0.1:{port}/user/ada/", token, folder / "log.txt")
    command = [
        site.program("jupyter"),
        "lab",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.base_url=/user/ada/",
        "--ServerApp.allow_unauthenticated_access=False",
        f"--ServerApp.root_dir={root}",
    ]
    if os.geteuid() == 0:
        command.append("--allow-root")
    with running.log.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=site.variables | {"JUPYTER_TOKEN": token},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(running, process)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """JupyterLab and what we need: pip fetches nothing but us then."""
    environment = tmp_path_factory.mktemp("conda") / "conda"
    python = environment / "bin/python"
    run_uv("venv", "-q", "--seed", "-p", sys.executable, environment)
    run_uv("pip", "install", "-q", "-p", python, wheel, "jupyterlab", "notebook", "pip")
    return environment


@pytest.fixture
def newcomer(environment: Path, wheel: Path, tmp_path: Path) -> Newcomer:
    home = tmp_path / "home"
    (home / ".config/marimo").mkdir(parents=True)
    (home / ".config/marimo/marimo.toml").write_text("[runtime]\nauto_instantiate = true\n")
    (home / "bin").mkdir()
    newcomer = Newcomer(home, environment, wheel)
    newcomer.forget_us()
    return newcomer


def _wait_for(lab: Lab, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            if lab.get("api", token=lab.token)[0] == 200:
                return
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{lab.log.read_text()}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _uv(*arguments: str) -> list[str]:
    return [uv.find_uv_bin(), *arguments]


def _uv_build(*arguments: str) -> list[str]:
    # Without a Python that it is told about, and with none on PATH, uv would download one.
    return _uv("build", "--python", sys.executable, *arguments)


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        end = "\n".join(done.stdout.splitlines()[-60:])
        pytest.fail(f"{' '.join(command)} ended with {done.returncode}:\n{end}", pytrace=False)
    return done.stdout
