"""Where JupyterLab users look for things: double click, menus, palette, Running panel, settings."""

from __future__ import annotations

import os
import re
import signal

from front_end import eventually
from playwright.sync_api import expect


def test_other_python_files_open_as_before(new_lab, write):
    names = ["script.py", "script_mo.py"]
    for name in names:
        write(name, f"print('import marimo')  # {name}\n")
    lab = new_lab()
    for name in names:
        lab.double_click(name)
        editor = lab.page.locator(".jp-FileEditor:visible .cm-content")
        expect(editor).to_contain_text(f"# {name}")
    expect(lab.page.locator(".jp-ReactiveFrame")).to_have_count(0)


def test_setting_turns_double_click_off_and_on(new_lab, write):
    write("n.py")
    lab = new_lab()
    plugin = "jupyter-reactive:recognition"
    set_ = (
        "([plugin, on]) => window.jupyterapp.serviceManager.settings.save(plugin,"
        " JSON.stringify({ openOnDoubleClick: on }))"
    )
    lab.page.evaluate(set_, [plugin, False])
    lab.open()
    lab.double_click("n.py")
    expect(lab.page.locator(".jp-FileEditor .cm-content")).to_contain_text("import marimo")
    expect(lab.page.locator(".jp-ReactiveFrame")).to_have_count(0)
    lab.page.evaluate(set_, [plugin, True])
    lab.open()
    lab.double_click("n.py")
    lab.notebook.expect_ready()


def test_file_that_becomes_a_notebook_is_recognised(new_lab, write, notebook_source):
    file = write("n.py", "print()\n")
    lab = new_lab()
    expect(lab.file("n.py")).to_be_visible()
    file.write_text(notebook_source)
    lab.page.get_by_role("button", name=re.compile("Refresh")).click()
    expect(lab.file("n.py").locator('[data-icon="jupyter-reactive:notebook"]')).to_be_visible()
    lab.double_click("n.py")
    lab.notebook.expect_ready()


def test_open_with(new_lab, write):
    write("empty.py", "")
    lab = new_lab()
    lab.file_browser("empty.py", "Open With", "Reactive notebook")
    lab.notebook.expect_ready()


def test_file_menu_and_palette(lab, jupyter):
    lab.menu("File", "New", "Reactive Notebook")
    expect(lab.tab("untitled.py")).to_be_visible()
    lab.notebook.expect_ready()
    lab.execute("apputils:activate-command-palette")
    lab.page.locator(".lm-CommandPalette-input").fill("reactive")
    lab.page.locator(".lm-CommandPalette-itemLabel").filter(
        has_text=re.compile("^New reactive notebook$", re.IGNORECASE)
    ).click()
    expect(lab.tab("untitled1.py")).to_be_visible()
    assert (jupyter.root / "untitled1.py").is_file()


def test_what_the_administrator_does_not_allow_is_not_in_the_menu(lab):
    lab.page.wait_for_function(
        "!window.jupyterapp.commands.isVisible('reactive:keep-alive')"
        " && !window.jupyterapp.commands.isEnabled('reactive:keep-alive')"
    )


def test_tile_makes_it_in_the_folder_that_is_shown(new_lab, write, jupyter):
    write("lesson/x.txt", "x")
    lab = new_lab()
    lab.double_click("lesson")
    expect(lab.file("x.txt")).to_be_visible()
    lab.execute("launcher:create", cwd="lesson")
    lab.page.locator(".jp-LauncherCard:visible").filter(has_text="Reactive notebook").click()
    lab.notebook.expect_ready()
    assert (jupyter.root / "lesson/untitled.py").is_file()


def test_running_panel_shuts_one_down_and_all(new_lab, write, jupyter):
    for name in ("one.py", "two.py", "three.py"):
        write(name)
    lab = new_lab()
    for name in ("one.py", "two.py", "three.py"):
        lab.double_click(name)
        expect(lab.tab(name)).to_be_visible()
        lab.notebook.expect_output("square: 1")
    lab.execute("running:show-panel")
    section = lab.page.get_by_role("region", name="Reactive notebooks Section")
    header = lab.page.locator(".jp-AccordionPanel-title").filter(has_text="Reactive notebooks")
    items = section.locator(".jp-RunningSessions-item")
    expect(items).to_have_count(3)
    one = items.filter(has_text="one.py")
    one.hover()
    one.locator(".jp-RunningSessions-itemShutdown").click()
    expect(items).to_have_count(2)
    assert {s["name"] for s in jupyter.get("reactive/api/sessions")} == {"two.py", "three.py"}
    items.filter(has_text="two.py").locator(".jp-RunningSessions-itemLabel").click()
    expect(lab.tab("two.py")).to_have_class(re.compile("lm-mod-current"))
    header.get_by_role("button", name="Shut Down All").click()
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(items).to_have_count(0)
    assert jupyter.get("reactive/api/sessions") == []
    expect(lab.bar).to_contain_text("was shut down")
    lab.bar.get_by_role("button", name="Start again").click()
    lab.notebook.expect_output("square: 1")


def test_hanging_server_can_be_restarted_and_its_log_read(new_lab, write, jupyter):
    write("n.py")
    lab = new_lab()
    lab.double_click("n.py")
    lab.notebook.expect_output("square: 1")
    started = jupyter.get("reactive/api/servers/edit")["started"]
    lab.execute("running:show-panel")
    section = lab.page.get_by_role("region", name="Reactive notebooks Section")
    choose = lab.page.locator(".lm-Menu-item")
    os.killpg(jupyter.marimo().pid, signal.SIGSTOP)
    section.get_by_text("n.py").click(button="right")
    choose.filter(has_text="Show the Log").click()
    expect(lab.page.get_by_text("access_token=***").first).to_be_visible()
    lab.page.keyboard.press("Escape")
    section.get_by_text("n.py").click(button="right")
    choose.filter(has_text="Restart the Server").click()
    lab.page.locator(".jp-Dialog .jp-mod-warn").click()
    lab.notebook.expect_output("square: 1")
    eventually(
        lab.page,
        lambda: jupyter.get("reactive/api/servers/edit")["started"] not in {started, None},
    )


def test_failure_to_create_is_said_in_words(lab, jupyter):
    lab.execute("reactive:create", cwd="nix")
    expect(lab.page.get_by_text("There is no folder “nix”").first).to_be_visible()


def test_folder_of_a_thousand_scripts_lists_fast_enough(new_lab, write):
    for number in range(1000):
        write(f"script{number:04}.py", f"import os  # {number}\n" * 50)
    write("a_notebook.py")
    lab = new_lab()
    lab.double_click("a_notebook.py")
    lab.notebook.expect_ready()
