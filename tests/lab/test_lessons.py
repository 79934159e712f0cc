"""Lessons in JupyterLab: what has changed since the release, back to it, the operator's hooks."""

from __future__ import annotations

import re

import pytest
from course import Course, new_course
from front_end import eventually, one_page
from playwright.sync_api import expect

page = one_page

# In the file browser, below a few files.
EMPTY = {"x": 60, "y": 200}


@pytest.fixture
def course(jupyter, tmp_path, notebook_source) -> Course:
    """A course in the contents root whose lesson has been released, in both formats."""
    course = new_course(tmp_path, jupyter.root / "course")
    (jupyter.home / ".gitconfig").write_text((tmp_path / ".gitconfig").read_text())
    course.write("lesson.py", notebook_source)
    course.push(".")
    return course


def test_changes_are_shown_and_reset_keeps_mine(
    jupyter, course, new_lab, notebook_source, write, subtests
):
    mine = notebook_source.replace("square:", "my square:")
    course.write("lesson.py", mine)
    write("alone.py")
    lab = new_lab()
    page = lab.page
    dialog = page.get_by_role("dialog")

    with subtests.test("without a repository there is a sentence"):
        lab.file_browser("alone.py", "Course", "What Changed Since the Release…")
        notice = page.locator(".Toastify__toast").filter(has_text="“alone.py” cannot be compared")
        expect(notice).to_contain_text("in no git repository")

    lab.double_click("course")
    lab.double_click("lesson.py")
    lab.notebook.expect_output("my square: 1")

    with subtests.test("the changes, cell by cell, for the notebook in front"):
        lab.execute("reactive:show-changes")
        changes = dialog.get_by_role("region", name="What has changed")
        expect(changes.get_by_role("heading")).to_have_text(re.compile("^Cell 3.* is changed$"))
        expect(changes.locator("[data-kind=added]")).to_contain_text("my square:")
        expect(changes.locator("[data-kind=removed]")).not_to_contain_text("my square:")
        expect(dialog).to_contain_text("origin/main")
        dialog.get_by_role("button", name="Close").click()

    with subtests.test("an operator's command, and what it says"):
        lab.file_browser("lesson.py", "Course", "Validate Lesson")
        expect(dialog).to_contain_text("Validate Lesson, “lesson.py”: done")
        expect(dialog.locator("pre")).to_have_text("course/lesson.py is valid")
        dialog.get_by_role("button", name="Close").click()

    with subtests.test("the course's menu has what the operator has set"):
        lab.file_browser("lesson.py", "Course")
        entries = page.locator(".lm-Menu").last.locator(
            '.lm-Menu-item[data-type="command"]:visible'
        )
        expect(entries).to_have_text(
            [
                "What Changed Since the Release…",
                "Reset to the Released Version…",
                "Fetch Lesson",
                "Validate Lesson",
            ]
        )
        for _ in range(2):
            page.keyboard.press("Escape")

    with subtests.test("reset: the tab shows the release, mine stands beside it"):
        lab.file_browser("lesson.py", "Course", "Reset to the Released Version…")
        dialog.get_by_role("button", name="Reset").click()
        notice = page.locator(".Toastify__toast").filter(has_text="is as it was released")
        expect(notice).to_contain_text("Yours is “lesson_mine.py”")
        lab.notebook.expect_output(re.compile("^square: 1"))
        expect(lab.file("lesson_mine.py")).to_be_visible()
        lesson = course.folder / "lesson.py"
        assert lesson.read_text("utf-8") == notebook_source
        kept = lesson.with_stem("lesson_mine").read_text("utf-8")
        # marimo may have written its own version number.
        assert "my square:" in kept
        eventually(page, lambda: lesson.read_text("utf-8") == notebook_source)
        lab.expect_sessions("course/lesson.py")


def test_a_lesson_is_fetched_by_its_name(jupyter, new_lab, write):
    write("alone.py")
    lab = new_lab()
    page = lab.page
    dialog = page.get_by_role("dialog")
    page.locator(".jp-DirListing-content").click(button="right", position=EMPTY)
    page.locator(".lm-Menu-item:visible", has_text="Fetch a New Lesson…").click()
    dialog.get_by_label("Name of the lesson").fill("week é")
    dialog.get_by_role("button", name="Fetch").click()
    expect(dialog).to_contain_text("Fetch Lesson, “week é”: done")
    expect(dialog.locator("pre")).to_contain_text("created directory")
    dialog.get_by_role("button", name="Close").click()
    # Again, by the menu of the folder: the command does not make it twice.
    lab.file_browser("week é", "Fetch Lesson")
    expect(dialog).to_contain_text("Fetch Lesson, “week é”: failed")
    dialog.get_by_role("button", name="Close").click()
    assert (jupyter.root / "week é").is_dir()
