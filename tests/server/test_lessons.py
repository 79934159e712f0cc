"""Lessons: back to the released version, and what an operator has set for them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import psutil
import pytest
from course import Course, ready

LESSON = "course/week 1/é.py"
# What a grader's command does in these tests.
GRADER = """import json, os, subprocess, sys, time
told = json.load(sys.stdin)
assert told["file"] == sys.argv[2] and os.getcwd() == told["folder"]
if told["action"] == "submit":
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", told["file"]])
    time.sleep(60)
print(told["path"], os.environ["GRADER_TOKEN"], "é")
sys.exit(int(told["action"] == "validate"))
"""


@pytest.fixture
def jp_server_config(jp_server_config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    grader = tmp_path / "grader.py"
    grader.write_text(GRADER, "utf-8")
    monkeypatch.setenv("GRADER_TOKEN", "s3cret-of-the-grader")
    command = [sys.executable, str(grader), "{path}", "{file}"]
    commands = {"fetch": command, "validate": command, "submit": command}
    return {**jp_server_config, "LessonHooks": {"commands": commands, "seconds": 20}}


def lesson_events(events: list[dict]) -> list[dict]:
    return [event for event in events if "lesson" in event["schema"]]


async def test_reset_ends_the_session_and_keeps_mine(
    api, course: Course, notebook_source: str, open_session, reactive, events, until
):
    ready(course, notebook_source)
    lesson = course.folder / "week 1/é.py"
    mine = notebook_source.replace("number", "my_number")
    lesson.write_text(mine, "utf-8")
    await open_session(LESSON)
    found = await api("POST", "releases/changes", {"path": LESSON})
    assert (found.status, found.json["same"], found.json["ref"]) == (200, False, "origin/main")
    assert {change["kind"] for change in found.json["changes"]} == {"changed"}
    reply = await api("POST", "releases/reset", {"path": LESSON})
    kept = "course/week 1/é_mine.py"
    assert (reply.status, reply.json) == (200, {"path": LESSON, "kept": kept})
    assert reactive.sessions.models() == []
    assert lesson.read_text("utf-8") == notebook_source
    assert lesson.with_stem("é_mine").read_text("utf-8") == mine
    await until(lambda: lesson_events(events))
    assert [(e["action"], e["state"], e["kept"]) for e in lesson_events(events)] == [
        ("reset", "done", kept)
    ]
    again = await api("POST", "releases/reset", {"path": LESSON})
    assert again.json == {"path": LESSON, "kept": None}
    assert (await api("POST", "releases/changes", {"path": LESSON})).json["changes"] == []


async def test_without_a_release_there_is_a_sentence(api, notebook: str):
    for route in ("changes", "reset"):
        reply = await api("POST", f"releases/{route}", {"path": notebook})
        assert reply.status == 422
        assert "in no git repository" in reply.json["message"]
        assert reply.json["remedy"]
        assert (await api("POST", f"releases/{route}", {"path": "../x.py"})).status == 400


async def test_hooks_run_and_tell(api, notebook: str, events, until, jp_root_dir, subtests):
    assert (await api("GET", "hooks")).json == {"actions": ["fetch", "validate", "submit"]}

    async def run(action: str, path: str = notebook) -> dict:
        reply = await api("POST", "hooks", {"action": action, "path": path})
        assert reply.status == 200, reply.text
        return reply.json

    with subtests.test("success, with what the command says and no secret"):
        done = await run("fetch")
        assert (done["state"], done["exit_code"]) == ("done", 0)
        assert done["lines"] == [f"{notebook} *** é"]
    with subtests.test("failure is told in a sentence"):
        failed = await run("validate")
        assert (failed["state"], failed["exit_code"]) == ("failed", 1)
        assert failed["lines"] == [f"{notebook} *** é"]
        assert "“validate” has failed" in failed["message"]
    with subtests.test("a folder"):
        assert (await run("fetch", "work"))["state"] == "done"
    with subtests.test("graders and others hear of it"):
        await until(lambda: len(lesson_events(events)) == 6)
        told = [(event["action"], event["state"]) for event in lesson_events(events)]
        assert told[:4] == [
            ("fetch", "running"),
            ("fetch", "done"),
            ("validate", "running"),
            ("validate", "failed"),
        ]
        assert json.dumps(events).count("s3cret") == 0
    with subtests.test("only what is there, and only what is set"):
        assert (await api("POST", "hooks", {"action": "fetch", "path": "none.py"})).status == 404
        assert (await api("POST", "hooks", {"action": "grade", "path": notebook})).status == 403


async def test_a_hook_that_takes_too_long_is_ended_whole(
    api, notebook: str, reactive, jp_root_dir: Path
):
    reactive.parts.hooks.seconds = 4
    reply = await api("POST", "hooks", {"action": "submit", "path": notebook})
    assert (reply.json["state"], reply.json["exit_code"]) == ("failed", None)
    assert "took longer than 4 seconds" in reply.json["message"]
    file = str(jp_root_dir / notebook)
    assert not [p for p in psutil.process_iter(["cmdline"]) if file in (p.info["cmdline"] or [])]


async def test_a_program_that_is_missing_is_told(api, notebook: str, reactive):
    reactive.parts.hooks.commands = {"submit": ["no-such-grader", "{file}"]}
    reply = await api("POST", "hooks", {"action": "submit", "path": notebook})
    assert reply.json["state"] == "failed"
    assert "“no-such-grader” is not installed" in reply.json["message"]
