"""Servers and kernels that end under an open tab: it says so and goes on, with what was typed.

Cells do not run when a notebook is opened here, as for users who have configured nothing.
"""

from __future__ import annotations

import os
import re
import signal

import pytest
from front_end import Lab, eventually, one_page, own_lab
from jupyter_process import JupyterProcess
from playwright.sync_api import expect

page = one_page

TYPED = "import marimo as mo; typed = 'kept'"
AGAIN = f"{TYPED}; again = 'kept'"


# It looks often whether marimo hangs, and gives up early.
jupyter = own_lab(
    "--LivenessProbe.interval=0.5",
    "--LivenessProbe.timeout=5",
    "--LivenessProbe.frozen_after=8",
    "--RestartPolicy.max_restarts=1",
    "--SessionLimits.max_sessions=2",
    "--ActivityMonitor.max_keep_alive_hours=12",
    runs_cells=False,
)


@pytest.fixture(autouse=True)
def first_server(clean: None, jupyter: JupyterProcess) -> None:
    """No test begins with a marimo server that has been started again before."""
    jupyter.request("reactive/api/servers/edit", "DELETE")


@pytest.fixture
def opened(new_lab, write) -> Lab:
    """JupyterLab with slider.py open, run, and its slider moved from 1 to 2."""
    write("slider.py")
    lab = new_lab()
    lab.double_click("slider.py")
    run_and_slide(lab)
    return lab


def run_and_slide(lab: Lab) -> None:
    lab.notebook.expect_ready()
    lab.notebook.run_stale()
    lab.notebook.expect_output("square: 1")
    lab.notebook.slider().press("ArrowRight")
    lab.notebook.expect_output("square: 4")


def mark(lab: Lab) -> None:
    """Make a page that is loaded again another one."""
    lab.notebook.frame.locator("body").evaluate("body => { body.dataset.same = 'yes'; }")


def expect_same_page_computes(lab: Lab, typed: str = TYPED) -> None:
    """Nothing that was typed is lost, and one key runs every cell."""
    expect(lab.bar).to_contain_text("Variables are gone")
    expect(lab.bar).to_have_attribute("role", "alert")
    expect(lab.notebook.frame.locator("body")).to_have_attribute("data-same", "yes")
    expect(lab.notebook.cells.nth(0)).to_contain_text(typed)
    lab.bar.get_by_role("button", name="Run all cells").press("Enter")
    expect(lab.bar).not_to_be_visible(timeout=60_000)
    expect(lab.iframe).to_be_focused()
    lab.notebook.expect_computes()
    expect(lab.notebook.cells.nth(0)).to_contain_text(typed)


def test_killed_server_and_one_that_is_left_alone(opened, jupyter):
    mark(opened)
    opened.notebook.type_into_cell(0, TYPED)
    os.kill(jupyter.marimo().pid, signal.SIGKILL)
    expect(opened.bar).to_contain_text(
        re.compile(r"ended unexpectedly \(signal 9\)\. It (is being|was) started again")
    )
    expect(opened.bar).to_contain_text("It was started again", timeout=60_000)
    expect_same_page_computes(opened)

    opened.notebook.type_into_cell(0, AGAIN)
    os.kill(jupyter.marimo().pid, signal.SIGKILL)
    expect(opened.bar).to_contain_text("is left alone now")
    opened.bar.get_by_role("button", name="Show log").click()
    expect(opened.page.get_by_role("log")).to_contain_text("access_token=***")
    opened.page.keyboard.press("Escape")
    opened.bar.get_by_role("button", name="Retry").click()
    expect(opened.bar).to_contain_text("was started again", timeout=60_000)
    expect_same_page_computes(opened, AGAIN)


