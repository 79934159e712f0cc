"""Notebook 7: its New menu and a double click."""

from __future__ import annotations

import re

from front_end import Notebook
from playwright.sync_api import expect


def notebook_of(page):
    return Notebook(page.frame_locator(".jp-ReactiveFrame:visible"))


def test_file_browser(page, jupyter, write, subtests):
    write("slider.py")
    write("script.py", "print('hello')\n")
    page.goto(f"{jupyter.url}tree?token={jupyter.token}")
    files = page.locator(".jp-DirListing-item")
    with subtests.test("a double click opens a live notebook"):
        with page.expect_popup() as popup:
            files.filter(has_text="slider.py").dblclick()
        notebook = notebook_of(popup.value)
        notebook.expect_output("square: 1")
        notebook.slider().press("ArrowRight")
        notebook.expect_output("square: 4")
        popup.value.close()

    with subtests.test("other Python files open as before"):
        with page.expect_popup() as popup:
            files.filter(has_text="script.py").dblclick()
        expect(popup.value.locator(".jp-FileEditor .cm-content")).to_contain_text("print")
        popup.value.close()

    with subtests.test("the New menu"):
        page.locator(".jp-FileBrowser-toolbar").get_by_text("New", exact=True).click()
        entry = page.get_by_role("menuitem", name=re.compile("Reactive notebook", re.IGNORECASE))
        expect(entry).to_be_visible()
        with page.expect_popup() as popup:
            entry.click()
        notebook_of(popup.value).expect_ready()
        assert (jupyter.root / "untitled.py").is_file()
