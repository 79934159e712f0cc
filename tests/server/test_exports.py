"""reactive/api/exports: begun, told as events, written without overwriting, ended whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest
from reports import BROKEN, DEADLY, ENDLESS, SUM, exporting

from jupyter_reactive.events import EXPORT_SCHEMA
from jupyter_reactive.exports import FINAL
from jupyter_reactive.models.exports import ExportState


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    return {**jp_server_config, "NotebookExports": {"at_a_time": 1}}


@pytest.fixture
def lesson(jp_root_dir: Path) -> Path:
    """A notebook under the contents root."""
    file = Path(jp_root_dir) / "course ä" / "lesson.py"
    file.parent.mkdir()
    file.write_text(SUM, "utf-8")
    return file


@pytest.fixture
def told(jp_serverapp, reactive) -> list[dict]:
    """What is told of exports on the event bus, in order."""
    told: list[dict] = []

    async def listen(logger, schema_id: str, data: dict) -> None:
        told.append(data)

    jp_serverapp.event_logger.add_listener(schema_id=EXPORT_SCHEMA, listener=listen)
    return told


@pytest.fixture
def ask(api):
    """Ask for an export of the lesson."""

    async def post(**fields: object):
        return await api("POST", "exports", {"path": "course ä/lesson.py", **fields})

    return post


@pytest.fixture
def export(ask, api, until, reactive):
    """Export the lesson, and wait for the end."""

    async def run(**fields: object) -> dict:
        reply = await ask(**fields)
        assert reply.status == 202, reply.text
        export_id = reply.json["id"]
        assert reply.headers["Location"].endswith(f"/reactive/api/exports/{export_id}")
        await until(lambda: reactive.parts.exports.get(export_id).state in FINAL, 100)
        return (await api("GET", f"exports/{export_id}")).json

    return run


async def test_report_with_a_cell_that_raises(export, told, api, lesson: Path, until):
    lesson.write_text(BROKEN, "utf-8")
    done = await export(to="html")
    assert (done["state"], done["path"]) == ("done", "course ä/lesson.html")
    assert done["raised"]
    assert done["errors"] == [{"cell": 2, "name": "boom", "message": "division by zero"}]
    assert "ZeroDivisionError" in lesson.with_suffix(".html").read_text("utf-8")
    await until(lambda: told[-1] == done)
    assert [event["state"] for event in told] == ["waiting", "running", "writing", "done"]
    assert (await api("GET", "exports")).json == [done]
    assert (await api("DELETE", f"exports/{done['id']}")).status == 204
    assert (await api("GET", "exports")).json == []
    assert lesson.with_suffix(".html").exists()


async def test_nothing_is_overwritten_unasked(ask, export, lesson: Path):
    taken = lesson.with_suffix(".md")
    taken.write_text("mine")
    assert (await ask(to="markdown", name="lesson.md")).status == 409
    assert (await export(to="markdown"))["path"] == "course ä/lesson_1.md"
    assert taken.read_text() == "mine"
    done = await export(to="markdown", folder="", name="other", overwrite=True)
    assert (done["path"], done["raised"], done["errors"]) == ("other.md", False, [])
    assert (lesson.parent.parent / "other.md").is_file()


async def test_wasm_is_a_folder(export, lesson: Path):
    (lesson.parent / "lesson_wasm").mkdir()
    done = await export(to="wasm")
    assert done["path"] == "course ä/lesson_wasm_1"
    folder = lesson.parent / "lesson_wasm_1"
    assert "<marimo-wasm" in (folder / "index.html").read_text("utf-8")
    assert (folder / "favicon.ico").read_bytes()
    # Jupyter makes a hidden folder for checkpoints when it renames.
    names = {path.name for path in lesson.parent.iterdir() if path.name[0] not in "._"}
    assert names == {"lesson.py", "lesson_wasm", "lesson_wasm_1"}


@pytest.mark.parametrize(
    "fields, status",
    [
        ({"to": "docx"}, 400),
        ({"path": "course ä/missing.py"}, 404),
        ({"path": "course ä/.hidden.py"}, 404),
        ({"path": "course ä/../../theirs.py"}, 400),
        ({"path": "link.py"}, 403),
        ({"path": "module.py"}, 415),
        ({"path": "half.py"}, 422),
        ({"folder": "nowhere"}, 404),
        ({"folder": "out"}, 403),
        ({"name": ".hidden"}, 400),
        ({"name": "a/b"}, 400),
    ],
)
async def test_refuses_with_a_sentence(
    ask, reactive, lesson: Path, jp_root_dir: Path, tmp_path: Path, fields, status
):
    root, outside = Path(jp_root_dir), tmp_path / "outside"
    outside.mkdir()
    (outside / "theirs.py").write_text(SUM)
    (root / "link.py").symlink_to(outside / "theirs.py")
    (root / "out").symlink_to(outside)
    (root / "module.py").write_text("x = 1\n")
    (root / "half.py").write_text(f"{SUM}\nfor in\n")
    (lesson.parent / ".hidden.py").write_text(SUM)
    reply = await ask(**{"to": "script", **fields})
    assert reply.status == status
    assert reply.json["message"]
    assert reply.json["remedy"]
    assert reactive.parts.exports.models() == []


@pytest.mark.parametrize("switch", ["disable_downloads", "disable_editing"])
async def test_operator_may_switch_it_off(ask, reactive, lesson: Path, switch: str):
    setattr(reactive.policy, switch, True)
    reply = await ask(to="html")
    assert reply.status == 403
    assert "operator" in reply.json["remedy"]


async def test_unknown_export(api):
    for verb in ("GET", "DELETE"):
        assert (await api(verb, "exports/none")).status == 404


async def test_cancel_ends_everything_and_lets_the_next_one_begin(
    ask, api, told, reactive, lesson: Path, until
):
    lesson.write_text(ENDLESS, "utf-8")
    export_id = (await ask(to="html")).json["id"]
    await until(lesson.with_name("begun").exists, 60)
    started = exporting()
    assert len(started) > 1
    next_id = (await ask(to="script")).json["id"]
    assert reactive.parts.exports.get(next_id).state is ExportState.WAITING
    assert (await api("DELETE", f"exports/{export_id}")).status == 204
    _gone, alive = psutil.wait_procs(started, 10)
    assert alive == []
    await until(lambda: (export_id, "cancelled") in {(e["id"], e["state"]) for e in told})
    assert (await api("GET", f"exports/{export_id}")).status == 404
    await until(lambda: reactive.parts.exports.get(next_id).state is ExportState.DONE)
    assert not list(lesson.parent.glob("*.html"))


async def test_time_limit_ends_everything(export, reactive, lesson: Path):
    lesson.write_text(ENDLESS, "utf-8")
    reactive.parts.exports.seconds = 8
    failed = await export(to="html")
    assert failed["state"] == ExportState.FAILED.value
    assert "longer than 8 seconds" in failed["message"]
    assert failed["remedy"]
    assert exporting() == []
    assert not list(lesson.parent.glob("*.html"))


async def test_kernel_that_dies_ends_the_export(export, lesson: Path):
    lesson.write_text(DEADLY, "utf-8")
    failed = await export(to="html")
    assert failed["state"] == ExportState.FAILED.value
    assert "kernel ended while it ran" in failed["message"]
    assert "Restart" not in failed["message"]
    assert "3" in failed["message"]
    assert failed["remedy"]
    assert exporting() == []
    assert not list(lesson.parent.glob("*.html"))
