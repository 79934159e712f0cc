"""What is left when the Hub ends a user's server: nothing."""

from __future__ import annotations

import pytest
from front_end import Notebook
from hub.process import still_there
from playwright.sync_api import expect

pytestmark = pytest.mark.hub


@pytest.mark.parametrize("way", ["api", "page"])
def test_stopped_server_leaves_no_process(hub, log_in, notebook_source: str, way: str):
    user = hub.user("erin")
    page = log_in(user, f"reactive/open/{user.write('slider.py', notebook_source)}")
    Notebook(page).expect_output("square: 1")
    server, *children = user.processes()
    commands = [" ".join(process.cmdline()) for process in children]
    assert any("marimo edit" in command for command in commands)
    assert len(children) >= 2, "marimo and a kernel"
    if way == "api":
        user.stop()
    else:
        # The notebook's page stays open meanwhile.
        control = page.context.new_page()
        control.goto("hub/home")
        control.get_by_role("button", name="Stop My Server").click()
        expect(control.get_by_role("button", name="Start My Server")).to_be_visible()
    assert still_there([server, *children]) == []
