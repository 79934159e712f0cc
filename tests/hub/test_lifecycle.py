"""What is left when the Hub ends a user's server: nothing."""

from __future__ import annotations

import pytest
from front_end import Notebook
from hub.process import still_there
from playwright.sync_api import expect

pytestmark = pytest.mark.hub


def test_stopped_server_leaves_no_process(hub, log_in, notebook_source: str):
    """By the button of the Hub's page, which asks the same API as every program."""
    user = hub.user("erin")
    page = log_in(user, f"reactive/open/{user.write('slider.py', notebook_source)}")
    Notebook(page).expect_output("square: 1")
    server, *children = user.processes()
    commands = [" ".join(process.cmdline()) for process in children]
    assert any("marimo edit" in command for command in commands)
    assert len(children) >= 2, "marimo and a kernel"
    # The notebook's page stays open meanwhile.
    control = page.context.new_page()
    control.goto("hub/home")
    with control.expect_request(f"**/hub/api/users/{user.name}/server*") as asked:
        control.get_by_role("button", name="Stop My Server").click()
    assert asked.value.method == "DELETE"
    expect(control.get_by_role("button", name="Start My Server")).to_be_visible()
    assert still_there([server, *children]) == []
