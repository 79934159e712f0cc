"""What a notebook shows is written beside it when it is saved, where that is wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cells import source_of

from jupyter_reactive.events import NOTICE_SCHEMA

CELL = "'shown ' + str(40 + 2)"


@pytest.fixture
def notebook(jp_root_dir: Path) -> str:
    (jp_root_dir / "work").mkdir()
    (jp_root_dir / "work/lesson.py").write_text(source_of(CELL))
    return "work/lesson.py"


@pytest.fixture
def snapshot(jp_root_dir: Path) -> Path:
    return jp_root_dir / "work/lesson.snapshot.ipynb"


@pytest.fixture
def save(jp_root_dir, notebook, marimo_post):
    """Save the notebook with one cell, as marimo's page does."""

    async def save_(code: str) -> None:
        body: dict[str, Any] = {
            "cellIds": ["Hbol"],
            "codes": [code],
            "names": ["_"],
            "configs": [{}],
            "filename": str(jp_root_dir / notebook),
            "persist": True,
        }
        reply = await marimo_post("api/kernel/save", body)
        assert reply.status == 200, reply.text

    return save_


@pytest.fixture
def run(marimo_post):
    """Run the notebook."""

    async def run_() -> None:
        body = {"objectIds": [], "values": [], "autoRun": True}
        assert (await marimo_post("api/kernel/instantiate", body)).status == 200

    return run_


async def test_a_save_writes_what_is_shown_and_nothing_else(
    started, notebook, snapshot, save, run, open_session, reactive, until, events
):
    await open_session(notebook)
    await run()
    await save(CELL)
    await until(lambda: reactive.parts.output_notebooks.is_idle)
    assert not snapshot.exists(), "it is off by default"
    reactive.parts.output_notebooks.on_save = True
    await save(CELL + "  # one")
    await until(snapshot.exists)
    assert "shown 42" in json.dumps(json.loads(snapshot.read_text())["cells"][-1]["outputs"])

    own = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    snapshot.write_text(own)
    await save(CELL + "  # two")
    await until(lambda: [event for event in events if event["schema"] == NOTICE_SCHEMA])
    assert snapshot.read_text() == own
    assert "work/lesson.snapshot.ipynb" in events[-1]["message"]
    assert reactive.parts.output_notebooks.is_idle
