"""Addresses that users of a Hub follow: the doctor, a link for everybody, an app for guests."""

from __future__ import annotations

import pytest
from cells import source_of
from front_end import Notebook
from hub.login import sign_in
from playwright.sync_api import expect

from jupyter_reactive.links.platforms import View, What, user_redirect

pytestmark = pytest.mark.hub

WHO = source_of("""\
import marimo as mo
from jupyter_reactive.identity import current_user

user = current_user()
mo.md(f"{user.username} of {user.groups}, owner: {user.is_owner}")""")


FILLER = "@app.cell\ndef _():\n" + "    print()\n" * 80 + "    return\n\n\n"


def test_the_doctor_and_the_way_without_websockets(hub, log_in, notebook_source: str):
    """The Hub asks for its XSRF token where Jupyter alone does not."""
    user = hub.user("ida")
    page = log_in(user, "reactive/doctor")
    for check in ("websocket", "eventStream"):
        expect(page.locator(f"[data-check={check}]")).to_have_attribute("data-level", "ok")
    user.write("slider.py", notebook_source)
    page.route_web_socket("**/reactive/**", lambda socket: socket.close())
    page.goto(user.url("reactive/open/slider.py"))
    Notebook(page).expect_output("square: 1")


def test_a_link_of_the_hub_opens_everybodys_own_file(hub, browser, notebook_source: str):
    """Whoever follows it logs in on the way; without a token a learning platform can keep it."""
    long = notebook_source.replace("def _(mo, slider)", "def exercise(mo, slider)").replace(
        "@app.cell\ndef exercise", f"{FILLER}@app.cell\ndef exercise"
    )
    name = hub.user("ida").write("50% é #1?.py", long)
    link = user_redirect(name, View(What.NOTEBOOK, cell="exercise"), hub.url)
    assert "token" not in link
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(link)
        sign_in(page, hub.user("ida"))
        notebook = Notebook(page)
        notebook.expect_output("square: 1")
        # The cell that the link names, which is far below.
        expect(notebook.outputs.filter(has_text="square: 1").first).to_be_in_viewport()
        page.goto(user_redirect(name, View(What.APP), hub.url))
        Notebook(page).expect_output("square: 1")
        assert "/user/ida/reactive/run/" in page.url


def test_an_app_is_told_who_of_the_hub_looks(hub, log_in, browser):
    """The owner of a named server, and a guest whose group has a role that lets it in."""
    owner, guest = hub.user("hanna"), hub.user("greta")
    owner.start("shown")
    owner.write("who.py", WHO)
    link = owner.url("reactive/run/who.py/", "shown")
    page = log_in(owner, "reactive/run/who.py/", "shown")
    Notebook(page).expect_output("hanna of ('teachers',), owner: True")
    with browser.new_context() as context:
        other = context.new_page()
        other.goto(link)
        sign_in(other, guest)
        # The Hub asks whether this server may know them.
        other.get_by_role("button", name="Authorize").click()
        Notebook(other).expect_output("greta of ('physics',), owner: False")
