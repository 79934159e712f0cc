"""Where marimo's edit server keeps what a notebook has shown, and what of it comes back."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from marimo._config.manager import get_default_config_manager
from marimo._messaging.cell_output import CellChannel, CellOutput
from marimo._messaging.notification import CellNotification
from marimo._session.state import serialize
from marimo._session.state.session_view import SessionView
from marimo._version import __version__

from jupyter_reactive.notebooks import marimo_app_server, marimo_edit_server
from jupyter_reactive.notebooks.marimo_edit_server import forget_old, private, snapshot_file

LONG_AGO = 1_000_000_000.0


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    file = tmp_path / "lesson.py"
    file.write_text("import marimo\n")
    return file


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the snapshots; marimo of this process keeps them there, for one test."""
    for name in ("get_session_cache_file", "serialize_session_view", "deserialize_session"):
        monkeypatch.setattr(serialize, name, getattr(serialize, name))
    manager = serialize.SessionCacheManager
    monkeypatch.setattr(manager, "read_session_view", manager.read_session_view)
    folder = private(tmp_path / "kept")
    marimo_edit_server.adapt(folder)
    return folder


@pytest.fixture
def opened(folder: Path, notebook: Path) -> Callable[[str], SessionView]:
    """A session of the notebook with one cell, of this code, opened after one that ran `1 + 1`."""
    view = SessionView()
    output = CellOutput(
        channel=CellChannel.OUTPUT, mimetype="text/plain", data="2", timestamp=LONG_AGO
    )
    view.cell_notifications["old"] = CellNotification(
        cell_id="old", status="idle", output=output, console=[], timestamp=LONG_AGO
    )
    view.last_executed_code["old"] = "1 + 1"
    view.last_execution_time["old"] = 1
    keep(view, "old", notebook)

    def open_(code: str) -> SessionView:
        manager = serialize.SessionCacheManager(SessionView(), None, notebook, 1)
        key = serialize.SessionCacheKey((code,), __version__, ("new",))
        return manager.read_session_view(key)

    return open_


def keep(view: SessionView, cell: str, notebook: Path) -> dict[str, Any]:
    """Write a snapshot as marimo does."""
    session = serialize.serialize_session_view(view, [cell], drop_virtual_file_outputs=True)
    serialize.get_session_cache_file(notebook).write_text(json.dumps(session))
    return session["cells"][0]


def test_results_come_back_with_their_time(opened, folder, notebook):
    shown = opened("1 + 1").cell_notifications["new"]
    assert shown.output.data == "2"
    assert shown.output.timestamp == LONG_AGO
    assert [file.name[:10] for file in folder.iterdir()] == ["lesson.py-"]
    assert not (notebook.parent / "__marimo__").exists()


def test_results_of_other_code_do_not(opened):
    assert not opened("1 + 2").cell_notifications


def test_a_session_that_nobody_came_to_keeps_them(opened, notebook):
    before = opened("1 + 1")
    assert not before.last_executed_code
    assert keep(before, "new", notebook)["reactive_time"] == LONG_AGO
    assert opened("1 + 1").cell_notifications["new"].output.data == "2"


def test_what_is_shown_without_a_run_is_of_no_time(opened, notebook):
    """As a page does that comes, gives up and comes again: its second session reads the first."""
    opened("1 + 1")
    view = SessionView()
    shown = CellOutput(channel=CellChannel.OUTPUT, mimetype="text/markdown", data="<h1>A</h1>")
    view.cell_notifications["old"] = CellNotification(cell_id="old", status="idle", output=shown)
    view.last_executed_code["old"] = "mo.md('# A')"
    assert keep(view, "old", notebook)["reactive_time"] == 0
    assert opened("mo.md('# A')").cell_notifications["new"].output.timestamp == 0


def test_folder_is_for_one_user(tmp_path: Path):
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    assert private(shared).stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    nowhere = snapshot_file(private(tmp_path / "file"), tmp_path / "lesson.py")
    assert not nowhere.exists()
    with pytest.raises(OSError, match="directory"):
        nowhere.write_text("")


def test_long_unused_snapshots_go(tmp_path: Path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.touch()
    new.touch()
    long_ago = time.time() - 91 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    forget_old(tmp_path)
    assert [*tmp_path.iterdir()] == [new]


def test_each_notebook_has_one_file(tmp_path: Path, notebook: Path):
    link = tmp_path / "other"
    link.symlink_to(notebook.parent)
    assert snapshot_file(tmp_path, link / "lesson.py") == snapshot_file(tmp_path, notebook)
    (tmp_path / "sub").mkdir()
    assert snapshot_file(tmp_path, tmp_path / "sub/lesson.py") != snapshot_file(tmp_path, notebook)
    longest = tmp_path / f"{'😀' * 63}.py"
    snapshot_file(tmp_path, longest).touch()


def test_no_app_shows_another_session():
    class OfNotebook:
        """What a notebook's own settings say."""

        def read(self) -> dict[str, Any]:
            return {"runtime": {"serve_cached_sessions_in_apps": True}}

    settings = get_default_config_manager(current_path=None)
    name = "serve_cached_sessions_in_apps"
    assert settings.with_partial(OfNotebook()).get_config()["runtime"][name]
    marimo_app_server._without_snapshots(settings)
    assert not settings.with_partial(OfNotebook()).get_config()["runtime"][name]
