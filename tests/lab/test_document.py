"""The tab follows its file and its server, and nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from front_end import Notebook, eventually, one_page
from playwright.sync_api import Page, Request, expect

page = one_page


@pytest.fixture
def opened(new_lab, write):
    """JupyterLab with slider.py open in a tab and its slider moved from 1 to 2."""
    write("slider.py")
    lab = new_lab()
    lab.open_slider("slider.py")
    return lab


def asked_by_lab(page: Page, seconds: float) -> list[str]:
    """What JupyterLab itself asks for in some time; marimo's own page asks for what it wants."""
    asked: list[Request] = []

    def hear(request: Request) -> None:
        asked.append(request)

    page.on("request", hear)
    page.wait_for_timeout(seconds * 1000)
    page.remove_listener("request", hear)
    return [request.url for request in asked if request.frame == page.main_frame]


def test_tab_that_stays_open(opened, jupyter, subtests):
    notebook, page = opened.notebook, opened.page
    with subtests.test("one tab for a file"):
        opened.double_click("slider.py")
        opened.file_browser("slider.py", "Open With", "Reactive notebook")
        expect(opened.tab("slider.py")).to_have_count(1)

    with subtests.test("the theme is followed"):
        body = notebook.frame.locator("body")
        expect(opened.iframe).to_have_css("color-scheme", "light")
        expect(body).not_to_have_class(re.compile(r"\bdark\b"))
        opened.execute("apputils:change-theme", theme="JupyterLab Dark")
        expect(opened.iframe).to_have_css("color-scheme", "dark")
        expect(body).to_have_class(re.compile(r"\bdark\b"))
        notebook.expect_output("square: 4")
        opened.execute("apputils:change-theme", theme="JupyterLab Light")
        expect(body).not_to_have_class(re.compile(r"\bdark\b"))

    with subtests.test("the frame has a name for screen readers and takes the focus"):
        expect(opened.iframe).to_have_attribute("title", "Reactive notebook slider.py")
        page.locator(".jp-SideBar").first.click(position={"x": 5, "y": 300})
        opened.tab("slider.py").click()
        expect(opened.iframe).to_be_focused()

    with subtests.test("an idle Lab does not poll"):
        page.wait_for_timeout(2000)
        assert [url for url in asked_by_lab(page, 12) if "/reactive/" in url] == []

    with subtests.test("saving with JupyterLab's command is marimo's"):
        notebook.type_into_cell(0, "import marimo as mo; lab_saved = 1")
        opened.execute("docmanager:save")
        file = jupyter.root / "slider.py"
        eventually(page, lambda: "lab_saved = 1" in file.read_text())
        expect(page.locator(".jp-Dialog")).to_have_count(0)

    with subtests.test("a copy made in marimo is not the tab's"):
        notebook.menu("Duplicate notebook")
        with opened.page.expect_popup() as popup:
            notebook.frame.get_by_role("button", name="Copy notebook").click()
        Notebook(popup.value).expect_output("square: 1")
        assert (jupyter.root / "_slider.py").is_file()
        expect(opened.tab("slider.py")).to_be_visible()
        expect(opened.tab("_slider.py")).to_have_count(0)
        notebook.slider().press("ArrowRight")
        notebook.expect_output("square: 9")

    with subtests.test("deletion is explained and can be undone"):
        opened.delete_file("slider.py")
        expect(opened.bar).to_contain_text("“slider.py” was deleted")
        expect(opened.bar).to_have_attribute("role", "alert")
        notebook.expect_output("square: 9")
        opened.bar.get_by_role("button", name="Save it again").click()
        expect(opened.bar).not_to_be_visible()
        assert "square" in (jupyter.root / "slider.py").read_text()
        notebook.expect_output("square: 9")


