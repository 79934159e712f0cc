"""A real Hub culls who is idle, and nobody else. Takes minutes, so that it runs by name."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from front_end import Notebook
from hub.process import Hub
from playwright.sync_api import expect

pytestmark = [pytest.mark.hub, pytest.mark.slow, pytest.mark.timeout(600)]

LIMIT = 60
LONG_CELL = """import marimo

app = marimo.App()


@app.cell
def _():
    import time

    "counting"
    time.sleep(600)
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    hub = Hub(tmp_path_factory.mktemp("culling"), idle_limit=LIMIT)
    try:
        hub.start()
        yield hub
    finally:
        left = hub.stop()
    assert left == []


def test_running_cell_survives_and_idle_tab_is_culled(hub, log_in, notebook_source: str):
    worker, idler = hub.user("wilma"), hub.user("ida")
    page = log_in(worker, f"reactive/open/{worker.write('long.py', LONG_CELL)}")
    expect(page.get_by_test_id("cell-status").first).to_have_attribute("data-status", "running")
    page.context.close()
    page = log_in(idler, f"reactive/open/{idler.write('slider.py', notebook_source)}")
    notebook = Notebook(page)
    notebook.expect_output("square: 1")
    opened = time.monotonic()
    while idler.runs():
        assert time.monotonic() - opened < 3 * LIMIT, "the idle server is not culled"
        page.wait_for_timeout(1000)
    assert time.monotonic() - opened > LIMIT - 10
    while time.monotonic() - opened < 2 * LIMIT:
        assert worker.runs(), "the server whose cell runs was culled"
        page.wait_for_timeout(1000)
