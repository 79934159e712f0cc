"""From a notebook of Jupyter to a reactive one: the report first, then the file, then its tab."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from front_end import Lab, one_page
from ipynb import ipynb
from playwright.sync_api import Locator, expect

page = one_page

ENTRY = "Convert to Reactive Notebook…"


@pytest.fixture
def write_ipynb(write) -> Callable[..., Path]:
    """Write a notebook of Jupyter."""

    def write_(name: str, *cells: str, language: str = "python") -> Path:
        return write(name, ipynb(*cells, language=language))

    return write_


def dialog(lab: Lab) -> Locator:
    """The report, when it is there."""
    return lab.page.get_by_role("dialog").filter(has=lab.page.locator(".jp-ReactiveReport"))


def test_report_first_then_the_notebook_opens(new_lab, write, write_ipynb):
    source = write_ipynb("lesson.ipynb", "# Squares", "x = 7", "for in", "%time y = x * x", "y + 0")
    before = source.read_bytes()
    taken = write("lesson.py", "mine")
    lab = new_lab()
    lab.file_browser("lesson.ipynb", ENTRY)
    report = dialog(lab)
    name = report.get_by_label("Name of the new notebook")
    expect(name).to_be_focused()
    expect(name).to_have_value("lesson_1.py")
    expect(name).to_have_accessible_description(re.compile("5 cells: one needs you"))
    needing = report.get_by_role("group").filter(has_text="One cell needs you")
    expect(needing.get_by_role("listitem").first).to_contain_text("Cell 3for in")
    expect(needing.locator(".jp-ReactiveReport-suggestion").first).not_to_be_empty()
    expect(report.get_by_text("# Squares")).not_to_be_visible()
    report.locator("summary", has_text="kept as").press("Enter")
    expect(report.get_by_text("# Squares")).to_be_visible()
    assert {path.name for path in source.parent.iterdir()} >= {"lesson.ipynb", "lesson.py"}
    assert not (source.parent / "lesson_1.py").exists()
    # A name that is taken is said in the dialog, which stays.
    name.fill("lesson.py")
    name.press("Enter")
    expect(dialog(lab).get_by_role("alert")).to_contain_text("“lesson.py” is there already.")
    name.fill("new.py")
    name.press("Enter")
    expect(lab.tab("new.py")).to_be_visible()
    expect(lab.file("new.py")).to_be_visible()
    lab.notebook.expect_output("49")
    assert taken.read_text() == "mine"
    assert source.read_bytes() == before
    # And back: the cells that nobody has edited are those of before.
    lab.file_browser("new.py", "Convert to Jupyter Notebook…")
    expect(dialog(lab).get_by_label("Name of the new notebook")).to_have_value("new.ipynb")
    dialog(lab).get_by_role("button", name="Convert").click()
    expect(lab.tab("new.ipynb")).to_be_visible()
    expect(lab.page.locator(".jp-Notebook:visible")).to_contain_text("%time y = x * x")


def test_ways_to_the_report_and_out_of_it(new_lab, write_ipynb, subtests):
    source = write_ipynb("lesson.ipynb", "x = 1", "x + 1")
    write_ipynb("r.ipynb", "x <- 1", language="R")
    lab = new_lab()
    with subtests.test("cancel writes nothing"):
        lab.file_browser("lesson.ipynb", ENTRY)
        expect(dialog(lab)).to_contain_text("2 cells: none of them needs you")
        lab.page.keyboard.press("Escape")
        expect(dialog(lab)).to_have_count(0)
        assert list(source.parent.glob("*.py")) == []

    with subtests.test("what is no Python is refused in words"):
        lab.file_browser("r.ipynb", ENTRY)
        toast = lab.page.locator(".jp-toastContainer")
        expect(toast).to_contain_text("“r.ipynb” could not be converted.")
        expect(toast).to_contain_text("in R, not in Python")
        expect(lab.page.get_by_role("dialog")).to_have_count(0)
        assert list(source.parent.glob("*.py")) == []

    with subtests.test("changes of the open notebook are saved first"):
        lab.double_click("lesson.ipynb")
        cell = lab.page.locator(".jp-Notebook .cm-content").first
        cell.click()
        cell.press("End")
        cell.press_sequentially("2345")
        lab.menu("File", ENTRY)
        lab.page.get_by_role("button", name="Save and Go On").click()
        expect(dialog(lab)).to_contain_text("x = 12345")
        lab.page.get_by_role("button", name="Cancel").click()
        assert "x = 12345" in source.read_text("utf-8")
