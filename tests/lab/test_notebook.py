"""One click: from the launcher to a live notebook that is a file."""

from __future__ import annotations

import re

import pytest
from conftest import TUTORIALS
from front_end import Notebook, eventually, one_page, without_program
from playwright.sync_api import expect

page = one_page


def test_tile_makes_a_notebook_and_opens_it(lab, jupyter):
    expect(lab.tile).to_have_attribute("title", re.compile("marimo"))
    lab.tile.click()
    expect(lab.tab("untitled.py")).to_be_visible()
    lab.notebook.expect_ready()
    lab.notebook.run_cell(1, "mo.md('six times seven is ' + str(6 * 7))")
    lab.notebook.expect_output("six times seven is 42")
    source = jupyter.root / "untitled.py"
    expect(lab.file("untitled.py")).to_be_visible()
    eventually(lab.page, lambda: "six times seven" in source.read_text())


# What the tutorials that have a slider show before it is moved, and after: the slider's number and
# two selectors. Those of plots.py and sql.py need packages and data that are not here, those of
# markdown_format.md change nothing that is shown.
SLIDERS = {
    "for_jupyter_users.py": (
        0,
        '.output-area:has-text("The value of"):has-text("is 1.")',
        '.output-area:has-text("The value of"):has-text("is 2.")',
    ),
    "intro.py": (
        0,
        '.output-area:has-text("like this slider") >> text="🍃"',
        '.output-area:has-text("like this slider") >> text="🍃🍃"',
    ),
    "layout.py": (2, '[style*="min-width: 70px"]', '[style*="min-width: 71px"]'),
    "markdown.py": (0, 'text="Your leaves: 🍃"', 'text="Your leaves: 🍃🍃"'),
    "ui.py": (
        0,
        '.output-area:has-text("its value: 1.")',
        '.output-area:has-text("its value: 2.")',
    ),
}


# The others open the same way, and each takes a quarter of a minute.
USUAL = {"markdown_format.md", "ui.py"}


@pytest.mark.parametrize(
    "tutorial",
    [
        pytest.param(path, id=path.name, marks=() if path.name in USUAL else pytest.mark.slow)
        for path in TUTORIALS
    ],
)
def test_every_tutorial_opens_through_the_route(page, jupyter, write, tutorial):
    write(tutorial.name, tutorial.read_text("utf-8"))
    page.goto(f"{jupyter.url}reactive/open/{tutorial.name}?token={jupyter.token}")
    notebook = Notebook(page)
    notebook.expect_ready()
    expect(notebook.outputs.locator("*:visible").first).to_be_visible()
    expect(notebook.outputs.nth(2)).to_be_attached()
    expect(page.get_by_text("kernel not found", exact=False)).to_have_count(0)
    if tutorial.name in SLIDERS:
        number, before, after = SLIDERS[tutorial.name]
        expect(page.locator(before).first).to_be_visible()
        expect(page.locator(after)).to_have_count(0)
        notebook.slider(number).press("ArrowRight")
        expect(page.locator(after).first).to_be_visible()
        expect(page.locator(before)).to_have_count(0)


def test_sliders_are_those_of_the_tutorials():
    assert set(SLIDERS) <= {path.name for path in TUTORIALS}


USUAL_NAMES = ("n.py", "n_mo.py", "n.mo.py", "n.marimo.py", "n#1.py")
STRANGE_NAMES = ("with space.py", "quote'.py", "é.py", "50%.py", "a%2Fb.py", "🌊.py")


def test_double_click_opens_any_name(new_lab, write, jupyter):
    # To draw each of the pages would say no more than to draw one with all that is strange.
    everything = "".join(name.removesuffix(".py") for name in STRANGE_NAMES) + "#1.mo.py"
    for name in (*USUAL_NAMES, *STRANGE_NAMES, everything):
        write(name)
    lab = new_lab()
    with without_program(lab.page):
        for name in (*USUAL_NAMES, *STRANGE_NAMES):
            lab.double_click(name)
            expect(lab.tab(name)).to_have_class(re.compile("lm-mod-current"))
            # marimo has begun with this file, and no other.
            lab.expect_sessions(name)
            lab.execute("application:close")
            expect(lab.tab(name)).to_have_count(0)
            jupyter.request("reactive/api/sessions", "DELETE")
    lab.double_click(everything)
    lab.notebook.expect_output("square: 1")
    lab.expect_sessions(everything)


def test_bad_notebook_says_why_in_its_tab_and_leads_to_the_editor(new_lab, write):
    write("broken.py", "import marimo\napp = marimo.App()\n\nx = (\n")
    lab = new_lab()
    lab.double_click("broken.py")
    expect(lab.notebook.frame.get_by_role("heading")).to_contain_text("needs a repair")
    lab.notebook.frame.get_by_role("button", name="Open in the text editor").click()
    expect(lab.page.locator(".jp-FileEditor .cm-content")).to_contain_text("x = (")


def test_missing_notebook_can_be_created_from_the_page(page, jupyter):
    page.goto(f"{jupyter.url}reactive/open/new/one.py?token={jupyter.token}")
    page.get_by_role("button", name="Create this notebook").click()
    expect(page.get_by_role("alert").filter(has_text="There is no folder")).to_be_visible()
    page.goto(f"{jupyter.url}reactive/open/one.py")
    page.get_by_role("button", name="Create this notebook").press(" ")
    Notebook(page).expect_ready()
    assert (jupyter.root / "one.py").is_file()
