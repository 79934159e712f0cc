"""Fails when a new marimo renames what an export goes by; and what is told of cells that raise."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from marimo._cli.export import commands
from marimo._cli.print import red
from marimo._messaging import errors
from marimo._session.extensions import extensions
from marimo._session.kernel_exit import classify_kernel_exit
from marimo._session.state.serialize import get_session_cache_file
from reports import BROKEN

from jupyter_reactive.models.exports import CellError
from jupyter_reactive.notebooks import marimo_export
from jupyter_reactive.notebooks.marimo_export import FORMATS, Format
from jupyter_reactive.notebooks.marimo_messages import ON_PURPOSE


@pytest.mark.parametrize("kind", FORMATS.values(), ids=FORMATS)
def test_command_and_options_are_there(kind: Format):
    command = commands.export.commands[kind.command[0]]
    known = {
        option
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    asked = kind.arguments(Path("a.py"), Path("out"), include_code=False)[2:-2]
    assert {word for word in asked if word.startswith("--")} <= known
    if kind.name == "pdf":
        assert set(marimo_export.TEX) <= known


def test_end_is_worded_like_this():
    assert marimo_export.RAISED in inspect.getsource(commands.watch_and_export)


@pytest.mark.parametrize("code", [None, 3, -9, -11], ids=str)
def test_kernel_that_died_is_worded_like_this(code: int | None):
    reason = classify_kernel_exit(code).message
    words = "The Python kernel for file {filename_str} died: "
    assert f'f"{words}"\n' in inspect.getsource(extensions)
    told = marimo_export.kernel_end(["before", f"\t{red(words + reason)}", "after"])
    assert told
    assert told == reason.partition(" Click Restart ")[0] != reason
    assert marimo_export.kernel_end(["before", "after"]) is None


def test_snapshot_is_kept_there(tmp_path: Path):
    notebook = tmp_path / "a.b.py"
    assert get_session_cache_file(notebook) == marimo_export.snapshot_file(notebook)


def test_what_is_no_failure_goes_by_these_names():
    source = inspect.getsource(errors.is_unexpected_error)
    harmless = {
        kind.__struct_config__.tag
        for name, kind in vars(errors).items()
        if hasattr(kind, "__struct_config__") and name in source
    }
    assert harmless == ON_PURPOSE


def cell(*errors: tuple[str, str]) -> dict:
    outputs = [{"type": "error", "ename": name, "evalue": value} for name, value in errors]
    return {"outputs": [*outputs, {"type": "data", "data": {}}]}


def test_cells_that_raised_have_number_and_name(tmp_path: Path):
    notebook = tmp_path / "a.py"
    notebook.write_text(BROKEN, "utf-8")
    snapshot = {
        "cells": [
            cell(("ancestor-stopped", "")),
            cell(("exception", "division by zero")),
            cell(("syntax", "line 1\n"), ("multiple-defs", "x")),
        ]
    }
    found = marimo_export.raised(snapshot, notebook)
    assert found == [
        CellError(2, "boom", "division by zero"),
        CellError(3, None, "line 1"),
        CellError(3, None, "x"),
    ]
    # A notebook that was changed meanwhile has other cells.
    notebook.write_text(BROKEN.replace("def boom", "def _"), "utf-8")
    assert marimo_export.raised(snapshot, notebook)[0] == CellError(2, None, "division by zero")
    notebook.write_text("---\nmarimo-version: 1\n---\n")
    assert marimo_export.raised(snapshot, notebook)[0].cell == 2


def test_page_without_a_run_has_no_snapshot():
    assert marimo_export.snapshot_in('<p>"session": {}</p>') is None
    assert marimo_export.snapshot_in('{\n  "session": {"cells": []},\n}') == {"cells": []}
