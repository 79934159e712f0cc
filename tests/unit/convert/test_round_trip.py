"""From Jupyter to marimo and back: what nobody edited is again what it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from nbformat import v4

from jupyter_reactive.notebooks.convert.back import back
from jupyter_reactive.notebooks.convert.pipeline import convert

CELLS = [
    v4.new_markdown_cell("# Title\n\n$x$", metadata={"slideshow": {"slide_type": "slide"}}),
    v4.new_code_cell("", metadata={"tags": ["empty"]}),
    v4.new_code_cell("n = 4", metadata={"tags": ["parameters", "mine"]}),
    v4.new_code_cell("%time total = sum(range(n))", metadata={"tags": ["slow"]}),
    v4.new_raw_cell("raw & text"),
    v4.new_code_cell("total", outputs=[v4.new_output("stream", text="kept\n")]),
    v4.new_markdown_cell(
        "![a](attachment:a.png)", attachments={"a.png": {"image/png": "iVBORw0KGgo="}}
    ),
    v4.new_code_cell("import math\nx = math.pi"),
    v4.new_code_cell("x = x + 1\nprint(x)"),
    v4.new_markdown_cell("between"),
    v4.new_code_cell("for i in range(3):\n    x += i"),
    v4.new_code_cell("print(x)", metadata={"tags": ["hide-input"]}),
]


def old_notebook(*cells: Any) -> bytes:
    metadata = {"kernelspec": {"name": "python3", "display_name": "Mine"}, "title": "T"}
    return json.dumps(v4.new_notebook(cells=list(cells or CELLS), metadata=metadata)).encode()


def stored(content: bytes | str) -> list[dict[str, Any]]:
    cells = json.loads(content)["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells]


def test_nothing_edited_everything_is_as_it_was():
    old = old_notebook()
    way = back(convert(old).text, old)
    assert stored(way.text) == stored(old)
    assert way.notebook["metadata"]["title"] == "T"
    assert way.notebook["metadata"]["kernelspec"]["display_name"] == "Mine"


def test_an_edited_cell_keeps_its_tags_and_the_others_come_back():
    old = old_notebook()
    text = convert(old).text
    edited = text.replace("between", "edited")
    assert edited != text
    assert [(c["source"], c["metadata"]) for c in stored(back(edited, old).text)] == [
        (c["source"].replace("between", "edited"), c["metadata"]) for c in stored(old)
    ]


@pytest.mark.parametrize(
    "answer",
    [
        "return x * x",
        "return helper(x)\n\n    return (square,)\n\n\n@app.cell\ndef _():\n    ('more',)",
    ],
    ids=["alone", "with-another-cell"],
)
def test_a_cell_that_may_not_be_deleted_is_found_again_whatever_stands_in_it(answer: str):
    mine = {"deletable": False, "nbgrader": {"grade_id": "square", "solution": True}}
    old = old_notebook(
        v4.new_code_cell("def square(x):\n    # YOUR CODE\n    raise ValueError()", metadata=mine),
        v4.new_code_cell("assert square(3) == 9", metadata={"deletable": False}),
        v4.new_markdown_cell("YOUR ANSWER HERE", metadata={"deletable": False, "n": 1}),
        v4.new_markdown_cell("The end"),
    )
    text = convert(old).text
    edited = text.replace("# YOUR CODE\n        raise ValueError()", answer)
    edited = edited.replace("YOUR ANSWER HERE", "It is the square of a number that is given.")
    assert edited.count("YOUR") == 0
    cells = {cell["source"]: cell["metadata"] for cell in stored(back(edited, old).text)}
    (solution,) = (source for source in cells if "def square" in source)
    assert cells.pop(solution) == mine
    assert cells["It is the square of a number that is given."] == {"deletable": False, "n": 1}
    assert cells.get("('more',)", {}) == {}


def test_a_test_of_what_is_yet_to_be_answered_is_again_what_it_was():
    blank = "# YOUR CODE HERE\nraise NotImplementedError()"
    old = old_notebook(
        v4.new_code_cell(blank, metadata={"deletable": False, "n": 1}),
        v4.new_code_cell("assert area == 16", metadata={"deletable": False, "n": 2}),
    )
    text = convert(old).text
    assert text.count("traceback.print_exc()") == 2
    edited = text.replace(blank.replace("\n", "\n        "), "area = 16")
    assert edited != text
    cells = [(cell["source"], cell["metadata"].get("n")) for cell in stored(back(edited, old).text)]
    assert cells[-1] == ("assert area == 16", 2)
    assert [n for _source, n in cells if n] == [1, 2]


def test_an_edited_cell_finds_the_names_that_it_uses():
    old = old_notebook(
        v4.new_code_cell("x = 1"), v4.new_code_cell("x = 'b'\nx"), v4.new_code_cell("print(x)")
    )
    text = convert(old).text
    edited = text.replace("print(", "print(3, ")
    assert edited != text
    made = [cell["source"] for cell in stored(back(edited, old).text)]
    names: dict[str, Any] = {"print": lambda *seen: names.setdefault("seen", seen)}
    exec("\n".join(made), names)  # Jupyter's cells share one module
    assert names["seen"] == (3, "b")


def test_a_cell_that_is_added_stays_new():
    old = old_notebook(v4.new_code_cell("%time x = 1"))
    text = convert(old).text
    more = "@app.cell\ndef _(x):\n    x + 1\n    return\n\n\nif __name__"
    made = stored(back(text.replace("if __name__", more), old).text)
    assert made[-1]["source"] == "x + 1"


def test_a_cell_that_is_deleted_stays_away():
    old = old_notebook(v4.new_code_cell("a = 1"), v4.new_code_cell("b = 2"))
    text = convert(old).text
    start = text.index("@app.cell", text.index("a = 1"))
    made = stored(back(text[:start] + text[text.index("if __name__") :], old).text)
    assert [cell["source"] for cell in made] == ["a = 1"]


def test_another_notebook_gives_nothing():
    other = old_notebook(v4.new_code_cell("nothing_of_this = 1"))
    text = convert(old_notebook(v4.new_code_cell("x = 1"))).text
    way = back(text, other)
    assert stored(way.text)[-1]["source"] == "x = 1"
    assert "title" not in way.notebook["metadata"]


@pytest.mark.parametrize("cell", CELLS, ids=range(len(CELLS)))
def test_each_kind_of_cell_alone(cell: Any):
    old = old_notebook(v4.new_code_cell("n = 1\nx = total = 2"), cell)
    assert stored(back(convert(old).text, old).text) == stored(old)
