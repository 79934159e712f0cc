"""Each cause of a failed start has its own words, the same in JSON, page and log. Really caused."""

from __future__ import annotations

import html
import json
import logging
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

STAND_IN = Path(__file__).parent.parent / "resources" / "stand_in.py"
# A command line of click's that is older than the options that we pass.
OLD_COMMAND_LINE = """
import click
@click.group()
def main(): pass
@main.command()
@click.argument("name")
@click.option("--headless", is_flag=True)
def edit(name, headless): pass
main()
"""


def shell(script: str) -> list[str]:
    """A real marimo, after a script has taken something away from it."""
    return ["sh", "-c", script, sys.executable]


@dataclass
class Cause:
    """What makes a start fail, and what is said about it."""

    words: str
    remedy: str
    command: list[str] = field(default_factory=list)
    extra_args: list[str] = field(default_factory=list)


CAUSES = {
    "not there": Cause("was not found", "pip install marimo", ["/nowhere/marimo"]),
    "not in that Python": Cause(
        "was not found", "pip install marimo", [sys.executable, "-I", "-S", "-m", "marimo"]
    ),
    "old version": Cause(
        "marimo 0.19.0 is too old",
        "marimo 0.25 or newer",
        [sys.executable, str(STAND_IN), "--told-version", "0.19.0"],
    ),
    "old command line": Cause(
        "is too old", "marimo 0.25 or newer", [sys.executable, "-c", OLD_COMMAND_LINE]
    ),
    "broken import": Cause(
        "cannot be loaded: ModuleNotFoundError: No module named 'gone_with_an_update'",
        "--force-reinstall",
        shell('PYTHONPATH=broken exec "$0" -m marimo "$@"'),
    ),
    "unknown option": Cause(
        "does not know the option “--sparkle”",
        "c.EditServerLauncher.extra_args",
        extra_args=["--sparkle"],
    ),
    "port taken": Cause(
        "Another program has taken port",
        "another port will be chosen",
        shell('exec "$0" -m marimo "$@" --port TAKEN'),
    ),
    "no room for files": Cause(
        "The disk is full", "Delete files", shell('ulimit -f 0; exec "$0" -m marimo "$@"')
    ),
    "full device": Cause(
        "The disk is full",
        "Delete files",
        [sys.executable, "-c", "import pathlib; pathlib.Path('/dev/full').write_text('much')"],
    ),
    "no memory": Cause(
        "not enough memory",
        "ask for more memory",
        shell('ulimit -v 60000; exec "$0" -m marimo "$@"'),
    ),
    "killed": Cause("was killed while it was starting", "memory", shell("kill -9 $$")),
    "may not be run": Cause("was refused", "the right to it", shell("exec ./secret")),
    "slow": Cause("within 1 seconds", "start_timeout", shell("exec sleep 60")),
    "other": Cause("(exit code 7)", "in the log below", shell("exit 7")),
}
LINUX_ONLY = {"no memory", "full device"}


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


async def told_everywhere(api, browse, caplog) -> tuple[str, str]:
    """Start, and see that each channel says the same; returns message and remedy."""
    caplog.set_level(logging.ERROR)
    start = await api("POST", "servers/edit/start")
    assert start.status == 503, start.text
    message, remedy = start.json["message"], start.json["remedy"]
    server = (await api("GET", "servers/edit")).json
    assert (server["state"], server["message"], server["remedy"]) == ("failed", message, remedy)
    page = html.unescape((await browse("reactive", "edit/")).text)
    assert message in page
    assert remedy in page
    assert any(f"{message} {remedy}" in record.getMessage() for record in caplog.records)
    return message, remedy


@pytest.mark.parametrize("case", CAUSES)
async def test_each_cause_has_its_own_words(
    case: str, api, browse, caplog, reactive, jp_root_dir: Path, taken_port: int
):
    if case in LINUX_ONLY and sys.platform != "linux":
        pytest.skip(f"“{case}” can be caused on Linux only")
    (jp_root_dir / "broken").mkdir()
    (jp_root_dir / "broken/click.py").write_text("import gone_with_an_update\n")
    (jp_root_dir / "secret").write_text("#!/bin/sh\n")
    cause, launcher = CAUSES[case], reactive.servers.launcher
    launcher.command = [word.replace("TAKEN", str(taken_port)) for word in cause.command]
    launcher.extra_args = cause.extra_args
    launcher.start_timeout = 1 if case == "slow" else 60
    message, remedy = await told_everywhere(api, browse, caplog)
    assert cause.words in message
    assert cause.remedy in remedy
    others = {other.words for other in CAUSES.values()} - {cause.words}
    assert not [words for words in others if words in message and words not in cause.words]


async def test_folder_that_is_gone(api, browse, caplog, jp_root_dir: Path):
    """As a home on a network that was unmounted after Jupyter started."""
    jp_root_dir.rename(jp_root_dir.with_name("elsewhere"))
    message, remedy = await told_everywhere(api, browse, caplog)
    assert json.dumps(str(jp_root_dir), ensure_ascii=False).strip('"') in message
    assert "Check that it is there" in remedy


async def test_what_another_program_takes_once_is_tried_again(api, reactive, tmp_path, taken_port):
    """The port was free when we looked; the second try takes another one."""
    once = tmp_path / "once"
    once.touch()
    script = f'if rm {once}; then set -- "$@" --port {taken_port}; fi; exec "$0" -m marimo "$@"'
    reactive.servers.launcher.command = shell(script)
    assert (await api("POST", "servers/edit/start")).status == 200
