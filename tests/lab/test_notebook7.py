"""Notebook 7: its New menu and a double click."""

from __future__ import annotations

import re

import pytest
from front_end import Notebook
from playwright.sync_api import expect


@pytest.fixture
def tree(page, jupyter):
    """Notebook 7's file browser."""

    def open_():
        page.goto(f"{jupyter.url}tree?token={jupyter.token}")
        expect(page.locator(".jp-DirListing")).to_be_visible()
        return page

    return open_


def notebook_of(page):
    return Notebook(page.frame_locator(".jp-ReactiveFrame:visible"))


def test_double_click_and_live_output(tree, write):
    write("slider.py")
    page = tree()
    with page.expect_popup() as popup:
        page.locator(".jp-DirListing-item").filter(has_text="slider.py").dblclick()
    notebook = notebook_of(popup.value)
    notebook.expect_output("square: 1")
    notebook.slider().press("ArrowRight")
    notebook.expect_output("square: 4")


def test_other_python_files_open_as_before(tree, write):
    write("script.py", "print('hello')\n")
    page = tree()
    with page.expect_popup() as popup:
        page.locator(".jp-DirListing-item").filter(has_text="script.py").dblclick()
    expect(popup.value.locator(".jp-FileEditor .cm-content")).to_contain_text("print")


def test_new_menu(tree, jupyter):
    page = tree()
    page.locator(".jp-FileBrowser-toolbar").get_by_text("New", exact=True).click()
    entry = page.get_by_role("menuitem", name=re.compile("Reactive notebook", re.IGNORECASE))
    expect(entry).to_be_visible()
    with page.expect_popup() as popup:
        entry.click()
    notebook_of(popup.value).expect_ready()
    assert (jupyter.root / "untitled.py").is_file()
