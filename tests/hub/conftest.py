"""A real JupyterHub with its proxy, its users' servers as processes, a browser for each user.

| fixture   | what                                                                           |
|-----------|--------------------------------------------------------------------------------|
| `hub`     | the running Hub, one for all tests                                             |
| `log_in`  | a route in a browser of a user's own, logged in through the Hub's form         |

With several workers each has a Hub of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from front_end import PAGE_CONFIG
from hub.login import PATIENCE_SECONDS, logged_in
from hub.process import Hub
from playwright.sync_api import Browser, Page, expect

expect.set_options(timeout=PATIENCE_SECONDS * 1000)


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    hub = Hub(tmp_path_factory.mktemp("hub"))
    settings = hub.home / "config/labconfig/page_config.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(PAGE_CONFIG))
    try:
        hub.start()
        yield hub
    finally:
        left = hub.stop()
    assert left == [], "the Hub's end left processes behind"


@pytest.fixture(autouse=True)
def hub_log(hub: Hub) -> Iterator[None]:
    """Show what the Hub and its users' servers wrote, when a test fails."""
    begin = hub.log.stat().st_size
    yield
    with hub.log.open("rb") as log:
        log.seek(begin)
        sys.stdout.write(log.read().decode("utf-8", "replace"))


@pytest.fixture
def log_in(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Log a user in on the way to a route; gives their page."""
    with ExitStack() as stack:
        yield lambda *user: stack.enter_context(logged_in(browser, *user))
