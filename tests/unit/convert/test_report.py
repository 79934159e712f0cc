"""What is read, refused and told."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import get_exporter
from nbformat import v4
from worlds import Worlds

from jupyter_reactive import errors
from jupyter_reactive.notebooks.convert.model import Conversion, Verdict
from jupyter_reactive.notebooks.convert.pipeline import convert
from jupyter_reactive.notebooks.convert.report import to_json, to_text

from .whole import converted, in_both, notebook_of


def codes(conversion: Conversion, number: int) -> list[str]:
    """What the report says of a cell, counted from 1."""
    return [note.code for note in conversion.report.cells[number - 1].notes]


@pytest.mark.parametrize(
    "content, error",
    [
        (b"{", errors.BrokenNotebook),
        (b"\xff\xfe", errors.BrokenNotebook),
        (b"[]", errors.NotANotebook),
        (b"{}", errors.NotANotebook),
        (b'{"cells": {}}', errors.NotANotebook),
        (b'{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}', errors.ForeignKernel),
        (b'{"cells": [], "metadata": {"kernelspec": {"name": "julia-1.9"}}}', errors.ForeignKernel),
        (b'{"cells": [], "metadata": {"language_info": {"name": "sql"}}}', errors.ForeignKernel),
    ],
)
def test_refuses_with_what_to_do(content: bytes, error: type[errors.ReactiveError]):
    with pytest.raises(error) as refused:
        convert(content)
    assert refused.value.message
    assert refused.value.remedy


def test_notebook_of_nbformat_3():
    old = {
        "nbformat": 3,
        "metadata": {},
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 1, "source": ["Title"]},
                    {"cell_type": "code", "language": "python", "input": ["x = 1"], "outputs": []},
                ]
            }
        ],
    }
    conversion = convert(json.dumps(old).encode())
    assert "# Title" in conversion.text
    assert "x = 1" in conversion.text


def test_notebook_without_cells():
    conversion = convert(b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    assert "app.run()" in conversion.text
    assert conversion.report.verdict is Verdict.KEPT


def test_plain_notebook_is_what_one_would_write():
    conversion = converted(
        notebook_of(v4.new_markdown_cell("# Circles"), "import math", "r = 2", "math.pi * r**2")
    )
    assert (
        conversion.text.partition("app = ")[2]
        == '''\
marimo.App(width="medium", app_title="Circles")


@app.cell
def _():
    import marimo as mo
    import math

    return math, mo


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Circles
    """)
    return


@app.cell
def _():
    r = 2
    return (r,)


@app.cell
def _(math, r):
    math.pi * r**2
    return


if __name__ == "__main__":
    app.run()
