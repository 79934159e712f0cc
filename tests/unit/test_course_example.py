"""The example of a course is one lesson in two formats."""

from __future__ import annotations

import re
from pathlib import Path

from jupyter_reactive.notebooks.convert.pipeline import convert

LESSON = Path(__file__).parents[2] / "docs/course/birthdays.ipynb"


def without_version(text: str) -> str:
    return re.sub(r"^__generated_with = .*$", "", text, flags=re.MULTILINE)


def test_both_halves_are_the_same_lesson():
    made = convert(LESSON.read_bytes(), folder=LESSON.parent)
    reactive = LESSON.with_suffix(".py").read_text("utf-8")
    assert without_version(made.text) == without_version(reactive), (
        "run: .venv/bin/jupyter reactive convert --force docs/course/birthdays.ipynb"
    )
