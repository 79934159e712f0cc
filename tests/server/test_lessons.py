"""Lessons: back to the released version, and what an operator has set for them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import psutil
import pytest
from course import Course, ready
from documented import python_block

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

# Tells what a grader of Jupyter's notebooks finds where it was sent.
OF_JUPYTER = """import json, os, pathlib, sys
file, folder, parent, name = map(pathlib.Path, sys.argv[1:])
assert pathlib.Path.cwd() == folder == parent / name
assert file.suffix == ".py" or json.loads(file.read_text("utf-8"))["nbformat"] == 4
assert pathlib.Path("data.csv").read_text() == "1,2"
print(json.dumps({"name": file.name, "folder": str(folder), "files": sorted(os.listdir())}))
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


async def test_the_subscriber_of_the_documentation_hears_of_it(
    api, notebook: str, jp_serverapp, jp_http_port: int, jp_base_url: str
):
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", python_block("in-class.md", "Events")),
        env={
            **os.environ,
            "JUPYTER_URL": f"http://127.0.0.1:{jp_http_port}{jp_base_url}",
            "JUPYTER_TOKEN": jp_serverapp.identity_provider.token,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None

    async def heard() -> str:
        line = await asyncio.wait_for(child.stdout.readline(), 60)
        return line.decode().rstrip("\n")

    try:
        assert await heard() == "subscribed"
        await api("POST", "hooks", {"action": "validate", "path": notebook})
        assert await heard() == f"validate {notebook} running None"
        assert await heard() == f"validate {notebook} failed 1"
    finally:
        child.kill()
        await child.communicate()


async def test_a_folder_that_is_not_there_can_be_fetched(api, reactive, jp_root_dir, subtests):
    fetch = "import os, sys; os.mkdir(sys.argv[1]); print(os.getcwd())"
    reactive.parts.hooks.commands = {
        "fetch": [sys.executable, "-c", fetch, "{folder_name}"],
        "submit": ["true"],
    }

    async def post(action: str, path: str):
        return await api("POST", "hooks", {"action": action, "path": path})

    with subtests.test("it is made in the folder that is named, and nowhere else"):
        done = (await post("fetch", "/été/")).json
        assert (done["state"], done["path"]) == ("done", "été")
        assert done["lines"] == [str(jp_root_dir)]
        assert (jp_root_dir / "été").is_dir()
    with subtests.test("nothing else can be done with what is not there"):
        assert (await post("submit", "other")).status == 404
    with subtests.test("it has a place, under the root and in sight"):
        for path, status in {"no/week1": 404, "../x": 400, ".week1": 404, "x.ipynb": 404}.items():
            assert (await post("fetch", path)).status == status, path


async def test_a_grader_of_jupyters_notebooks_gets_one(
    api, reactive, jp_root_dir: Path, tmp_path: Path, notebook_source: str, subtests
):
    week = jp_root_dir / "week1"
    week.mkdir()
    (week / "data.csv").write_text("1,2")
    (week / "lesson.py").write_text(notebook_source, "utf-8")
    (week / "other.py").write_text("x = 1")
    grader = tmp_path / "of_jupyter.py"
    grader.write_text(OF_JUPYTER)
    command = [sys.executable, str(grader), "{file}", "{folder}", "{parent}", "{folder_name}"]
    hooks = reactive.parts.hooks
    hooks.commands = {"submit": command, "validate": command}
    hooks.for_jupyter = ["submit"]

    async def run(action: str, path: str) -> dict:
        return (await api("POST", "hooks", {"action": action, "path": path})).json

    with subtests.test("the notebook that was chosen, in a copy that goes away"):
        before = {path: path.read_bytes() for path in week.iterdir()}
        done = await run("submit", "week1/lesson.py")
        said, told = done["lines"][0], json.loads(done["lines"][1])
        assert (done["state"], done["path"]) == ("done", "week1/lesson.py")
        assert said == "“lesson.py” goes as “lesson.ipynb”."
        assert told == {
            "name": "lesson.ipynb",
            "folder": told["folder"],
            "files": ["data.csv", "lesson.ipynb", "lesson.py", "other.py"],
        }
        assert not Path(told["folder"]).exists()
        assert {path: path.read_bytes() for path in week.iterdir()} == before
    with subtests.test("other actions get the folder itself"):
        told = json.loads((await run("validate", "week1/lesson.py"))["lines"][0])
        assert (told["name"], told["folder"]) == ("lesson.py", str(week))
    with subtests.test("what is no notebook is refused in a sentence, and the command not run"):
        failed = await run("submit", "week1/other.py")
        assert (failed["state"], failed["exit_code"], failed["lines"]) == ("failed", None, [])
        assert "no marimo notebook" in failed["message"]
    with subtests.test("what says that it has failed has failed"):
        hooks.failures = {"validate": r"data\.csv"}
        failed = await run("validate", "week1/lesson.py")
        assert (failed["state"], failed["exit_code"]) == ("failed", 0)
        assert failed["message"] == "“validate” says that it has failed."


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