def test_tab_follows_its_file(opened, jupyter, subtests):
    with subtests.test("a rename inside marimo"):
        opened.notebook.rename("renamed.py")
        expect(opened.tab("renamed.py")).to_be_visible()
        expect(opened.tab("slider.py")).to_have_count(0)
        expect(opened.file("renamed.py")).to_be_visible()
        expect(opened.file("slider.py")).to_have_count(0)
        opened.notebook.expect_output("square: 4")
        assert (jupyter.root / "renamed.py").is_file()
        opened.double_click("renamed.py")
        expect(opened.tab("renamed.py")).to_have_count(1)

    with subtests.test("one in the file browser"):
        opened.notebook.type_into_cell(0, "import marimo as mo; typed = 'kept'")
        opened.rename_file("renamed.py", "other name.py")
        expect(opened.tab("other name.py")).to_be_visible()
        expect(opened.tab("renamed.py")).to_have_count(0)
        opened.notebook.expect_output("square: 4")
        expect(opened.notebook.cells.nth(0)).to_contain_text("typed = 'kept'")
        file = jupyter.root / "other name.py"
        opened.expect_sessions("other name.py")
        eventually(opened.page, lambda: "typed = 'kept'" in file.read_text())
        assert not (jupyter.root / "renamed.py").exists()
        opened.notebook.slider().press("ArrowRight")
        opened.notebook.expect_output("square: 9")

    with subtests.test("what is typed right before one is kept"):
        typed = "".join(chr(ord("a") + number % 26) for number in range(150))
        opened.notebook.type_into_cell(0, f"import marimo as mo; {typed} = 1")
        opened.rename_file("other name.py", "other.py")
        file = jupyter.root / "other.py"
        # Until the session has followed, the file may be under its old name for a moment.
        opened.expect_sessions("other.py")
        eventually(opened.page, lambda: f"{typed} = 1" in file.read_text())
        expect(opened.notebook.cells.nth(0)).to_contain_text(f"{typed} = 1")
        opened.notebook.expect_output("square: 9")
        assert not (jupyter.root / "other name.py").exists()

    with subtests.test("two at once"):
        opened.rename_file("other.py", "a.py")
        opened.rename_file("a.py", "b.py")
        expect(opened.tab("b.py")).to_be_visible()
        opened.expect_sessions("b.py")
        opened.notebook.expect_output("square: 9")
        opened.notebook.slider().press("ArrowRight")
        opened.notebook.expect_output("square: 16")
        expect(opened.bar).not_to_be_visible()
        assert [file.name for file in jupyter.root.glob("*.py")] == ["b.py"]


def test_names_that_marimo_cannot_save(opened, jupyter, subtests):
    with subtests.test("renamed back it goes on"):
        opened.rename_file("slider.py", "notes.txt")
        expect(opened.bar).to_contain_text(
            "“slider.py” is called notes.txt now, and marimo cannot save a notebook under such a"
            " name."
        )
        expect(opened.tab("notes.txt")).to_be_visible()
        opened.notebook.slider().press("ArrowRight")
        opened.notebook.expect_output("square: 9")

        opened.rename_file("notes.txt", "slider.py")
        expect(opened.bar).not_to_be_visible()
        expect(opened.tab("slider.py")).to_be_visible()
        opened.notebook.slider().press("ArrowRight")
        opened.notebook.expect_output("square: 16")
        opened.rename_file("slider.py", "followed.py")
        expect(opened.tab("followed.py")).to_be_visible()
        opened.expect_sessions("followed.py")
        opened.notebook.expect_output("square: 16")

    with subtests.test("saving under the old name brings the tab back"):
        opened.rename_file("followed.py", "notes.txt")
        expect(opened.bar).to_contain_text("Rename it back to .py")
        opened.notebook.type_into_cell(0, "import marimo as mo; saved = 1")
        opened.execute("docmanager:save")
        expect(opened.tab("followed.py")).to_be_visible()
        expect(opened.bar).not_to_be_visible()
        file = jupyter.root / "followed.py"
        eventually(opened.page, lambda: file.exists() and "saved = 1" in file.read_text())
        opened.notebook.expect_output("square: 16")

    with subtests.test("another name after it"):
        opened.rename_file("followed.py", "words.txt")
        expect(opened.bar).to_contain_text("Rename it back to .py")
        opened.rename_file("words.txt", "other.py")
        expect(opened.bar).to_contain_text("cannot follow")
        opened.notebook.expect_output("square: 16")
        opened.bar.get_by_role("button", name="Load again").click()
        opened.notebook.expect_output("square: 1")
        expect(opened.bar).not_to_be_visible()
        expect(opened.tab("other.py")).to_be_visible()


def test_moved_folder_with_three_notebooks(new_lab, write, jupyter):
    names = ("one.py", "two.py", "three.py")
    for name in names:
        write(f"lesson/{name}")
    lab = new_lab()
    lab.double_click("lesson")
    for name in names:
        lab.open_slider(name)
    lab.page.locator(".jp-BreadCrumbs-home").click()
    lab.rename_file("lesson", "chapter")
    lab.expect_sessions(*(f"chapter/{name}" for name in names))
    for name in names:
        expect(lab.tab(name)).to_have_attribute("title", re.compile(f"chapter/{name}"))
        lab.tab(name).click()
        lab.notebook.expect_output("square: 4")
        expect(lab.bar).not_to_be_visible()
        lab.notebook.slider().press("ArrowRight")
        lab.notebook.expect_output("square: 9")
    assert not (jupyter.root / "lesson").exists()
