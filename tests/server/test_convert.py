"""reactive/api/notebooks/convert: the report first, then the file, and nothing is overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest


@pytest.fixture
def lesson(jp_root_dir: Path) -> Path:
    cells = [
        nbformat.v4.new_code_cell(text, id=f"c{n}")
        for n, text in enumerate(("x = 1", "x = 2", "x"))
    ]
    folder = Path(jp_root_dir) / "course ä"
    folder.mkdir()
    path = folder / "lesson.ipynb"
    path.write_text(json.dumps(nbformat.v4.new_notebook(cells=cells)), "utf-8")
    return path


async def test_preview_writes_nothing(api, lesson: Path):
    before = lesson.read_bytes()
    reply = await api(
        "POST", "notebooks/convert", {"path": "course ä/lesson.ipynb", "preview": True}
    )
    assert reply.status == 200
    assert reply.json["path"] is None
    assert reply.json["name"] == "lesson.py"
    assert [cell["verdict"] for cell in reply.json["report"]["cells"]] == [
        "changed",
        "kept",
        "kept",
    ]
    assert list(lesson.parent.iterdir()) == [lesson]
    assert lesson.read_bytes() == before


async def test_writes_beside_the_old_notebook(api, lesson: Path):
    reply = await api("POST", "notebooks/convert", {"path": "course ä/lesson.ipynb"})
    assert (reply.status, reply.json["path"]) == (201, "course ä/lesson.py")
    assert "app = marimo.App(" in lesson.with_suffix(".py").read_text("utf-8")
    again = await api("POST", "notebooks/convert", {"path": "course ä/lesson.ipynb"})
    assert again.status == 409


async def test_writes_elsewhere_under_another_name(api, lesson: Path):
    body = {"path": "course ä/lesson.ipynb", "folder": "", "name": "other"}
    reply = await api("POST", "notebooks/convert", body)
    assert (reply.status, reply.json["path"]) == (201, "other.py")


@pytest.mark.parametrize(
    "name, content, status",
    [
        ("broken.ipynb", "{", 422),
        ("list.ipynb", "[]", 415),
        ("r.ipynb", '{"cells": [], "metadata": {"language_info": {"name": "R"}}}', 415),
        ("text.txt", "", 415),
        (None, "", 404),
    ],
)
async def test_refuses_with_a_sentence(
    api, jp_root_dir: Path, name: str | None, content: str, status: int
):
    if name:
        (Path(jp_root_dir) / name).write_text(content)
    reply = await api("POST", "notebooks/convert", {"path": name or "missing.ipynb"})
    assert reply.status == status
    assert reply.json["message"]
    assert reply.json["remedy"]
    assert not list(Path(jp_root_dir).glob("*.py"))


async def test_a_notebook_that_takes_too_long_ends(api, reactive, lesson: Path, monkeypatch):
    # Nothing can be done in that time.
    for rule in reactive.handlers:
        if rule[0].endswith("notebooks/convert"):
            monkeypatch.setattr(rule[2]["conversions"], "seconds", 0.1)
    reply = await api("POST", "notebooks/convert", {"path": "course ä/lesson.ipynb"})
    assert reply.status == 422
    assert "longer than 0.1 seconds" in reply.json["message"]