'''
    )


def test_every_cell_is_in_the_report_with_its_places():
    conversion = converted(["x = 1", "", "x = 2", "for in", "x"])
    cells = to_json(conversion.report)["cells"]
    assert [(cell["number"], cell["verdict"]) for cell in cells] == [
        (1, "changed"),
        (2, "changed"),
        (3, "kept"),
        (4, "needs you"),
        (5, "kept"),
    ]
    lines = conversion.text.splitlines()
    assert all(lines[line - 1].startswith("@app.cell") for cell in cells for line in cell["lines"])
    assert cells[1]["notes"][0]["code"] == "empty-cell"


def test_report_for_people_names_both_places():
    conversion = converted(["x = 1", "for in"])
    text = to_text(to_json(conversion.report), "a.ipynb", "a.py")
    line = conversion.report.cells[1].lines[0]
    assert text.startswith("a.ipynb -> a.py: 2 cells: 1 kept, 0 changed, 1 need you.")
    assert f"Cell 2, needs you (a.py:{line})" in text


@pytest.mark.parametrize("name", ["random", "marimo", "hypothesis"])
def test_file_name_hides_no_module(name: str):
    conversion = convert(json.dumps(notebook_of("x = 1")).encode(), name)
    assert conversion.name == f"{name}_notebook"
    assert [note.code for note in conversion.report.notes] == ["file-name"]


def test_file_name_that_hides_what_the_notebook_imports():
    notebook = json.dumps(notebook_of("import my_tools")).encode()
    assert convert(notebook, "my_tools").name == "my_tools_notebook"
    assert convert(notebook, "my-tools").name == "my-tools"


def test_title_of_the_metadata_gets_a_cell():
    notebook = notebook_of("x = 1")
    notebook.metadata["title"] = "Waves"
    conversion = converted(notebook)
    assert "# Waves" in conversion.text
    assert 'app_title="Waves"' in conversion.text


def test_name_of_marimo_is_kept_free():
    conversion = converted(notebook_of(v4.new_markdown_cell("text"), "mo = 1", "mo + 1"))
    assert "mo_1 = 1" in conversion.text
    assert 'mo.md(r"""' in conversion.text


@pytest.mark.parametrize(
    "cells, number, code",
    [
        (["d = {}", "d['a'] = 1", "d"], 2, "mutation"),
        (["d = []", "d.append(1)", "d"], 2, "mutation"),
        (["import random\nrandom.seed(1)", "random.random()"], 1, "global-state"),
        (["import os", "os.environ['A'] = 'b'"], 2, "global-state"),
        (["import os", "os.chdir('..')"], 2, "global-state"),
        (["from threading import Thread", "Thread(target=print).start()"], 2, "thread"),
        (["name = input('?')"], 1, "input"),
        (["w = object()", "w.observe(print)"], 2, "callback"),
        (["import requests", "requests.get('http://localhost')"], 2, "network"),
        (["display(1, display_id='here')"], 1, "display-id"),
        (["h = display(1, display_id=True)", "h.update(2)"], 2, "display-id"),
        (["open('nowhere.csv').read()"], 1, "missing-data"),
        (["from nothing_of_that_name import *", "f()"], 1, "star-import"),
        (["from __future__ import annotations"], 1, "future-annotations"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_says_what_marimo_cannot_see(tmp_path: Path, cells: list[str], number: int, code: str):
    conversion = convert(json.dumps(notebook_of(*cells)).encode(), "x", tmp_path)
    assert code in codes(conversion, number)
    assert conversion.report.verdict is Verdict.NEEDS_YOU
    assert all(
        note.suggestion
        for cell in conversion.report.cells
        for note in cell.notes
        if note.verdict is Verdict.NEEDS_YOU
    )


def test_says_that_a_notebook_has_a_file_now():
    conversion = converted(["try:\n    print(__file__)\nexcept NameError:\n    pass"])
    assert codes(conversion, 1) == ["file-name"]


def test_says_which_cell_left_out_what_is_missing():
    conversion = converted(["x = 1", "%run nowhere.ipynb", "of_nowhere + x"])
    (note,) = conversion.report.cells[2].notes
    assert (note.code, "cell 2" in note.suggestion) == ("undefined-name", True)


def test_what_an_unknown_module_brings_takes_no_name_of_ours():
    text = converted(["from not_installed_here import *\nstart()", "display(1)\n2"]).text
    assert "from not_installed_here import start\n" in text
    assert "import marimo as mo\n" in text


def test_syntax_errors_are_shown(worlds: Worlds):
    stored = v4.new_code_cell("for in")
    stored.outputs = [v4.new_output("error", ename="SyntaxError", evalue="", traceback=[])]
    both = in_both(worlds, notebook_of("x = 1", stored, "return x", "x"))
    assert both.differs == []
    assert both.script.status == 0
    for old, new in zip(both.old[1:3], both.new[1:3], strict=True):
        assert (old.error, "SyntaxError: " in new.err) == ("SyntaxError", True)
    assert "error-on-purpose" in codes(both.conversion, 2)
    assert "syntax-error" in codes(both.conversion, 3)


def test_what_ran_in_an_older_python_is_kept_as_a_text():
    cell = v4.new_code_cell("print 'text'")
    cell.outputs = [v4.new_output("stream", text="text")]
    assert codes(converted(notebook_of(cell)), 1) == ["no-python"]


def test_data_that_is_there_is_not_missed(tmp_path: Path):
    (tmp_path / "there.csv").touch()
    notebook = json.dumps(notebook_of("open('there.csv').read(); open('new', 'w')")).encode()
    assert codes(convert(notebook, "x", tmp_path), 1) == []


def test_says_that_cells_ran_in_another_order():
    notebook = notebook_of("x = 1", "x")
    notebook.cells[0].execution_count, notebook.cells[1].execution_count = 5, 2
    (note,) = converted(notebook).report.notes
    assert (note.code, "cells 2 " in note.message) == ("hidden-order", True)


@pytest.mark.parametrize(
    "cell, line",
    [
        ("import pandas as pd", "pd.options.display.max_rows = 60"),
        ("import statsmodels.api as sm", "import pandas\n    pandas.options.display.max_rows = 60"),
        ("from seaborn import lineplot", "pandas.options.display.max_rows = 60"),
    ],
)
def test_pandas_prints_as_many_rows_as_in_jupyter(cell: str, line: str):
    assert line in converted([cell, "print(1)"]).text
    assert "max_rows" not in converted(["import math", "print(1)"]).text


def test_imports_that_may_depend_on_what_is_before_them_stay():
    conversion = converted(["import sys\nsys.path.append('x')", "import yaml\nyaml.dump({})"])
    assert codes(conversion, 1) == ["imports-first"]
    assert codes(conversion, 2) == []


def test_stored_outputs_of_the_old_notebook_stay_in_it(tmp_path: Path):
    notebook = notebook_of("1 + 1")
    notebook.cells[0].outputs = [v4.new_output("stream", text="2")]
    path = tmp_path / "old.ipynb"
    nbformat.write(notebook, path)
    before = path.read_bytes()
    convert(before, "old", tmp_path)
    assert path.read_bytes() == before


def test_nbconvert_exports_it(caplog: pytest.LogCaptureFixture):
    exporter = get_exporter("reactive")()
    text, resources = exporter.from_notebook_node(notebook_of("x = 1", "for in"))
    assert (resources["output_extension"], "app = marimo.App(" in text) == (".py", True)
    assert resources["reactive"]["verdict"] == "needs you"
