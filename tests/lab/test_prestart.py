"""The edit server runs before anybody opens a notebook."""

from __future__ import annotations

from front_end import Lab, eventually, own_lab
from jupyter_process import JupyterProcess
from playwright.sync_api import expect

jupyter = own_lab()


def state(jupyter: JupyterProcess) -> str:
    return jupyter.get("reactive/api/servers/edit")["state"]


def test_lab_starts_it_and_the_first_notebook_waits_for_nothing(page, jupyter, write):
    write("slider.py")
    assert state(jupyter) == "stopped"
    lab = Lab(page, jupyter)
    lab.open()
    eventually(page, lambda: state(jupyter) == "running")
    marimo = jupyter.marimo()
    statuses: list[int] = []
    page.on(
        "response",
        lambda reply: statuses.append(reply.status) if "edit/?" in reply.url else None,
    )
    lab.double_click("slider.py")
    lab.notebook.expect_output("square: 1")
    assert statuses == [200]
    assert jupyter.marimo() == marimo
    expect(page.locator(".jp-toast")).to_have_count(0)
