"""A page under another user's path, of the same origin, gets nothing and does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from attacks import EVIL, OPEN_TO_OURSELVES, attack
from front_end import Notebook
from hub.process import User
from playwright.sync_api import Page, expect

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


@pytest.fixture
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


@pytest.fixture
def ann(hub) -> User:
    return hub.user("ann")


@pytest.fixture
def at_work(ann: User, log_in, notebook_source: str) -> Page:
    """Ann's notebook, which she came to from her Lab."""
    page = log_in(ann)
    ann.write("private.py", notebook_source)
    page.goto(ann.url("reactive/edit/?file=private.py"))
    Notebook(page).expect_output("square: 1")
    return page


def python_files(user: User) -> set[str]:
    return {path.name.replace("=", "") for path in user.home.glob("*.py")}


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param("", id="plain"),
        pytest.param("?coop", id="same opener policy", marks=pytest.mark.slow),
    ],
)
def test_page_of_another_user_gets_nothing(ann: User, mallory: User, at_work: Page, policy: str):
    before = python_files(ann)
    evil = at_work.context.new_page()
    evil.goto(mallory.url("evil.html") + policy)
    expect(evil.locator("body")).to_have_text("kittens")
    assert evil.evaluate(f"fetch('{ann.url('api/status')}').then(r => r.status)") == 403
    assert attack(evil, ann.url(), "private.py") == {}
    assert python_files(ann) == before


def test_referer_that_a_script_has_changed_opens_little(ann: User, mallory: User, at_work: Page):
    """On one origin a script can say that it is another page; SECURITY.md tells what is left."""
    evil = at_work.context.new_page()
    evil.goto(mallory.url("evil.html"))
    evil.evaluate(f"history.pushState(null, '', '{ann.url('lab')}')")
    before = python_files(ann)
    got = attack(evil, ann.url(), "private.py")
    left = {"read marimo", "read notebook", "iframe", "iframe of ours", "object"}
    assert set(got) == left, got
    assert python_files(ann) == before


def test_links_lead_her_to_her_notebooks(hub, ann: User, at_work: Page):
    """On the Hub's own page, in Lab, loaded again; and what she saves from there."""
    page = at_work
    address = ann.url("reactive/open/private.py")
    for start in (f"{hub.url}hub/home", ann.url("lab")):
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


def test_the_users_own_page_gets_all_of_it(ann: User, at_work: Page):
    """Else it would say nothing that others get nothing."""
    got = attack(at_work, ann.url(), "private.py")
    assert set(got) == OPEN_TO_OURSELVES, got
    assert {"json.py", "text.py", "form.py"} <= python_files(ann)
