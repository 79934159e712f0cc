"""The front doors of platforms in a browser: what `jupyter reactive setup` writes, run so."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from fixed_port import FixedPort, without_extension
from front_end import Notebook
from gateway import Gateway
from jupyter_process import JupyterProcess, free_port
from local_users import LocalUser, obstacle
from places import set_up
from playwright.sync_api import Browser, expect
from started import started

from jupyter_reactive.setup.places import Options

MARIMO_CONFIG = "[runtime]\nauto_instantiate = true\n"
POST = """async url => {
  const [, proof] = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/);
  const headers = { 'X-XSRFToken': proof };
  return (await fetch(url, { method: 'POST', headers, body: '{}' })).status;
}"""
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


@pytest.fixture(autouse=True)
def clean() -> None:
    """Each test has a home of its own."""


def prepared(home: Path, notebook_source: str, **options: Any) -> JupyterProcess:
    """A Jupyter server, not started yet, with one notebook."""
    jupyter = JupyterProcess(home, **options)
    (jupyter.home / "config/marimo").mkdir(parents=True)
    (jupyter.home / "config/marimo/marimo.toml").write_text(MARIMO_CONFIG)
    (jupyter.root / "slider.py").write_text(notebook_source)
    return jupyter


@dataclass
class Account:
    """Whoever uses a place: their home, and what stands before their commands."""

    home: Path
    prefix: list[str]

    def own(self) -> None:
        """All in the home is theirs already."""


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account | LocalUser]:
    """A user who cannot write into Jupyter's environment; whoever tests where none can be made."""
    if obstacle() is not None:
        yield Account(tmp_path, [])
        return
    with LocalUser(f"studio{os.getpid()}") as user:
        read_only = [*user.prefix, "test", "!", "-w", sys.prefix]
        subprocess.run(read_only, check=True)
        yield user


