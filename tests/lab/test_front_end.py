"""Where JupyterLab users look for things: double click, menus, palette, Running panel, settings."""

from __future__ import annotations

import json
import os
import re
import signal

from front_end import eventually, one_page
from playwright.sync_api import expect

page = one_page

CURRENT = re.compile("lm-mod-current")


def test_how_files_open(new_lab, write, notebook_source, subtests):
    scripts = ["script.py", "script_mo.py"]
    for name in scripts:
        write(name, f"print('import marimo')  # {name}\n")
    changing = write("changing.py", "print()\n")
    write("empty.py", "")
    write("n.py")
    for number in range(1000):
        write(f"many/script{number:04}.py", f"import os  # {number}\n" * 50)
    write("many/a_notebook.py")
    lab = new_lab()
    with subtests.test("other Python files as before"):
        for name in scripts:
            lab.double_click(name)
            editor = lab.page.locator(".jp-FileEditor:visible .cm-content")
            expect(editor).to_contain_text(f"# {name}")
        expect(lab.page.locator(".jp-ReactiveFrame")).to_have_count(0)

    with subtests.test("a file that becomes a notebook is recognised"):
        changing.write_text(notebook_source)
        lab.page.get_by_role("button", name=re.compile("Refresh")).click()
        icon = lab.file("changing.py").locator('[data-icon="jupyter-reactive:notebook"]')
        expect(icon).to_be_visible()
        lab.double_click("changing.py")
        expect(lab.iframe).to_be_visible()
        lab.execute("application:close")

    with subtests.test("Open With"):
        lab.file_browser("empty.py", "Open With", "Reactive notebook")
        expect(lab.tab("empty.py")).to_have_class(CURRENT)
        lab.notebook.expect_ready()

    with subtests.test("a setting turns the double click off and on"):
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
        expect(lab.iframe).to_be_visible()
        lab.execute("application:close")

    with subtests.test("a folder of a thousand scripts lists fast enough"):
        lab.double_click("many")
        lab.double_click("a_notebook.py")
        expect(lab.tab("a_notebook.py")).to_have_class(CURRENT)
        lab.notebook.expect_ready()


def test_ways_to_a_new_notebook(new_lab, write, jupyter, subtests):
    write("lesson/x.txt", "x")
    lab = new_lab()
    with subtests.test("the File menu"):
        lab.menu("File", "New", "Reactive Notebook")
        expect(lab.tab("untitled.py")).to_be_visible()
        lab.notebook.expect_ready()

    with subtests.test("the palette"):
        lab.execute("apputils:activate-command-palette")
        lab.page.locator(".lm-CommandPalette-input").fill("reactive")
        lab.page.locator(".lm-CommandPalette-itemLabel").filter(
            has_text=re.compile("^New reactive notebook$", re.IGNORECASE)
        ).click()
        expect(lab.tab("untitled1.py")).to_be_visible()
        assert (jupyter.root / "untitled1.py").is_file()

    with subtests.test("the tile makes it in the folder that is shown"):
        lab.double_click("lesson")
        expect(lab.file("x.txt")).to_be_visible()
        lab.execute("launcher:create", cwd="lesson")
        lab.page.locator(".jp-LauncherCard:visible").filter(has_text="Reactive notebook").click()
        expect(lab.tab("untitled.py").last).to_have_class(CURRENT)
        lab.notebook.expect_ready()
        assert (jupyter.root / "lesson/untitled.py").is_file()

    with subtests.test("a failure is said in words"):
        lab.execute("reactive:create", cwd="nix")
        expect(lab.page.get_by_text("There is no folder “nix”").first).to_be_visible()

    with subtests.test("what the administrator does not allow is not in the menu"):
        lab.page.wait_for_function(
            "!window.jupyterapp.commands.isVisible('reactive:keep-alive')"
            " && !window.jupyterapp.commands.isEnabled('reactive:keep-alive')"
        )


