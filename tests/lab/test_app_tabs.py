"""Apps in JupyterLab: the ways to them, beside the editor, and what happens to their files."""

from __future__ import annotations

import re

import pytest
from front_end import Notebook, eventually, one_page
from playwright.sync_api import expect

page = one_page


def frame_of(lab, kind):
    """marimo's page in the visible tab of a kind, `App` or `Document`."""
    return Notebook(lab.page.frame_locator(f".jp-Reactive{kind}:visible .jp-ReactiveFrame"))


@pytest.fixture
def beside(new_lab, write):
    """JupyterLab with slider.py in the editor, its slider moved, and as an app beside it."""
    write("slider.py")
    lab = new_lab()
    lab.open_slider("slider.py")
    lab.page.get_by_role("button", name="Show as App").click()
    frame_of(lab, "App").expect_output("square: 1")
    return lab


def test_preview_beside_the_editor(beside, jupyter, subtests):
    editor, app = frame_of(beside, "Document"), frame_of(beside, "App")
    tab = beside.page.locator(".jp-ReactiveApp:visible")
    with subtests.test("each has its own state"):
        editor.expect_output("square: 4")
        app.slider().press("End")
        app.expect_output("square: 81")
        editor.expect_output("square: 4")
        expect(app.cells).to_have_count(0)
        expect(app.frame.get_by_test_id("shutdown-button")).to_have_count(0)

    with subtests.test("started anew, by keyboard"):
        tab.get_by_role("button", name="Start the app anew").press("Enter")
        app.expect_output(re.compile(r"square: 1$"))

    with subtests.test("the frame has a name and follows the theme"):
        frame, body = tab.locator("iframe"), app.frame.locator("body")
        expect(frame).to_have_attribute("title", "App slider.py")
        expect(body).not_to_have_class(re.compile(r"\bdark\b"))
        beside.execute("apputils:change-theme", theme="JupyterLab Dark")
        expect(body).to_have_class(re.compile(r"\bdark\b"))
        beside.execute("apputils:change-theme", theme="JupyterLab Light")
        expect(body).not_to_have_class(re.compile(r"\bdark\b"))

    with subtests.test("what is saved in the editor shows in the app"):
        # Its third cell is Markdown.
        editor.run_cell(2, "cube: {slider.value**3}")
        editor.expect_output("cube: 8")
        # The editor saves by itself.
        app.expect_output("cube: 1")

    with subtests.test("tabs come back with the page"):
        beside.reload()
        expect(beside.tab("slider.py")).to_have_count(2)
        app.expect_output("cube: 1")
        editor.expect_output("cube: 8")

    with subtests.test("the Running panel tells visitors and memory"):
        beside.execute("running:show-panel")
        section = beside.page.get_by_role("region", name="Reactive apps Section")
        item = section.locator(".jp-RunningSessions-item").filter(has_text="slider.py")
        # Those are counted too that may come back.
        detail = re.compile(r"^\d{2,3} MB, \d visitors?$")
        expect(item.locator(".jp-RunningSessions-itemDetail")).to_have_text(detail)
        started = jupyter.get("reactive/api/servers/run")["started"]
        header = beside.page.locator(".jp-AccordionPanel-title").filter(has_text="Reactive apps")
        header.get_by_role("button", name="Shut Down All").click()
        beside.page.locator(".jp-Dialog .jp-mod-accept").click()
        # The page that is open begins anew.
        eventually(
            beside.page,
            lambda: jupyter.get("reactive/api/servers/run")["started"] not in {started, None},
        )
        app.expect_output("cube: 1")
        beside.execute("filebrowser:activate")

    with subtests.test("a tab goes with its file"):
        beside.rename_file("slider.py", "other.py")
        expect(beside.tab("other.py")).to_have_count(2)
        expect(tab.locator("iframe")).to_have_attribute("title", "App other.py")
        app.expect_output("cube: 1")
        beside.delete_file("other.py")
        # The editor's stays: what was typed may be nowhere else.
        expect(beside.tab("other.py")).to_have_count(1)
        expect(tab).to_have_count(0)


def test_ways_to_an_app(new_lab, write, jupyter, context, notebook_source, subtests):
    write("our lessons/slider.py")
    write("our lessons/script.py", "print('hello')\n")
    write("torn.py", notebook_source.replace("return (mo,)", "return (mo,"))
    lab = new_lab()
    lab.double_click("our lessons")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=jupyter.url[:-1])
    link = f"{jupyter.url}reactive/run/our%20lessons/slider.py/"

    def copied():
        return lab.page.evaluate("navigator.clipboard.readText()")

    with subtests.test("the file browser's menu"):
        lab.file_browser("slider.py", "Reactive Notebook", "Copy App Link")
        expect(lab.page.get_by_text("The link of the app is copied.")).to_be_visible()
        assert copied() == link
        with lab.page.expect_popup() as popup:
            lab.file_browser("slider.py", "Reactive Notebook", "Open as App in New Browser Tab")
        Notebook(popup.value).expect_output("square: 1")
        assert popup.value.url.startswith(link)
        popup.value.close()
        lab.file_browser("slider.py", "Open as App")
        frame_of(lab, "App").expect_output("square: 1")

    with subtests.test("other files have no such entries"):
        lab.file("script.py").click(button="right")
        menu = lab.page.locator(".lm-Menu-itemLabel:visible")
        expect(menu.filter(has_text="Open With")).to_be_visible()
        expect(menu.filter(has_text=re.compile("App|Reactive|Course"))).to_have_count(0)
        lab.page.keyboard.press("Escape")

    with subtests.test("from the app to the notebook, and the menu of its tab"):
        lab.page.get_by_role("button", name="Edit the notebook").click()
        frame_of(lab, "Document").expect_output("square: 1")
        lab.tab("slider.py").last.click(button="right")
        lab.page.locator(".lm-Menu-itemLabel:visible", has_text="Show as App Beside").click()
        frame_of(lab, "App").expect_output("square: 1")
        expect(lab.page.locator(".jp-ReactiveApp")).to_have_count(1)

    with subtests.test("the File menu and the palette"):
        with lab.page.expect_popup() as popup:
            lab.menu("File", "Open as App in New Browser Tab")
        assert popup.value.url.startswith(link)
        popup.value.close()
        lab.execute("apputils:activate-command-palette")
        lab.page.keyboard.type("show all apps")
        with lab.page.expect_popup() as popup:
            lab.page.keyboard.press("Enter")
        expect(popup.value.get_by_role("link", name="slider")).to_be_visible()
        popup.value.close()

    with subtests.test("what cannot be shown says why"):
        lab.execute("reactive:open-app", path="torn.py")
        # The other app is still to be seen beside it.
        page = lab.page.frame_locator('iframe[title="App torn.py"]')
        expect(
            page.get_by_role("heading", name="This notebook needs a repair first")
        ).to_be_visible()
        page.get_by_role("button", name="Open in the text editor").click()
        expect(lab.page.locator(".jp-FileEditor .cm-content")).to_contain_text("return (mo,")
