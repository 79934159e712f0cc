"""`jupyter reactive start`: the notebooks at a port behind Jupyters that forward ports."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import aiohttp
import psutil
import pytest
from fixed_port import FixedPort, without_extension
from jupyter_process import JupyterProcess, free_port
from yarl import URL

from jupyter_reactive.cli.start import StartApp
from jupyter_reactive.errors import InvalidRequest
from jupyter_reactive.fixed_port.jupyters import Jupyter, choose
from jupyter_reactive.fixed_port.platforms import address
from jupyter_reactive.fixed_port.ports import is_free

RESOURCES = Path(__file__).parents[1] / "resources"
PLATFORMS = {
    "/": ("Jupyter", {}),
    "/user/ada%40b/": ("JupyterHub", {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada%40b/"}),
    "/user/jovyan-course-x1/": (
        "Binder",
        {"JUPYTERHUB_SERVICE_PREFIX": "/user/jovyan-course-x1/", "BINDER_LAUNCH_HOST": "https://b"},
    ),
    "/studiolab/default/jupyter/": ("SageMaker Studio Lab", {}),
    "/jupyterlab/default/": ("SageMaker Studio", {}),
    "/jupyter/default/": ("SageMaker Studio Classic", {}),
}


@pytest.fixture(autouse=True)
def stop_children():
    """The servers of this module run in processes of their own."""


@pytest.fixture(scope="module")
def studio_lab(tmp_path_factory: pytest.TempPathFactory):
    """A Jupyter that cannot load this extension."""
    server = JupyterProcess(tmp_path_factory.mktemp("lab"), base_url="/studiolab/default/jupyter/")
    (server.root / "é b.py").write_text("import marimo\n\napp = marimo.App()\n")
    with without_extension(server):
        yield server


@pytest.fixture(scope="module")
def served(studio_lab: JupyterProcess):
    with FixedPort(studio_lab, ["--port", str(free_port())]) as running:
        yield running


def logged_in(jupyter: JupyterProcess) -> urllib.request.OpenerDirector:
    """What has Jupyter's cookies, and no token any more."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    opener.addheaders = [("Accept", "text/html"), ("Sec-Fetch-Mode", "navigate")]
    opener.open(f"{jupyter.url}api/status?token={jupyter.token}", timeout=30).close()
    return opener


def look(opener: urllib.request.OpenerDirector, url: str) -> tuple[str, str]:
    """The address and the text of the page that an address leads to; waits for marimo's start."""
    for _attempt in range(200):
        with opener.open(url, timeout=30) as reply:
            if reply.status == 200:
                return reply.url, reply.read().decode()
        time.sleep(0.2)
    raise AssertionError("marimo never started")


