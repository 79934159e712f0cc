"""A real JupyterHub with its proxy, its users' servers as processes, a browser for each user.

| fixture   | what                                                                           |
|-----------|--------------------------------------------------------------------------------|
| `hub`     | the running Hub, one for all tests                                             |
| `log_in`  | a user's page in a browser of its own, logged in through the Hub's form        |
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import pytest
from hub.process import Hub, User
from playwright.sync_api import BrowserContext, Page, expect

# The first page of a Lab or of marimo, on a machine that does other things too.
PATIENCE_SECONDS = 30

expect.set_options(timeout=PATIENCE_SECONDS * 1000)


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    hub = Hub(tmp_path_factory.mktemp("hub"))
    settings = hub.home / "config/labconfig/page_config.json"
    settings.parent.mkdir(parents=True)
    # Lab's news come from the network.
    news = "@jupyterlab/apputils-extension:announcements"
    settings.write_text(json.dumps({"disabledExtensions": {news: True}}))
    try:
        hub.start()
        yield hub
    finally:
        left = hub.stop()
    assert left == [], "the Hub's end left processes behind"


@pytest.fixture(scope="session")
def base_url(hub: Hub) -> str:
    """What `page.goto` starts from."""
    return hub.url


@pytest.fixture(autouse=True)
def hub_log(hub: Hub) -> Iterator[None]:
    """Show what the Hub and its users' servers wrote, when a test fails."""
    begin = hub.log.stat().st_size
    yield
    with hub.log.open("rb") as log:
        log.seek(begin)
        sys.stdout.write(log.read().decode("utf-8", "replace"))


@pytest.fixture
def log_in(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Log a user in through the Hub's form; gives their page, at the Lab of a server of theirs.

    The Hub starts the default server, whose name is empty; a named one has to run.
    """

    def log_in(user: User, server: str = "") -> Page:
        context = new_context()
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        page = context.new_page()
        page.goto(user.url("lab", server) if server else "hub/")
        page.get_by_label("Username").fill(user.name)
        page.get_by_label("Password").fill("anything")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(user.url("lab", server))
        return page

    return log_in
