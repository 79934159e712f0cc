"""What a list shows of a notebook, whatever its author wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_reactive.notebooks.card import Card, read_card

HEADER = "# /// script\n# [tool.marimo.opengraph]\n{}\n# ///\n"
SOURCES = {
    "nothing": ("", Card("my app")),
    "all": (
        HEADER.format('# title = "T"\n# description = " D "\n# image = "i.png"'),
        Card("T", "D", has_picture=True),
    ),
    "no table": ("# /// script\n# tool = 3\n# ///\n", Card("my app")),
    "no TOML": ("# /// script\n# [[[\n# ///\n", Card("my app")),
    "no text": (HEADER.format("# title = 3"), Card("my app")),
    "the app's": ('import marimo\napp = marimo.App(app_title="A")\n', Card("A")),
    "both": (HEADER.format('# title = "T"') + 'app = marimo.App(app_title="A")\n', Card("T")),
    "broken": ("app = (\n", Card("my app")),
}


@pytest.mark.parametrize("case", SOURCES)
def test_the_card_of_a_notebook(tmp_path: Path, case: str):
    source, card = SOURCES[case]
    path = tmp_path / "my_app.py"
    path.write_text(source)
    assert read_card(path) == card
