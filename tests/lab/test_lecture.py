"""A lecture: an app that shows its code, by a link."""

from __future__ import annotations

from urllib.parse import urlsplit

from front_end import Notebook, own_lab
from playwright.sync_api import expect

from jupyter_reactive.links.platforms import View, What, route

jupyter = own_lab("--AppServerLauncher.include_code=True")


def test_link_shows_the_app_with_its_code(jupyter, page, write):
    write("lecture.py")
    link = route("lecture.py", View(What.APP, with_code=True))
    page.goto(f"{jupyter.url}{link}&token={jupyter.token}")
    lecture = Notebook(page)
    lecture.expect_output("square: 1")
    code = page.get_by_text("mo.ui.slider(1, 9")
    expect(code.first).to_be_visible()
    assert "token" not in urlsplit(page.url).query
    lecture.slider().press("End")
    lecture.expect_output("square: 81")
    page.goto(f"{jupyter.url}{route('lecture.py', View(What.APP))}")
    lecture.expect_output("square: 1")
    expect(code).to_have_count(0)
