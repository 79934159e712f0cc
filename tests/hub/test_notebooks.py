"""What users of a Hub see: the tile, a live notebook, and nobody else's."""

from __future__ import annotations

import pytest
from front_end import Notebook
from hub.process import Hub, User
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.hub

# A name, and that of a server of theirs: the default one has none.
USERS = {
    "special name": ("o'neil <&\"ä>@exämple.org", ""),
    "named server": ("dora", "second"),
}


def new_notebook(page: Page) -> Notebook:
    """Click the launcher's tile; gives the notebook in its tab, with one empty cell to use."""
    page.get_by_role("button", name="Reactive notebook").click()
    notebook = Notebook(page.frame_locator(".jp-ReactiveFrame"))
    expect(notebook.cells).to_have_count(2)
    notebook.expect_ready()
    return notebook


def started(hub: Hub, kind: str) -> tuple[User, str]:
    """A user and a server of theirs; the default one starts when somebody comes."""
    name, server = USERS[kind]
    user = hub.user(name)
    if server:
        user.start(server)
    return user, server


@pytest.mark.parametrize("kind", USERS)
def test_from_login_over_the_tile_to_live_output(hub, log_in, kind: str):
    user, server = started(hub, kind)
    notebook = new_notebook(log_in(user, "lab", server))
    notebook.run_cell(1, "6 * 7")
    notebook.expect_output("42")


def test_two_users_at_the_same_time(hub, log_in, notebook_source: str):
    notebooks = []
    for kind in USERS:
        user, server = started(hub, kind)
        user.write("slider.py", notebook_source)
        notebooks.append(Notebook(log_in(user, "reactive/open/slider.py", server)))
    for notebook in notebooks:
        notebook.expect_output("square: 1")
    one, other = notebooks
    one.slider().press("ArrowRight")
    other.slider().press("ArrowRight")
    other.slider().press("ArrowRight")
    one.expect_output("square: 4")
    other.expect_output("square: 9")
