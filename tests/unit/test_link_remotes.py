"""`jupyter reactive link` asks the remote: who may read it, whether it is there, what it has."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from base64 import b64encode
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from course import ADDRESS, Course, ready
from psutil import process_iter

from jupyter_reactive.links import git

PROGRAM = str(Path(sys.executable).with_name("jupyter-reactive"))
HUB = "https://hub.example.org/"
SECRET = "ghp_s3cret"


def test_what_is_newer_there_is_told(course, link, notebook_source, tmp_path):
    ready(course, notebook_source)
    colleague = Course(tmp_path / "colleague", course.variables)
    course.git("clone", "--quiet", f"{tmp_path}/remotes/course", str(colleague.folder))
    colleague.write("new.txt", "1")
    colleague.push("new.txt")
    made = link("week 1/é.py")
    assert made.returncode == 1
    assert made.stdout.startswith("https://mybinder.org/")
    assert f"“main” is newer at {ADDRESS} than here" in made.stderr
    course.git("update-ref", "-d", "refs/remotes/origin/main")
    made = link("week 1/é.py")
    assert (made.returncode, made.stdout) == (2, "")
    assert "git fetch origin main" in made.stderr


def test_no_secret_of_the_remote_gets_into_a_link(course, link, notebook_source, tmp_path):
    ready(course, notebook_source)
    course.git("remote", "set-url", "origin", f"https://ada:{SECRET}@github.com/ada/course.git")
    made = link("week 1/é.py", "--json")
    assert made.returncode == 1
    assert SECRET not in made.stdout + made.stderr
    assert "holds a user name or password" in made.stdout
    for begin in (ADDRESS, "git@github.com:ada/course"):
        course.git("remote", "set-url", "origin", f"{begin}?private_token={SECRET}")
        made = link("week 1/é.py")
        assert made.returncode == 2
        assert SECRET not in made.stdout + made.stderr


def test_repository_that_strangers_cannot_read(course, link, notebook_source, tmp_path):
    ready(course, notebook_source)
    course.git("remote", "set-url", "origin", "git@github.com:ada/course")
    course.goes_to(
        {
            "git@github.com:ada/": f"{(tmp_path / 'remotes').as_uri()}/",
            "https://github.com/": f"{(tmp_path / 'nowhere').as_uri()}/",
        }
    )
    made = link("week 1/é.py")
    assert made.returncode == 2
    assert "public repositories alone" in made.stderr
    made = link("week 1/é.py", "--platform", "nbgitpuller", "--server", HUB)
    assert made.returncode == 1
    assert "to those who may read it" in made.stderr


class Asking(SimpleHTTPRequestHandler):
    """Gives files to who brings the password."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization") == f"Basic {b64encode(b'ada:pw').decode()}":
            super().do_GET()
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Print nothing."""


PASSWORDS = {
    ".netrc": "machine 127.0.0.1 login ada password pw",
    ".gitconfig": """
[credential]
helper = "!echo username=ada; echo password=pw; :"
""",
}


@pytest.mark.parametrize("file", PASSWORDS)
def test_passwords_of_the_author_are_not_those_of_students(
    file, course, link, notebook_source, tmp_path
):
    """They open a private repository for its owner alone."""
    ready(course, notebook_source)
    subprocess.run(["git", "update-server-info"], cwd=tmp_path / "remotes/course", check=True)
    handler = partial(Asking, directory=str(tmp_path / "remotes"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            course.goes_to({"https://github.com/ada/": f"http://127.0.0.1:{server.server_port}/"})
            assert "There is no repository" in link("week 1/é.py").stderr
            with (tmp_path / file).open("a") as opened:
                opened.write(PASSWORDS[file])
            made = link("week 1/é.py")
        finally:
            server.shutdown()
            thread.join()
    assert (made.returncode, made.stdout) == (2, "")
    assert "public repositories alone" in made.stderr


def test_repository_that_is_gone(course, link, notebook_source, tmp_path):
    ready(course, notebook_source)
    course.goes_to({"https://github.com/ada/": f"{(tmp_path / 'nowhere').as_uri()}/"})
    made = link("week 1/é.py")
    assert made.returncode == 2
    assert f"There is no repository at {ADDRESS}" in made.stderr


def test_repository_that_cannot_be_asked(course, link, notebook_source):
    ready(course, notebook_source)
    course.goes_to({"https://github.com/": "http://127.0.0.1:1/"})
    made = link("week 1/é.py")
    assert made.returncode == 1
    assert made.stdout.startswith("https://mybinder.org/v2/gh/ada/course/main?")
    assert "could not be asked" in made.stderr


def test_remote_that_is_silent(course, link, notebook_source, monkeypatch):
    """It is given up, and so is the program that git has started for it."""
    ready(course, notebook_source)
    monkeypatch.setattr(git, "REMOTE_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        course.goes_to({"https://github.com/": address})
        made = link("week 1/é.py")
        assert made.returncode == 1
        assert "could not be asked" in made.stderr
        deadline = time.monotonic() + 20
        while any(address in " ".join(p.info["cmdline"] or ()) for p in process_iter(["cmdline"])):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_private_host(course, link, notebook_source, tmp_path):
    ready(course, notebook_source)
    course.git("remote", "set-url", "origin", "https://git.faculty.internal/ada/course.git")
    course.goes_to({"https://git.faculty.internal/ada/": f"{(tmp_path / 'remotes').as_uri()}/"})
    (tmp_path / "remotes/course").rename(tmp_path / "remotes/course.git")
    made = link("week 1/é.py")
    assert made.returncode == 2
    assert "cannot reach git.faculty.internal" in made.stderr
    made = link("week 1/é.py", "--server", "https://binder.faculty.internal")
    assert made.stdout.startswith(
        "https://binder.faculty.internal/v2/git/https%3A%2F%2Fgit.faculty"
    )
    made = link("week 1/é.py", "--platform", "molab")
    assert made.returncode == 2
    assert "from github.com alone" in made.stderr


def test_remote_that_is_a_folder(course, link, notebook_source, tmp_path):
    ready(course, notebook_source)
    course.git("remote", "set-url", "origin", f"{tmp_path}/remotes/course")
    made = link("week 1/é.py")
    assert made.returncode == 2
    assert "a folder of this machine" in made.stderr
