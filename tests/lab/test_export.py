"""A report of a notebook from the file browser: the format, how far it is, what came of it."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from reports import BROKEN, ENDLESS

ENTRY = ("Reactive Notebook", "Export Reactive Notebook…")


def test_report_tells_what_raised_and_cancel_ends_it(new_lab, write):
    source = write("lesson.py", BROKEN)
    endless = write("endless.py", ENDLESS)
    lab = new_lab()
    lab.file_browser("lesson.py", *ENTRY)
    dialog = lab.page.get_by_role("dialog")
    choice = dialog.get_by_label("Format")
    expect(choice).to_be_focused()
    code = dialog.get_by_label("Show the code")
    choice.select_option("script")
    expect(code).to_be_disabled()
    choice.select_option("html")
    expect(choice).to_have_accessible_description(re.compile("run for its outputs"))
    code.uncheck()
    dialog.get_by_role("button", name="Export").click()
    toast = lab.page.locator(".jp-toastContainer")
    expect(toast).to_contain_text("“lesson.py” is exported: lesson.html", timeout=60_000)
    expect(toast).to_contain_text("Cell 2 (boom): division by zero")
    expect(lab.file("lesson.html")).to_be_visible()
    page = source.with_suffix(".html").read_text("utf-8")
    assert "division by zero" in page
    assert "after * 7" not in page

    lab.file_browser("endless.py", *ENTRY)
    dialog.get_by_role("button", name="Export").click()
    expect(lab.file("begun")).to_be_visible(timeout=60_000)
    waiting = toast.locator(".Toastify__toast").filter(has_text="“endless.py” is being exported")
    waiting.get_by_role("button", name="Cancel").click()
    expect(toast).to_contain_text("The export of “endless.py” is cancelled.")
    assert not endless.with_suffix(".html").exists()
