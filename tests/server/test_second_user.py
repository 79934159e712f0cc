"""Another user of the same machine gets nothing: two real users, neither of them root.

One works in a notebook; the other tries her processes, ports, sockets and files.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from fixed_port import COMMAND, FixedPort
from jupyter_process import JupyterProcess, free_port
from known_secret import CONFIG, SECRET
from local_users import LocalUser, obstacle
from marimo_table import marimo_paths, static_files

pytestmark = pytest.mark.skipif(obstacle() is not None, reason=f"no second user: {obstacle()}")

STRANGER = Path(__file__).parent.parent / "resources" / "stranger.py"
DIARY = "a line of the diary"
# marimo starts a language server, which listens on a port of its own.
MARIMO_CONFIG = '[completion]\ncopilot = "github"\n'

# What answers without the secret. Each is the same for everybody who has installed marimo.
OPEN = {
    "/health": "a constant",
    "/healthz": "a constant",
    "/auth/login": "the form that asks for the secret",
    "/sse": "a stream that says that nobody may read it, and ends",
    "/public-files-sw.js": "a file of marimo's",
}
PRIVATE = {"environ", "mem", "maps", "smaps", "cwd", "root", "exe", "fd", "fdinfo", "auxv", "io"}


@dataclass
class Scene:
    """One user at work, another one who tries."""

    ann: LocalUser
    mallory: LocalUser
    jupyter: JupyterProcess

    def ports(self) -> tuple[int, list[int]]:
        """The port of the user's marimo, and those of all processes that it has started."""
        marimo = self.jupyter.marimo()
        (port,) = listening(marimo)
        return port, [
            port for child in marimo.children(recursive=True) for port in listening(child)
        ]

    def attack(self, **tries: Any) -> Any:
        task = {"pids": [], "ports": [], "sockets": [], "folders": [], "words": [], **tries}
        result = subprocess.run(
            [*self.mallory.prefix, sys.executable, "-I", str(STRANGER)],
            input=json.dumps({**task, "uid": self.ann.uid}).encode(),
            capture_output=True,
            check=False,
            timeout=100,
        )
        assert result.returncode == 0, result.stderr.decode()
        return json.loads(result.stdout)


def listening(process: psutil.Process) -> list[int]:
    return [
        connection.laddr.port
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]


