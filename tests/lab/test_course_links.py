"""Course links: the dialog that makes them, and nbgitpuller's from the pull to the notebook."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from course import Course, new_course, ready
from front_end import Lab, Notebook, eventually
from playwright.sync_api import Locator, expect

from jupyter_reactive.links.addresses import repository_of
from jupyter_reactive.links.platforms import View, What, nbgitpuller

HUB = "https://hub.example.org/"
LESSON = "week 1/é.py"


@pytest.fixture
def course(jupyter, tmp_path) -> Course:
    """A course that has been pushed, with the git of Jupyter's user."""
    course = new_course(tmp_path)
    (jupyter.home / ".gitconfig").write_text((tmp_path / ".gitconfig").read_text())
    return course


def as_the_hub_does(jupyter, link: str) -> str:
    """Where a Hub sends a browser that follows a link of its user-redirect."""
    parts = urlsplit(link)
    route = parts.path.removeprefix("/hub/user-redirect/")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return f"{jupyter.url}{route}?{urlencode({**query, 'token': jupyter.token})}"


def test_nbgitpuller_pulls_merges_and_opens(page, jupyter, course, notebook_source, tmp_path):
    ready(course, notebook_source)
    repository, _secret = repository_of(f"{(tmp_path / 'remotes').as_uri()}/course")
    link = as_the_hub_does(
        jupyter, nbgitpuller(repository, "main", LESSON, View(What.NOTEBOOK), HUB)
    )
    page.goto(link)
    page.wait_for_url(re.compile("/reactive/edit/"), timeout=60_000)
    Notebook(page).expect_output("square: 1")
    mine = jupyter.root / "course" / LESSON
    assert mine.read_text("utf-8") == notebook_source
    # The student changes one cell, the course another one.
    page.goto("about:blank")
    jupyter.request("reactive/api/sessions", "DELETE")
    mine.write_text(notebook_source.replace('label="number"', 'label="mine"'), "utf-8")
    course.write(LESSON, notebook_source.replace("square:", "its square:"))
    course.push(LESSON)
    app = nbgitpuller(repository, "main", LESSON, View(What.APP), HUB)
    page.goto(as_the_hub_does(jupyter, app))
    page.wait_for_url(re.compile("/reactive/run/course/week%201/%C3%A9.py/"), timeout=60_000)
    shown = Notebook(page)
    shown.expect_output("its square: 1")
    merged = mine.read_text("utf-8")
    assert 'label="mine"' in merged
    assert "its square:" in merged
    expect(shown.cells).to_have_count(0)
    # What the puller has merged is the student's; what was released is the course's.
    lesson = {"path": f"course/{LESSON}"}
    (change,) = jupyter.post("reactive/api/releases/changes", lesson)["changes"]
    assert next(line for line in change["lines"] if "mine" in line).startswith("+")
    kept = jupyter.post("reactive/api/releases/reset", lesson)["kept"]
    assert mine.read_text("utf-8") == course.folder.joinpath(LESSON).read_text("utf-8")
    assert (jupyter.root / kept).read_text("utf-8") == merged


@pytest.fixture
def lesson(jupyter, context, notebook_source, write, tmp_path) -> None:
    """A notebook without a repository, and one in a course that has been pushed."""
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=jupyter.url[:-1])
    write("alone.py")
    course = new_course(tmp_path, jupyter.root / "course")
    (jupyter.home / ".gitconfig").write_text((tmp_path / ".gitconfig").read_text())
    course.write("lesson.py", notebook_source)
    named = notebook_source.replace("def _(mo, slider)", "def exercise(mo, slider)")
    course.write("named.py", named)
    course.write("binder/requirements.txt", "jupyter-reactive")
    course.push(".")


