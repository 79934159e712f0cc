"""A notebook shows what it showed last, with its time, until it is run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cells import source_of
from front_end import Notebook, eventually, own_lab
from jupyter_process import JupyterProcess
from playwright.sync_api import Page, expect

from jupyter_reactive.transport import COOKIE

jupyter = own_lab(runs_cells=False)

SOURCE = source_of(
    "1000 + 1", "2000 + 2", "import sys", "import marimo as mo", 'mo.md("shown without a run")'
)
# Of the year 2001, so that nothing of today is taken for it.
LONG_AGO = 1_000_000_000


@pytest.fixture
def kept(jupyter: JupyterProcess, page: Page, write) -> None:
    """The results of a session that ended long ago."""
    write("lesson.py", SOURCE)
    notebook = open_(page, jupyter)
    notebook.expect_output("shown without a run")
    expect(notebook.frame.locator(".reactive-earlier")).to_have_count(0)
    # Nor does the next session take it for a result.
    eventually(page, lambda: "shown" in kept_of(jupyter))
    end_sessions(jupyter, page)
    notebook = open_(page, jupyter)
    notebook.expect_output("shown without a run")
    expect(notebook.frame.locator(".reactive-earlier")).to_have_count(0)
    notebook.run_stale()
    notebook.expect_output("2002")
    eventually(page, lambda: "2002" in kept_of(jupyter))
    end_sessions(jupyter, page)
    folder = snapshots(jupyter)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not (jupyter.root / "__marimo__").exists()
    (file,) = folder.glob("lesson.py-*")
    snapshot = json.loads(file.read_text())
    for cell in snapshot["cells"]:
        cell["reactive_time"] = LONG_AGO
    file.write_text(json.dumps(snapshot))


def snapshots(jupyter: JupyterProcess) -> Path:
    return jupyter.home / "cache/jupyter-reactive/snapshots"


def kept_of(jupyter: JupyterProcess) -> str:
    return "".join(file.read_text() for file in snapshots(jupyter).glob("lesson.py-*"))


def end_sessions(jupyter: JupyterProcess, page: Page) -> None:
    page.goto("about:blank")
    jupyter.request("reactive/api/sessions", "DELETE")
    eventually(page, lambda: not jupyter.get("reactive/api/sessions"))


def open_(page: Page, jupyter: JupyterProcess) -> Notebook:
    page.goto(f"{jupyter.url}reactive/open/lesson.py?token={jupyter.token}")
    notebook = Notebook(page)
    notebook.expect_ready()
    return notebook


@pytest.fixture
def hear_by_events(page: Page, jupyter: JupyterProcess) -> Iterator[Callable[[], None]]:
    """Be a browser whose network drops websockets."""

    def hear() -> None:
        page.context.add_cookies([{"name": COOKIE, "value": "sse", "url": jupyter.url}])

    yield hear
    # Other tests share the browser.
    page.context.clear_cookies(name=COOKIE)


def test_results_say_their_time_until_each_has_run(kept, jupyter, page, hear_by_events):
    notebook = open_(page, jupyter)
    notebook.expect_output("1001")
    note = page.get_by_role("status").filter(has_text="Results of")
    expect(note).to_contain_text("2001")
    page.get_by_role("button", name="Close").press("Enter")
    expect(note).to_have_count(0)
    with page.expect_request("**/reactive/edit/sse?*"):
        hear_by_events()
        page.reload()
    expect(note).to_contain_text("2001")
    notebook.run_cell(0, "3000 + 3")
    notebook.expect_output("3003")
    expect(note).to_contain_text("2001")
    page.reload()
    notebook.expect_output("3003")
    expect(note).to_contain_text("2001")
    notebook.run_stale()
    expect(note).to_have_count(0)
