"""The exporter for nbconvert, as File > Save and Export As asks for it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from ipynb import ipynb

NEEDS_HANDS = ("x = 1", "for in", "x + 1")


async def test_menu_offers_it(fetch):
    formats = (await fetch("api", "nbconvert")).json
    assert formats["reactive"] == {"output_mimetype": "text/x-python"}


async def test_download_is_a_notebook_that_says_what_needs_hands(fetch, jp_root_dir: Path):
    (jp_root_dir / "less on.ipynb").write_text(ipynb(*NEEDS_HANDS), "utf-8")
    reply = await fetch("nbconvert", "reactive", "less on.ipynb", params={"download": "true"})
    assert reply.status == 200
    assert "less%20on.py" in reply.headers["Content-Disposition"]
    lines = reply.text.splitlines()
    comment = [line for line in lines if line.startswith("# ")]
    assert "less on.ipynb -> less on.py: 3 cells: 2 kept, 0 changed, 1 need you." in comment[0]
    place = next(re.search(r"less on\.py:(\d+)", line) for line in comment if "Cell 2" in line)
    assert lines[int(place[1]) - 1].startswith("@app.cell")
    assert "for in" in "\n".join(lines[int(place[1]) :])
    ast.parse(reply.text)


async def test_download_of_what_is_no_python_is_refused_in_words(fetch, jp_root_dir: Path):
    (jp_root_dir / "r.ipynb").write_text(ipynb("x <- 1", language="R"), "utf-8")
    reply = await fetch("nbconvert", "reactive", "r.ipynb")
    assert reply.status == 500
    assert "in R, not in Python" in reply.text