class LinkDialog:
    """The dialog "Copy Course Link…" of a JupyterLab."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.dialog = lab.page.get_by_role("dialog")
        self.link = self.dialog.get_by_label("Link", exact=True)
        self.notes = self.dialog.get_by_role("status")
        self.copy = self.dialog.get_by_role("button", name="Copy")

    def open(self, name: str) -> None:
        self.lab.file_browser(name, "Copy Course Link…")
        expect(self.field("Leads to")).to_be_focused()

    def field(self, label: str) -> Locator:
        return self.dialog.get_by_label(label)


def test_dialog_makes_the_link_and_says_what_is_in_the_way(lesson, new_lab, subtests):
    lab = new_lab()
    choice = LinkDialog(lab)
    dialog, link, notes, copy = choice.dialog, choice.link, choice.notes, choice.copy

    with subtests.test("without a repository there is a reason, and nothing to copy"):
        choice.open("alone.py")
        expect(notes).to_contain_text("“alone.py” is in no git repository")
        expect(link).to_have_value("")
        expect(link).to_have_accessible_description(re.compile("in no git repository"))
        expect(copy).to_be_disabled()
        lab.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)

    with subtests.test("Binder, by keyboard"):
        lab.double_click("course")
        choice.open("lesson.py")
        expect(link).to_have_value(
            "https://mybinder.org/v2/gh/ada/course/main?urlpath=reactive%2Fopen%2Flesson.py"
        )
        expect(notes).to_be_empty()
        for words in ("App", "Badge in M"):
            lab.page.keyboard.press("Tab")
            if words == "App":
                lab.page.keyboard.press("Tab")
            lab.page.keyboard.type(words)
        expect(link).to_have_value(re.compile(r"^\[!\[Open in Binder.*urlpath=reactive%2Frun%2F"))
        text = link.input_value()
        copy.press("Enter")
        expect(dialog).to_have_count(0)
        eventually(lab.page, lambda: lab.page.evaluate("navigator.clipboard.readText()") == text)

    with subtests.test("what a platform lacks is said"):
        choice.open("lesson.py")
        dialog.get_by_label("Leads to").select_option("colab")
        expect(notes).to_contain_text("there is none beside “lesson.py”")
        expect(copy).to_be_disabled()

    with subtests.test("a Hub is named first"):
        dialog.get_by_label("Leads to").select_option("nbgitpuller")
        expect(notes).to_contain_text("needs its address")
        address = dialog.get_by_label("Address of the Hub")
        address.fill(f"{HUB}user/ada/lab?token=s3cret")
        address.press("Tab")
        expect(notes).to_contain_text("holds a token or a password")
        address.fill(f"{HUB}user/ada/lab")
        address.press("Tab")
        expect(link).to_have_value(re.compile(f"^{HUB}hub/user-redirect/git-pull"))
        expect(copy).to_be_enabled()
        dialog.get_by_role("button", name="Cancel").click()


def test_dialog_leads_to_a_cell_and_to_an_app_with_its_code(jupyter, lesson, new_lab, subtests):
    lab = new_lab(path="course")
    choice = LinkDialog(lab)
    what, begin = choice.field("Opens as"), choice.field("Begins at")

    with subtests.test("the submenu has an entry for a file that the server does not know"):
        seen = lab.page.evaluate(
            """() => ['isVisible', 'isEnabled'].map(is =>
              window.jupyterapp.commands[is]('reactive:copy-course-link', { isContext: true }))"""
        )
        assert seen == [True, False]

    with subtests.test("no name, no choice of a cell"):
        choice.open("lesson.py")
        expect(choice.link).not_to_have_value("")
        expect(what).to_be_visible()
        expect(begin).to_be_hidden()
        lab.page.keyboard.press("Escape")

    with subtests.test("a cell, by keyboard"):
        choice.open("named.py")
        expect(begin.locator("option")).to_have_text(["Beginning of the notebook", "exercise"])
        what.press("Tab")
        expect(begin).to_be_focused()
        lab.page.keyboard.type("exer")
        expect(choice.link).to_have_value(
            re.compile(r"open%2Fnamed\.py%3Freactive-cell%3Dexercise$")
        )
        expect(begin).to_be_focused()
        expect(choice.copy).to_be_enabled()

    with subtests.test("where a cell cannot be shown, a remedy is"):
        what.select_option("App with its code")
        expect(choice.notes).to_contain_text("has no cells to link to")
        expect(choice.notes).to_contain_text("leave the cell out")
        expect(choice.copy).to_be_disabled()

    with subtests.test("an app with its code, and what the server must let"):
        begin.select_option("Beginning of the notebook")
        expect(choice.link).to_have_value(re.compile(r"run%2Fnamed\.py%2F%3Fshow-code%3Dtrue$"))
        expect(choice.link).to_have_accessible_description(
            re.compile("AppServerLauncher.include_code")
        )
        choice.field("Leads to").select_option("molab")
        expect(choice.notes).to_contain_text("molab shows no app with its code.")
        expect(choice.copy).to_be_disabled()

    with subtests.test("a cell that is not pushed yet is refused with those that are"):
        file = jupyter.root / "course/named.py"
        source = file.read_text("utf-8")
        file.write_text(source.replace("def exercise(", "def renamed("), "utf-8")
        choice.field("Leads to").select_option("binder")
        what.select_option("Notebook")
        # The file is looked at again with each question.
        begin.select_option("exercise")
        begin.select_option("renamed")
        expect(choice.notes).to_contain_text("no cell “renamed” in what the link opens")
        expect(choice.notes).to_contain_text("These have names: exercise.")
        lab.page.keyboard.press("Escape")
        file.write_text(source, "utf-8")