def refusal(port: int, path: str, headers: dict[str, str] | None = None) -> int:
    """How a request that comes straight to the port is refused; 0 if it is not."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return 0 if "/login?" not in reply.url else 401
    except urllib.error.HTTPError as e:
        with e:
            return e.code


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """The command where it ends by itself: its exit status and what it said."""

    def run_(jupyter: JupyterProcess, *arguments: str) -> tuple[int, str]:
        for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
            monkeypatch.setenv(name, jupyter.variables[name])
        command = StartApp()
        command.initialize([*arguments])
        status = 0
        try:
            command.start()
        except SystemExit as e:
            status = e.code
        told = capsys.readouterr()
        return status, told.out + told.err

    return run_


@pytest.mark.parametrize("base_url", PLATFORMS)
def test_every_platform_is_told_its_own_address(base_url):
    platform, environment = PLATFORMS[base_url]
    told = address(f"http://localhost:8890{base_url}", 8888, environment)
    assert (told.platform, told.path) == (platform, f"{base_url}proxy/8888/")
    known = "http://localhost:8890/proxy/8888/" if platform == "Jupyter" else None
    assert told.url == known


def test_a_hub_that_knows_its_host_tells_it():
    environment = {
        "JUPYTERHUB_SERVICE_PREFIX": "/user/ada/",
        "JUPYTERHUB_PUBLIC_URL": "https://hub.example.org/user/ada/",
    }
    told = address("http://10.0.0.1:8888/user/ada/", 8889, environment)
    assert str(told) == "https://hub.example.org/user/ada/proxy/8889/"


def test_whom_jupyter_lets_in_opens_a_notebook(studio_lab, served):
    assert served.path == f"/studiolab/default/jupyter/proxy/{served.port}/"
    # Nothing but jupyter-server-proxy leads here.
    assert studio_lab.request("reactive/api/status")[0] == 404
    assert not any("already" in line for line in served.said)
    browser = logged_in(studio_lab)
    origin = studio_lab.url.removesuffix(studio_lab.base_url)
    url, page = look(browser, f"{origin}{served.path}")
    assert url == f"{origin}{served.path}reactive/edit/"
    assert "<marimo-" in page
    url, page = look(browser, f"{origin}{served.path}?file=%C3%A9%20b.py")
    assert url.startswith(f"{origin}{served.path}reactive/edit/?file=")
    assert "<marimo-" in page


async def test_its_kernel_answers_through_jupyter(studio_lab, served):
    # As who uses the API: with Jupyter's token.
    headers = {"Authorization": f"token {studio_lab.token}"}
    query = "session_id=s_fixed1&file=%C3%A9%20b.py"
    url = f"{studio_lab.url}proxy/{served.port}/reactive/edit/ws?{query}"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.ws_connect(URL(url, encoded=True)) as socket,
    ):
        assert json.loads((await socket.receive()).data)["op"] in {"kernel-ready", "banner"}


def test_nobody_else_comes_in(studio_lab, served):
    """Neither another user of the machine, nor with a made-up cookie, token or word."""
    path = "/reactive/edit/"
    assert refusal(served.port, path, {"Authorization": f"token {studio_lab.token}"}) == 0
    for headers in (
        {},
        {"Cookie": f"username-127-0-0-1-{served.port}=me; _xsrf=a; _xsrf=b"},
        {"Authorization": "token wrong"},
        {"X-Forwarded-User": "ada", "Authorization": "Bearer"},
    ):
        assert refusal(served.port, path, headers) in {401, 403}, headers
    assert refusal(served.port, "/reactive/api/servers") == 403


def test_no_secret_is_shown(studio_lab, served):
    process = psutil.Process(served.process.pid)
    info = next(
        json.loads(file.read_text())
        for file in (studio_lab.home / "runtime").glob("jpserver-*.json")
        if str(process.pid) in file.name
    )
    shown = "\n".join(served.said)
    shown += str([p.cmdline() for p in [process, *process.children(recursive=True)]])
    for secret in (info["token"], studio_lab.token):
        assert secret
        assert secret not in shown
    assert "token=" not in shown


def test_a_second_call_names_the_first(studio_lab, served, run):
    notebook = str(studio_lab.root / "é b.py")
    status, said = run(studio_lab, notebook, "--port", str(served.port))
    assert status == 0
    assert "already" in said
    assert f"{served.path}reactive/open/%C3%A9%20b.py" in said


def test_a_notebook_from_elsewhere_gets_a_server_of_its_own(studio_lab, served, tmp_path: Path):
    """The one that runs does not show its folder."""
    notebook = tmp_path / "a.py"
    notebook.write_text("import marimo\n\napp = marimo.App()\n")
    with FixedPort(studio_lab, [str(notebook), "--port", str(served.port)]) as other:
        assert other.port > served.port
        assert any(f"Port {served.port} is in use" in line for line in other.said)


def test_a_jupyter_that_is_started_again_is_known_again(studio_lab, served):
    studio_lab.stop()
    assert refusal(served.port, "/reactive/edit/", {"Cookie": "a=b"}) in {401, 403}
    studio_lab.start()
    origin = studio_lab.url.removesuffix(studio_lab.base_url)
    _url, page = look(logged_in(studio_lab), f"{origin}{served.path}")
    assert "<marimo-" in page


def test_jupyters_own_port_is_left_to_it(tmp_path: Path):
    """As on SageMaker, where Jupyter itself has 8888, and has this extension."""
    with JupyterProcess(tmp_path, base_url="/jupyterlab/default/") as studio:
        notebook = studio.root / "a.py"
        notebook.write_text("import marimo\n\napp = marimo.App()\n")
        with FixedPort(studio, [str(notebook), "--port", str(studio.port)]) as served:
            assert any(f"Port {studio.port} is Jupyter's own" in line for line in served.said)
            assert any("/jupyterlab/default/reactive/open/a.py" in line for line in served.said)
            assert served.port > studio.port
            assert not any("token=" in line or studio.token in line for line in served.said)
            origin = studio.url.removesuffix(studio.base_url)
            url, _page = look(logged_in(studio), f"{origin}{served.path}")
            assert url == f"{origin}{served.path}reactive/edit/?file=a.py"


def test_jupyter_itself_answers_there(tmp_path: Path, run):
    arguments = ["--ReactiveApp.port=8888"]
    with JupyterProcess(tmp_path, base_url="/user/name/", arguments=arguments) as hub:
        (hub.root / "a.py").write_text("import marimo\n\napp = marimo.App()\n")
        browser = logged_in(hub)
        for asked in ("?file=a.py", "reactive/open/a.py"):
            url, page = look(browser, f"{hub.url}proxy/8888/{asked}")
            assert url == f"{hub.url}reactive/edit/?file=a.py"
            assert "<marimo-" in page
        assert look(browser, f"{hub.url}proxy/8888")[0] == f"{hub.url}reactive/edit/"
        status, said = run(hub)
        assert status == 0
        assert "Jupyter itself answers there" in said
        assert "/user/name/proxy/8888/" in said


def test_without_any_jupyter_the_link_brings_a_token(tmp_path: Path):
    # Where localhost has two addresses, both are taken: on the other one a stranger could listen.
    alone = JupyterProcess(tmp_path, environment={"PYTHONPATH": str(RESOURCES / "ipv6_first")})
    (alone.cwd / "a.py").write_text("import marimo\n\napp = marimo.App()\n")
    with FixedPort(alone, ["a.py", "--port", str(free_port())]) as served:
        assert "?token=" in served.address
        listening = [
            connection.laddr.ip
            for connection in psutil.Process(served.process.pid).net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert {"127.0.0.1", "::1"} <= set(listening)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        opener.addheaders = [("Accept", "text/html"), ("Sec-Fetch-Mode", "navigate")]
        url, page = look(opener, served.address)
        assert "token" not in url
        assert url.endswith("/reactive/edit/?file=a.py")
        assert "<marimo-" in page


def test_what_cannot_be_done_is_said(studio_lab, run, tmp_path: Path):
    program, old = tmp_path / "program.py", tmp_path / "old one.ipynb"
    program.write_text("print(1)\n")
    old.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    for arguments, words in (
        (["--jupyter", "http://localhost:1/"], "No Jupyter server runs at http://localhost:1/"),
        (["not there.py"], "There is no file"),
        (["one.py", "two.py"], "Name one notebook"),
        ([str(program)], "is no reactive notebook"),
        ([str(old)], "jupyter reactive convert "),
    ):
        status, said = run(studio_lab, *arguments)
        assert status == 2
        assert words in said


@pytest.mark.skipif(os.getuid() == 0, reason="root may have any port")
def test_a_port_that_the_user_may_not_have_is_told():
    lowest = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    if not lowest.exists() or int(lowest.read_text()) < 2:
        pytest.skip("everybody may have any port here")
    with pytest.raises(InvalidRequest, match="administrator"):
        is_free(1)


def test_of_several_jupyters_it_is_that_of_the_terminal(tmp_path: Path):
    def jupyter(base_url: str, *, is_ours: bool = False) -> Jupyter:
        url = f"http://localhost:1{base_url}"
        return Jupyter(url, base_url, tmp_path, 1, 1, "", is_secure=False, is_ours=is_ours)

    one, two = jupyter("/"), jupyter("/user/ada/")
    servers = [one, jupyter("/proxy/8888/", is_ours=True), two]
    assert choose(servers, "", {"JUPYTER_SERVER_URL": "http://localhost:1/user/ada"}) is two
    assert choose(servers, "", {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/"}) is two
    assert choose(servers, "http://localhost:1/", {}) is one
    assert choose(servers[:2], "", {}) is one
    assert choose([], "", {}) is None
    with pytest.raises(InvalidRequest, match="Several Jupyter servers run here"):
        choose(servers, "", {})