def test_running_panel(new_lab, write, jupyter, subtests):
    for name in ("one.py", "two.py"):
        write(name)
    lab = new_lab()
    for name in ("two.py", "one.py"):
        lab.double_click(name)
        expect(lab.tab(name)).to_be_visible()
        lab.notebook.expect_ready()
    lab.execute("running:show-panel")
    section = lab.page.get_by_role("region", name="Reactive notebooks Section")
    header = lab.page.locator(".jp-AccordionPanel-title").filter(has_text="Reactive notebooks")
    items = section.locator(".jp-RunningSessions-item")
    expect(items).to_have_count(2)

    with subtests.test("it shuts one down, and shows another"):
        one = items.filter(has_text="one.py")
        one.hover()
        one.locator(".jp-RunningSessions-itemShutdown").click()
        expect(items).to_have_count(1)
        assert [s["name"] for s in jupyter.get("reactive/api/sessions")] == ["two.py"]
        items.filter(has_text="two.py").locator(".jp-RunningSessions-itemLabel").click()
        expect(lab.tab("two.py")).to_have_class(CURRENT)

    with subtests.test("it shuts all down"):
        header.get_by_role("button", name="Shut Down All").click()
        lab.page.locator(".jp-Dialog .jp-mod-accept").click()
        expect(items).to_have_count(0)
        assert jupyter.get("reactive/api/sessions") == []
        expect(lab.bar).to_contain_text("was shut down")
        lab.bar.get_by_role("button", name="Start again").click()
        lab.notebook.expect_output("square: 1")
        expect(items).to_have_count(1)

    with subtests.test("a server that hangs is restarted, its log read"):
        started = jupyter.get("reactive/api/servers/edit")["started"]
        choose = lab.page.locator(".lm-Menu-item")
        os.killpg(jupyter.marimo().pid, signal.SIGSTOP)
        section.get_by_text("two.py").click(button="right")
        choose.filter(has_text="Show the Log").click()
        expect(lab.page.get_by_text("access_token=***").first).to_be_visible()
        lab.page.keyboard.press("Escape")
        section.get_by_text("two.py").click(button="right")
        choose.filter(has_text="Restart the Server").click()
        lab.page.locator(".jp-Dialog .jp-mod-warn").click()
        lab.notebook.expect_output("square: 1")
        eventually(
            lab.page,
            lambda: jupyter.get("reactive/api/servers/edit")["started"] not in {started, None},
        )


def test_settings_that_the_server_keeps(new_lab, write, jupyter, subtests):
    for path in ("slider.py", "apps/shown.py", "lesson/hidden.py"):
        write(path)
    lab = new_lab()
    with subtests.test("an .ipynb is written when a notebook is saved"):
        snapshot = jupyter.root / "slider.snapshot.ipynb"
        lab.execute("settingeditor:open", query="Reactive Snapshots")
        box = lab.page.get_by_role("checkbox", name="Write an .ipynb when a notebook is saved")
        box.check()
        kept = jupyter.home / "config/jupyter/serverconfig/reactive_snapshots.json"
        eventually(lab.page, lambda: kept.exists() and json.loads(kept.read_text())["on_save"])
        lab.open_slider("slider.py")
        assert not snapshot.exists()
        # Its third cell is Markdown.
        lab.notebook.run_cell(2, "cube: {slider.value**3}")
        # marimo's first export imports much.
        eventually(lab.page, lambda: snapshot.exists() and "cube" in snapshot.read_text(), 60)
        lab.execute("settingeditor:open", query="Reactive Snapshots")
        box.uncheck()
        eventually(lab.page, lambda: not json.loads(kept.read_text()).get("on_save"))

    with subtests.test("the gallery's folders"):
        assert "lesson/hidden.py" in jupyter.request("reactive/run/")[1]
        lab.page.evaluate(
            "window.jupyterapp.serviceManager.settings.save('jupyter-reactive:gallery',"
            " JSON.stringify({ folders: ['apps'] }))"
        )
        lab.open()
        eventually(lab.page, lambda: "lesson/hidden.py" not in jupyter.request("reactive/run/")[1])
        assert "apps/shown.py" in jupyter.request("reactive/run/")[1]