def wait_for(condition: Callable[[], Any], seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return result


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    names = (f"{name}{os.getpid()}" for name in ("ann", "mallory"))
    with LocalUser(next(names)) as ann, LocalUser(next(names)) as mallory:
        jupyter = JupyterProcess(
            ann.home,
            prefix=ann.prefix,
            arguments=["--debug"],
            environment={"USER": ann.name, "LOGNAME": ann.name},
        )
        for path, text in (
            ("config/jupyter/jupyter_server_config.py", CONFIG),
            ("config/marimo/marimo.toml", MARIMO_CONFIG),
            ("root/diary.py", f"import marimo\n\napp = marimo.App()\n\n# {DIARY}\n"),
        ):
            file = ann.home / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(0o600)
        ann.own()
        with jupyter, opened(jupyter, "diary.py"):
            scene = Scene(ann, mallory, jupyter)
            wait_for(lambda: "kernel" in roles(scene))
            if shutil.which("node"):
                wait_for(lambda: scene.ports()[1])
            yield scene


def opened(jupyter: JupyterProcess, path: str) -> Any:
    """A session of a notebook, open as long as this answer is."""
    jupyter.post("reactive/api/servers/edit/start")
    wait_for(lambda: jupyter.get("reactive/api/servers/edit")["state"] == "running")
    reply = urllib.request.urlopen(
        urllib.request.Request(
            f"{jupyter.url}reactive/edit/sse?session_id=s_test01&file={path}",
            headers={"Authorization": f"token {jupyter.token}"},
        ),
        timeout=60,
    )
    assert b"kernel-ready" in reply.readline() + reply.readline()
    return reply


def roles(scene: Scene) -> dict[str, int]:
    """The user's processes: Jupyter, marimo, what holds the leash, the kernel and its helpers."""
    found = {"jupyter": scene.jupyter.process.pid, "marimo": scene.jupyter.marimo().pid}
    for process in scene.jupyter.children():
        if "spawn_main" in " ".join(process.cmdline()):
            found["kernel"] = process.pid
    return found


def test_the_two_are_ordinary_users_and_mallory_finds_what_is_open(scene: Scene):
    """Or the rest would show nothing."""
    ann = {psutil.Process(pid).uids().effective for pid in roles(scene).values()}
    assert ann == {scene.ann.uid}
    assert 0 not in {scene.ann.uid, scene.mallory.uid}
    planted = scene.ann.home / "planted"
    planted.write_text("planted word")
    planted.chmod(0o666)
    scene.ann.own()
    folders = [str(scene.ann.home)]
    found = scene.attack(
        pids=[scene.jupyter.process.pid], folders=folders, words=["planted", "--debug"]
    )
    assert found["processes"][str(scene.jupyter.process.pid)]["leaks"][0].endswith("/cmdline")
    assert found["files"]["leaks"] == found["files"]["writable"] == [str(planted)]
    planted.unlink()


def test_no_process_tells_or_obeys(scene: Scene):
    pids = [scene.jupyter.process.pid, *(process.pid for process in scene.jupyter.children())]
    assert len(pids) >= 4
    result = scene.attack(pids=pids, words=[SECRET, DIARY])
    for pid in pids:
        found = result["processes"][str(pid)]
        assert "cmdline" in found["readable"], "or /proc itself is closed, which shows nothing"
        assert not set(found["readable"]) & PRIVATE
        assert found["leaks"] == []
        assert set(found["acts"].values()) == {"EPERM"}
    # Not even its own user finds the secret in what a kernel shows in its notebook.
    for process in scene.jupyter.children():
        assert SECRET not in str(process.environ()) + str(process.cmdline())


def test_no_route_of_marimo_answers_without_the_secret(scene: Scene):
    marimo = scene.jupyter.marimo()
    port, _others = scene.ports()
    paths = [*marimo_paths(), "/x"]
    assert len(paths) > 100
    result = scene.attack(ports=[(port, paths)])
    open_: set[str] = set()
    for answer in result["answers"]:
        told = (answer["verb"], answer["path"], answer["status"], answer["text"])
        if answer["status"] == 303:
            assert answer["location"].endswith("/auth/login?next=%2F"), told
        elif answer["status"] not in {401, 403, 404, 405}:
            assert answer["status"] == 200, told
            open_.add(answer["path"])
        for private in (SECRET, DIARY, "diary.py", str(scene.ann.home), scene.ann.name):
            assert private not in answer["text"], told
        assert "marimo-server-token" not in answer["text"].lower(), told
        assert "set-cookie" not in answer["text"].lower(), told
    assert open_ == set(OPEN) | static_files()
    assert scene.jupyter.marimo() == marimo
    assert [s["path"] for s in scene.jupyter.get("reactive/api/sessions")] == ["diary.py"]


def test_no_other_port_answers(scene: Scene):
    """The language server takes a token of its own, which marimo passes by environment."""
    _port, others = scene.ports()
    result = scene.attack(ports=[(port, ["/", "/lsp/copilot"]) for port in others])
    refused = {answer["status"] for answer in result["answers"]}
    assert refused <= {0, 400, 401, 403, 404, 426}


def test_the_port_of_the_command_answers_nobody_else(scene: Scene):
    """`jupyter reactive start`, which listens for a Jupyter that only forwards ports."""
    port = free_port()
    command = [*scene.ann.prefix, *COMMAND, "--port", str(port)]
    with FixedPort(scene.jupyter, command=command) as served:
        process = psutil.Process(served.process.pid)
        assert process.uids().effective == scene.ann.uid
        # Ann's own Jupyter is shown it, or there would be nothing to keep.
        edit = f"proxy/{port}/reactive/edit/"
        wait_for(lambda: "<marimo-" in scene.jupyter.request(edit)[1])
        (file,) = (scene.ann.home / "runtime").glob(f"jpserver-{process.pid}.json")
        token = json.loads(file.read_text())["token"]
        paths = [
            *("/lab", "/tree", "/api/contents/", "/api/kernels", "/api/terminals", "/api/me"),
            *("/reactive/edit/", "/reactive/edit/ws", "/reactive/edit/sse", "/reactive/run/"),
            *("/reactive/open/diary.py", "/reactive/run/diary.py/", "/reactive/edit/api/status"),
            *("/reactive/api/servers", "/reactive/api/sessions", "/reactive/api/conversions"),
        ]
        result = scene.attack(
            pids=[p.pid for p in [process, *process.children(recursive=True)]],
            ports=[(port, paths)],
            folders=[str(scene.ann.home)],
            words=[token, SECRET],
        )
    answers = result["answers"]
    assert {answer["path"] for answer in answers} >= set(paths)
    for answer in answers:
        told = (answer["verb"], answer["path"], answer["status"], answer["text"][:200])
        # Handlers of APIs answer what browsers ask ahead for other origins, with nothing in it.
        is_ahead = answer["verb"] == "OPTIONS" and "/api/" in answer["path"]
        assert answer["status"] in {302, 401, 403, 404, 405, *([200, 204] * is_ahead)}, told
        assert answer["status"] != 302 or "/login?" in answer["location"], told
        assert token not in answer["text"], told
    assert all(not found["leaks"] for found in result["processes"].values())
    assert result["files"]["leaks"] == []


def test_no_socket_and_no_file_is_open(scene: Scene):
    sockets = [
        connection.laddr
        for process in [scene.jupyter.process.pid, *(p.pid for p in scene.jupyter.children())]
        for connection in psutil.Process(process).net_connections("unix")
        if connection.laddr
    ]
    folders = [str(scene.ann.home), "/tmp", "/var/tmp", "/dev/shm", "/run"]
    result = scene.attack(sockets=sockets, folders=folders, words=[SECRET, DIARY])
    assert set(result["sockets"].values()) <= {"EACCES", "EPERM", "ECONNREFUSED", "ENOENT"}
    assert result["files"]["readable"], "or the home is closed, which shows nothing"
    assert result["files"]["writable"] == []
    assert result["files"]["leaks"] == []
    # Jupyter's own log tells everything at this level, except that.
    log = scene.jupyter.log.read_text()
    assert "marimo: " in log
    assert SECRET not in log


def test_a_core_dump_is_no_way_round(scene: Scene):
    """The last test of the file: it kills marimo."""
    marimo = scene.jupyter.marimo()
    os.kill(marimo.pid, signal.SIGABRT)
    wait_for(lambda: not marimo.is_running())
    folders = [str(scene.ann.home), "/tmp", "/var/tmp"]
    result = scene.attack(folders=folders, words=[SECRET])
    assert result["files"]["leaks"] == []
    cores = [path for path in scene.ann.home.rglob("core*") if path.is_file()]
    for core in cores:
        assert core.stat().st_mode & 0o077 == 0
    assert SECRET not in scene.jupyter.log.read_text()
    assert SECRET not in scene.jupyter.request("reactive/api/servers/edit/log")[1]
