"""A page under another user's path, of the same origin, gets nothing and does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks import EVIL, OPEN_TO_OURSELVES, attack
from front_end import Notebook
from hub.login import logged_in
from hub.process import User
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = pytest.mark.hub

# A user can make their own server say what they like to whom they like.
EXTENSION = f"""
from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import RequestHandler

class Evil(RequestHandler):
    @allow_unauthenticated
    def get(self):
        if "coop" in self.request.query:
            self.set_header("Cross-Origin-Opener-Policy", "noopener-allow-popups")
        self.finish({EVIL!r})

def _jupyter_server_extension_points():
    return [{{"module": "evil"}}]

def _load_jupyter_server_extension(app):
    app.web_app.add_handlers(".*$", [(app.base_url + "evil.html", Evil)])
"""
CONFIG = """
import sys
sys.path.insert(0, FOLDER)
c.ServerApp.jpserver_extensions = {"evil": True}
"""


@pytest.fixture(scope="module")
def mallory(hub) -> User:
    """Somebody whose server has a page for others."""
    mallory = hub.user("mallory")
    folder: Path = mallory.home / ".jupyter"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evil.py").write_text(EXTENSION)
    config = CONFIG.replace("FOLDER", repr(str(folder)))
    (folder / "jupyter_server_config.py").write_text(config)
    mallory.start()
    return mallory


@pytest.fixture(scope="module")
def anna(hub) -> User:
    return hub.user("anna")


@pytest.fixture(scope="module")
def browser_of_anna(browser: Browser, anna: User) -> Iterator[BrowserContext]:
    """Where she has logged in, once for all tests."""
    with logged_in(browser, anna, "metrics") as page:
        yield page.context


@pytest.fixture
def at_work(anna: User, browser_of_anna: BrowserContext, notebook_source: str) -> Iterator[Page]:
    """Anna's notebook."""
    page = browser_of_anna.new_page()
    anna.write("private.py", notebook_source)
    page.goto(anna.url("reactive/edit/?file=private.py"))
    Notebook(page).expect_output("square: 1")
    yield page
    for page in browser_of_anna.pages:
        page.close()


def python_files(user: User) -> set[str]:
    return {path.name.replace("=", "") for path in user.home.glob("*.py")}


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param("", id="plain"),
        pytest.param("?coop", id="same opener policy", marks=pytest.mark.slow),
    ],
)
def test_page_of_another_user_gets_nothing(anna: User, mallory: User, at_work: Page, policy: str):
    before = python_files(anna)
    evil = at_work.context.new_page()
    evil.goto(mallory.url("evil.html") + policy)
    expect(evil.locator("body")).to_have_text("kittens")
    assert evil.evaluate(f"fetch('{anna.url('api/status')}').then(r => r.status)") == 403
    assert attack(evil, anna.url(), "private.py") == {}
    assert python_files(anna) == before


def test_referer_that_a_script_has_changed_opens_little(anna: User, mallory: User, at_work: Page):
    """On one origin a script can say that it is another page; SECURITY.md tells what is left."""
    evil = at_work.context.new_page()
    evil.goto(mallory.url("evil.html"))
    evil.evaluate(f"history.pushState(null, '', '{anna.url('lab')}')")
    before = python_files(anna)
    got = attack(evil, anna.url(), "private.py")
    left = {"read marimo", "read notebook", "iframe", "iframe of ours", "object"}
    assert set(got) == left, got
    assert python_files(anna) == before
    address = anna.url("lab")
    # To close these would keep nothing from it: so Jupyter's own pages stand open.
    with evil.expect_popup() as opened:
        evil.evaluate(f"window.lab = window.open('{address}'), null")
    expect(opened.value.locator("#jp-main-dock-panel")).to_be_visible()
    assert evil.evaluate("window.lab.document.cookie.includes('_xsrf=')")


def test_links_lead_her_to_her_notebooks(hub, anna: User, at_work: Page):
    """On the Hub's own page, in Lab, loaded again; and what she saves from there."""
    page = at_work
    address = anna.url("reactive/open/private.py")
    for start in (f"{hub.url}hub/home", anna.url("lab")):
        page.goto(start)
        with page.expect_navigation(url="**/reactive/edit/**"):
            page.evaluate(f"location.href = '{address}'")
        Notebook(page).expect_output("square: 1")
    page.reload()
    Notebook(page).expect_output("square: 1")
    with page.expect_download() as saved:
        page.evaluate("""() => {
            const link = Object.assign(document.createElement('a'), { href: 'logo.png' });
            link.download = 'logo.png';
            link.click();
        }""")
    assert saved.value.failure() is None
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")


def test_the_users_own_page_gets_all_of_it(anna: User, at_work: Page):
    """Else it would say nothing that others get nothing."""
    got = attack(at_work, anna.url(), "private.py")
    assert set(got) == OPEN_TO_OURSELVES, got
    assert {"json.py", "text.py", "form.py"} <= python_files(anna)