def test_frozen_stopped_and_restarted_server(opened, jupyter):
    mark(opened)
    opened.notebook.type_into_cell(0, TYPED)
    os.killpg(jupyter.marimo().pid, signal.SIGSTOP)
    expect(opened.bar).to_contain_text("does not answer at the moment")
    expect(opened.bar.get_by_role("button", name="Restart")).to_be_visible()
    expect(opened.bar).to_contain_text("did not answer any more", timeout=60_000)
    expect(opened.bar).to_contain_text("It was started again", timeout=60_000)
    expect_same_page_computes(opened)

    opened.notebook.type_into_cell(0, AGAIN)
    jupyter.request("reactive/api/servers/edit", "DELETE")
    expect(opened.bar).to_contain_text("was stopped")
    # marimo's page does not try again by itself after such an end.
    expect(opened.notebook.frame.get_by_test_id("disconnected-indicator")).to_be_visible()
    opened.bar.get_by_role("button", name="Start again").click()
    expect(opened.bar).to_contain_text("was started again", timeout=60_000)
    expect_same_page_computes(opened, AGAIN)

    jupyter.post("reactive/api/servers/edit/restart")
    expect(opened.bar).to_contain_text("was started again", timeout=60_000)
    opened.bar.get_by_role("button", name="Dismiss").click()
    expect(opened.bar).not_to_be_visible()
    expect(opened.notebook.frame.locator("body")).to_have_attribute("data-same", "yes")


def test_killed_kernel_takes_no_other_notebook_along(opened, write, jupyter):
    kernels = kernels_of(jupyter)
    write("other.py")
    opened.page.get_by_role("button", name=re.compile("Refresh")).click()
    opened.double_click("other.py")
    # The second of two that may be open.
    expect(opened.bar).to_contain_text("this is the last")
    expect(opened.page.locator(".Toastify").filter(has_text="this is the last")).to_have_count(0)
    opened.bar.get_by_role("button", name="Dismiss").click()
    expect(opened.bar).not_to_be_visible()
    run_and_slide(opened)

    opened.tab("slider.py").click()
    opened.notebook.type_into_cell(0, TYPED)
    # marimo's own way back keeps what is saved.
    eventually(opened.page, lambda: TYPED in (jupyter.root / "slider.py").read_text())
    os.kill(kernels[0], signal.SIGKILL)
    frame = opened.notebook.frame
    expect(frame.get_by_text("Kernel stopped")).to_be_visible()
    expect(opened.notebook.cells.nth(0)).to_contain_text(TYPED)
    opened.tab("other.py").click()
    opened.notebook.slider().press("ArrowRight")
    opened.notebook.expect_output("square: 9")

    opened.tab("slider.py").click()
    frame.get_by_role("button", name="Restart").click()
    frame.get_by_role("alertdialog").get_by_role("button", name="Restart").click()
    expect(frame.get_by_text("Kernel stopped")).to_have_count(0)
    opened.notebook.expect_ready()
    expect(opened.notebook.cells.nth(0)).to_contain_text(TYPED)
    opened.notebook.run_stale()
    opened.notebook.expect_output("square: 1")
    opened.tab("other.py").click()
    opened.notebook.slider().press("ArrowRight")
    opened.notebook.expect_output("square: 16")


def kernels_of(jupyter: JupyterProcess) -> list[int]:
    children = jupyter.marimo().children(recursive=True)
    return [child.pid for child in children if "spawn_main" in " ".join(child.cmdline())]


def test_keep_running_for_a_while(lab, jupyter):
    lab.menu("File", "Keep Running for a While…")
    dialog = lab.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("at most 12")
    dialog.get_by_role("spinbutton").fill("13")
    dialog.get_by_role("button", name="Keep Running").click()
    expect(lab.page.locator(".Toastify")).to_contain_text("could not be told to keep running")

    lab.execute("reactive:keep-alive")
    dialog.get_by_role("spinbutton").fill("2")
    dialog.get_by_role("button", name="Keep Running").click()
    expect(lab.page.locator(".Toastify")).to_contain_text("Jupyter is kept running until")
    assert jupyter.get("reactive/api/activity")["keep_alive_until"]

    lab.execute("reactive:keep-alive")
    expect(dialog).to_contain_text("Jupyter is kept running until")
    dialog.get_by_role("button", name="End It").click()
    expect(lab.page.locator(".Toastify")).to_contain_text("counts as idle again")
    assert jupyter.get("reactive/api/activity")["keep_alive_until"] is None
