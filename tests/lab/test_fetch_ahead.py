"""What a notebook's page needs comes in few requests, and before anybody opens one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import brotli
import pytest
from front_end import Lab, Notebook, eventually, own_lab
from jupyter_process import JupyterProcess
from playwright.sync_api import Browser, Frame, Page

from jupyter_reactive.assets.catalog import Catalog, read_catalog

ASSETS = "/reactive/assets/"
ASKED_FOR = re.compile(rf"GET \S*{ASSETS}[^/]+/(\S+)")
# As where Jupyter is reached by another machine's name without HTTPS.
NO_WORKERS = "delete Navigator.prototype.serviceWorker"
FROM_WORKER = "performance.getEntriesByType('resource').filter(e => e.workerStart > 0).length"


# One that tells of every request, and whose copies are spoilt here.
jupyter = own_lab("--ServerApp.log_level=DEBUG", own_copies=True)


@pytest.fixture
def fresh_page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that has kept nothing."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def asked_for(jupyter: JupyterProcess) -> Callable[[], list[str]]:
    """The static files that Jupyter was asked for since the last call."""
    seen = len(jupyter.log.read_text())

    def new() -> list[str]:
        nonlocal seen
        text = jupyter.log.read_text()
        found = ASKED_FOR.findall(text[seen:])
        seen = len(text)
        return found

    return new


@pytest.fixture
def catalog() -> Catalog:
    found = read_catalog()
    assert found
    return found


def scripts(files: list[str]) -> list[str]:
    return [name for name in files if name.endswith(".js")]


def notebook_frame(page: Page) -> Frame:
    return next(frame for frame in page.frames if "reactive/edit" in frame.url)


def test_lab_fetches_a_pack_and_the_notebook_is_made_of_it(
    fresh_page, jupyter, write, asked_for, catalog
):
    write("slider.py")
    lab = Lab(fresh_page, jupyter)
    lab.open()
    ahead: list[str] = []

    def is_there() -> bool:
        ahead.extend(asked_for())
        return len(ahead) >= len(jupyter.get("reactive/api/assets?form=packed")["files"])

    eventually(fresh_page, is_there)
    assert catalog.pack_name in ahead
    assert not scripts(ahead)
    lab.double_click("slider.py")
    lab.notebook.expect_output("square: 1")
    frame = notebook_frame(fresh_page)
    assert frame.evaluate(FROM_WORKER) > 200
    later = asked_for()
    # What nobody knows before the editor runs, and no font.
    assert len(scripts(later)) < 20, later
    assert catalog.pack_name not in later
    assert not [name for name in later if name.endswith(".woff2")]
    frame.evaluate("location.reload()")
    lab.notebook.expect_output("square: 1")
    assert not asked_for()


def test_without_workers_the_files_are_fetched_one_by_one(fresh_page, jupyter, write):
    fresh_page.add_init_script(NO_WORKERS)
    answers: dict[str, list[bool]] = {}
    session = fresh_page.context.new_cdp_session(fresh_page)
    session.send("Network.enable")

    def note(event) -> None:
        response = event["response"]
        if ASSETS in response["url"]:
            answers.setdefault(response["url"], []).append(response["fromDiskCache"])

    session.on("Network.responseReceived", note)
    write("slider.py")
    lab = Lab(fresh_page, jupyter)
    lab.open()
    files = jupyter.get("reactive/api/assets")["files"]
    wanted = {urljoin(jupyter.url, path) for path in files}
    eventually(fresh_page, lambda: wanted <= answers.keys())
    ahead = dict(answers)
    answers.clear()
    lab.double_click("slider.py")
    lab.notebook.expect_output("square: 1")
    asked_again = wanted & answers.keys()
    assert len(asked_again) > 200
    assert all(all(answers[url]) for url in asked_again)
    assert not any(any(kept) for kept in ahead.values())


@pytest.mark.parametrize("damage", ["cut", pytest.param("not a pack", marks=pytest.mark.slow)])
def test_a_bad_pack_costs_nothing_but_time(
    fresh_page, jupyter, write, asked_for, catalog, damage: str
):
    """By a disk that was full, by a hand."""
    copy: Path = jupyter.home / "cache/jupyter-reactive" / catalog.key / f"{catalog.pack_name}.br"
    copy.parent.mkdir(parents=True, exist_ok=True)
    pack = catalog.read(catalog.pack_name)
    copy.write_bytes(brotli.compress(pack[:200_000] if damage == "cut" else b"{}", quality=1))
    try:
        write("slider.py")
        fresh_page.goto(f"{jupyter.url}reactive/open/slider.py?token={jupyter.token}")
        Notebook(fresh_page).expect_output("square: 1")
    finally:
        copy.unlink()
    assert catalog.pack_name in (asked := asked_for())
    assert len(scripts(asked)) > 100
