"""The tab follows its file and its server, and nothing typed is lost."""

from __future__ import annotations

import re

import psutil
import pytest
from front_end import eventually
from playwright.sync_api import expect


@pytest.fixture
def opened(new_lab, write):
    """JupyterLab with folder/slider.py open in a tab and a variable set in its kernel."""
    write("slider.py")
    lab = new_lab()
    lab.double_click("slider.py")
    lab.notebook.expect_output("square: 1")
    lab.notebook.slider().press("ArrowRight")
    lab.notebook.expect_output("square: 4")
    return lab


def test_one_tab_for_a_file(opened):
    opened.double_click("slider.py")
    opened.file_browser("slider.py", "Open With", "Reactive notebook")
    expect(opened.tab("slider.py")).to_have_count(1)


def test_tab_survives_a_reload_of_the_page(opened):
    opened.page.wait_for_timeout(2000)  # JupyterLab saves its workspace a second after a change
    opened.page.goto(f"{opened.jupyter.url}lab")
    opened.wait_until_ready()
    expect(opened.tab("slider.py")).to_have_count(1)
    opened.tab("slider.py").click()
    opened.notebook.expect_output("square: 4")


def test_tab_survives_a_restart_of_the_server(opened):
    opened.jupyter.post("reactive/api/servers/edit/restart")
    expect(opened.bar.filter(has_text="stopped")).to_have_count(0)
    opened.notebook.expect_output("square: 1")
    opened.notebook.slider().press("ArrowRight")
    opened.notebook.expect_output("square: 4")


def test_dead_server_is_told_and_started_again(opened):
    marimo = next(
        process
        for process in opened.jupyter.children()
        if "--token-password-file" in process.cmdline()
    )
    psutil.Process(marimo.pid).kill()
    expect(opened.bar).to_contain_text("ended unexpectedly")
    opened.bar.get_by_role("button", name="Start again").click()
    opened.notebook.expect_output("square: 1")
    expect(opened.bar).not_to_be_visible()


def test_rename_inside_marimo(opened, jupyter):
    opened.notebook.rename("renamed.py")
    expect(opened.tab("renamed.py")).to_be_visible()
    expect(opened.tab("slider.py")).to_have_count(0)
    expect(opened.file("renamed.py")).to_be_visible()
    expect(opened.file("slider.py")).to_have_count(0)
    opened.notebook.expect_output("square: 4")
    assert (jupyter.root / "renamed.py").is_file()
    opened.double_click("renamed.py")
    expect(opened.tab("renamed.py")).to_have_count(1)


def test_rename_in_the_file_browser(opened, jupyter):
    opened.notebook.type_into_cell(0, "import marimo as mo; typed = 'kept'")
    opened.rename_file("slider.py", "other name.py")
    expect(opened.tab("other name.py")).to_be_visible()
    expect(opened.tab("slider.py")).to_have_count(0)
    opened.notebook.expect_output("square: 4")
    expect(opened.notebook.cells.nth(0)).to_contain_text("typed = 'kept'")
    file = jupyter.root / "other name.py"
    eventually(opened.page, lambda: "typed = 'kept'" in file.read_text())
    assert not (jupyter.root / "slider.py").exists()
    (session,) = jupyter.get("reactive/api/sessions")
    assert session["path"] == "other name.py"
    opened.notebook.slider().press("ArrowRight")
    opened.notebook.expect_output("square: 9")


def test_moved_folder(new_lab, write, jupyter):
    write("lesson/slider.py")
    lab = new_lab()
    lab.double_click("lesson")
    lab.double_click("slider.py")
    lab.notebook.slider().press("ArrowRight")
    lab.notebook.expect_output("square: 4")
    lab.page.locator(".jp-BreadCrumbs-home").click()
    lab.rename_file("lesson", "chapter")
    eventually(
        lab.page,
        lambda: jupyter.get("reactive/api/sessions")[0]["path"] == "chapter/slider.py",
    )
    lab.notebook.expect_output("square: 4")
    lab.notebook.slider().press("ArrowRight")
    lab.notebook.expect_output("square: 9")
    expect(lab.tab("slider.py")).to_have_attribute("title", re.compile("chapter/slider.py"))


def test_deletion_is_explained_and_can_be_undone(opened, jupyter):
    opened.delete_file("slider.py")
    expect(opened.bar).to_contain_text("“slider.py” was deleted")
    expect(opened.bar).to_have_attribute("role", "alert")
    opened.notebook.expect_output("square: 4")
    opened.bar.get_by_role("button", name="Save it again").click()
    expect(opened.bar).not_to_be_visible()
    assert "square" in (jupyter.root / "slider.py").read_text()
    opened.notebook.expect_output("square: 4")


def test_theme_is_followed(opened):
    body = opened.notebook.frame.locator("body")
    expect(opened.iframe).to_have_css("color-scheme", "light")
    expect(body).not_to_have_class(re.compile(r"\bdark\b"))
    opened.execute("apputils:change-theme", theme="JupyterLab Dark")
    expect(opened.iframe).to_have_css("color-scheme", "dark")
    expect(body).to_have_class(re.compile(r"\bdark\b"))
    opened.notebook.expect_output("square: 4")
    opened.execute("apputils:change-theme", theme="JupyterLab Light")
    expect(body).not_to_have_class(re.compile(r"\bdark\b"))


def test_frame_has_a_name_for_screen_readers_and_takes_the_focus(opened):
    expect(opened.iframe).to_have_attribute("title", "Reactive notebook slider.py")
    opened.page.locator(".jp-SideBar").first.click(position={"x": 5, "y": 300})
    opened.tab("slider.py").click()
    expect(opened.iframe).to_be_focused()


def test_saving_with_jupyterlabs_command_is_marimos(opened, jupyter):
    opened.notebook.type_into_cell(0, "import marimo as mo; lab_saved = 1")
    opened.execute("docmanager:save")
    file = jupyter.root / "slider.py"
    eventually(opened.page, lambda: "lab_saved = 1" in file.read_text())
    expect(opened.page.locator(".jp-Dialog")).to_have_count(0)


def test_idle_lab_does_not_poll(opened):
    opened.page.wait_for_timeout(2000)
    del opened.requests[:]
    opened.page.wait_for_timeout(8000)
    polled = [url for url in opened.requests if "/reactive/api/" in url]
    assert polled == []