def test_studio_lab_from_its_scripts(browser: Browser, account, notebook_source: str):
    """No extension, no websockets, Jupyter's own port taken: the page works, and says why."""
    home = account.home
    jupyter = prepared(
        home, notebook_source, base_url="/studiolab/default/jupyter/", prefix=account.prefix
    )
    # What setup-marimo.sh would install is here already: in the environment of the tests.
    jupyter.environment = {"REACTIVE_ENV": sys.prefix, "PORT": str(free_port())}
    set_up("studiolab", home)
    without_extension(jupyter)
    account.own()
    with jupyter, Gateway(jupyter.port, "refuse") as gateway:
        script = [str(home / "start-marimo.sh"), str(jupyter.root / "slider.py")]
        with FixedPort(jupyter, command=[*account.prefix, *script]) as served:
            assert served.path == f"{jupyter.base_url}proxy/{jupyter.environment['PORT']}/"
            assert jupyter.request("reactive/api/status")[0] == 404
            page = browser.new_context().new_page()
            outside = f"http://127.0.0.1:{gateway.port}"
            page.goto(f"{outside}{jupyter.base_url}api/status?token={jupyter.token}")
            page.goto(f"{outside}{served.path}")
            Notebook(page).expect_follows()
            note = page.get_by_role("status").filter(has_text="does not let websockets through")
            expect(note).to_be_visible()
            note.get_by_role("button", name="Close").click()
            expect(note).to_have_count(0)
            # A page of Jupyter's own in another tab leaves its cookie against forged requests too.
            place = {"name": "_xsrf", "path": jupyter.base_url, "domain": "127.0.0.1"}
            page.context.add_cookies([{**place, "value": "of-jupyter-itself"}])
            paths = {c["path"] for c in page.context.cookies() if c["name"] == "_xsrf"}
            assert paths == {jupyter.base_url, served.path}
            # The body makes no sense: our API has let the request in, and looked at it.
            assert page.evaluate(POST, f"{served.path}reactive/api/links") == 400
            page.context.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Options, str]]:
    """What `setup vps` has been told, and the address of the nginx that it configures.

    The certificate is one of its own.
    """
    if NGINX is None:
        pytest.skip("no nginx here")
    inner, outer = free_port(), free_port()
    options = Options(port=inner, host="localhost", base_url="/course/", basic_auth=True)
    set_up("vps", tmp_path / "vps", options)
    certificate, key = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=localhost", "-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    digest = subprocess.check_output(["openssl", "passwd", "-apr1", "open sesame"], text=True)
    passwords = tmp_path / "jupyter-reactive.htpasswd"
    passwords.write_text(f"ada:{digest}")
    text = (tmp_path / "vps/jupyter-reactive-nginx.conf").read_text()
    # Places of this machine; all else stays as it was written.
    for theirs, ours in (
        ("/etc/letsencrypt/live/localhost/fullchain.pem", certificate),
        ("/etc/letsencrypt/live/localhost/privkey.pem", key),
        ("/etc/nginx/jupyter-reactive.htpasswd", passwords),
        ("listen 443 ssl", f"listen 127.0.0.1:{outer} ssl"),
        ("listen [::]:443 ssl;", ""),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen [::]:80;", ""),
    ):
        assert theirs in text
        text = text.replace(theirs, str(ours))
    (tmp_path / "site.conf").write_text(text)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log; daemon off; worker_processes 1;"
        f"events {{}} http {{ access_log {tmp_path}/access.log;"
        + "".join(
            f"{kind}_temp_path {tmp_path}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + f"include {tmp_path}/site.conf; }}"
    )
    if os.getuid() == 0:
        # Its workers are another user.
        tmp_path.chmod(0o755)
        passwords.chmod(0o644)
    process = subprocess.Popen(
        [NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-g", "user root;"]
        if os.getuid() == 0
        else [NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        stderr=subprocess.DEVNULL,
    )
    try:
        yield options, f"https://localhost:{outer}/course/"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def service(tmp_path: Path, site, account, notebook_source: str) -> Iterator[str]:
    """Jupyter as the unit of `setup vps` has systemd start it; gives a token for it."""
    options, _url = site
    home, token = account.home, "a-token-of-the-service"
    (home / ".config/marimo").mkdir(parents=True)
    (home / ".config/marimo/marimo.toml").write_text(MARIMO_CONFIG)
    (home / ".jupyter").mkdir()
    shutil.copy(tmp_path / "vps/jupyter_server_config.py", home / ".jupyter")
    (home / ".venv").symlink_to(sys.prefix)
    (home / "slider.py").write_text(notebook_source)
    account.own()
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read_string((tmp_path / "vps/jupyter-reactive.service").read_text())

    def said(name: str) -> str:
        # The home is where homes of tests are; all else stays as it was written.
        return unit["Service"][name].replace(f"/home/{options.user}", str(home))

    path = said("Environment").removeprefix("PATH=")
    command = [*account.prefix, *shlex.split(said("ExecStart"))]
    if not account.prefix and os.getuid() == 0:
        command.append("--allow-root")
    variables = {"HOME": str(home), "PATH": path, "JUPYTER_TOKEN": token}
    inside = f"http://127.0.0.1:{options.port}{options.base_url}"
    folder = Path(said("WorkingDirectory"))
    with started(command, inside, token, folder, variables, tmp_path / "jupyter.log"):
        yield token


class Asked(BaseHTTPRequestHandler):
    """Answers with the headers that it gets."""

    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers.items())).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


def test_nginx_keeps_its_password_and_says_who_asks(browser: Browser, site):
    options, address = site
    with ThreadingHTTPServer(("127.0.0.1", options.port), Asked) as jupyters:
        Thread(target=jupyters.serve_forever, daemon=True).start()
        context = browser.new_context(
            ignore_https_errors=True,
            http_credentials={"username": "ada", "password": "open sesame"},
            extra_http_headers={"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http"},
        )
        told = context.request.get(f"{address}api/status").json()
        context.close()
        jupyters.shutdown()
    assert "Authorization" not in told
    assert told["Host"] == urlsplit(address).netloc
    # What a client says of itself is not believed.
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"]) == ("127.0.0.1", "https")


def test_nginx_of_a_server_of_ones_own(browser: Browser, site, service):
    """TLS, a password before Jupyter's, a path of its own, and websockets through all of it."""
    _options, address = site
    url = f"{address}reactive/open/slider.py"
    stranger = browser.new_context(ignore_https_errors=True).new_page()
    assert stranger.request.get(url).status == 401
    stranger.context.close()
    context = browser.new_context(
        ignore_https_errors=True,
        http_credentials={"username": "ada", "password": "open sesame"},
    )
    page = context.new_page()
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"{url}?token={service}")
    Notebook(page).expect_follows()
    assert any(socket.startswith(address.replace("https:", "wss:")) for socket in sockets)
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    login = next(cookie for name, cookie in cookies.items() if name.startswith("username-"))
    assert login["secure"]
    assert login["path"] == "/course/"
    context.close()
