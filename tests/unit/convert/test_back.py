"""From a marimo notebook to one of Jupyter's: what stays, what is replaced, what is said."""

from __future__ import annotations

import nbformat
import pytest
from cells import source_of
from worlds import Seen, Worlds

from jupyter_reactive.errors import BrokenNotebook, NotANotebook
from jupyter_reactive.notebooks.convert.back import WayBack, back
from jupyter_reactive.notebooks.convert.model import Verdict

MO = "import marimo as mo"


def cells_of(way: WayBack) -> list[tuple[str, str]]:
    notebook = nbformat.reads(way.text, as_version=4)
    nbformat.validate(notebook)
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def sources(*cells: str) -> list[str]:
    return [source for _kind, source in cells_of(back(source_of(*cells)))]


def codes(way: WayBack, number: int) -> list[str]:
    return [note.code for note in way.report.cells[number - 1].notes]


def seen(worlds: Worlds, *cells: str) -> list[Seen]:
    return worlds.in_jupyter(nbformat.reads(back(source_of(*cells)).text, as_version=4))


def test_says_kernel_and_language():
    metadata = back(source_of("x = 1")).notebook["metadata"]
    assert metadata["kernelspec"]["name"] == "python3"
    assert metadata["language_info"]["name"] == "python"


def test_python_stays_as_it_is():
    way = back(source_of("x = 1  # one\n\n\ny = (\n    2\n)", "x + y"))
    assert cells_of(way) == [("code", "x = 1  # one\n\n\ny = (\n    2\n)"), ("code", "x + y")]
    assert way.report.verdict is Verdict.KEPT


def test_cells_come_behind_what_they_need():
    way = back(source_of("print(x)", "x = 1", "y = 2"))
    assert [source for _kind, source in cells_of(way)] == ["x = 1", "print(x)", "y = 2"]
    assert [codes(way, number) for number in (1, 2, 3)] in (
        [["order"], [], []],
        [[], ["order"], []],
    )


def test_only_the_cell_that_moved_is_told_of():
    way = back(source_of("print(x)", "print(x + 1)", "print(x + 2)", "x = 1"))
    assert [codes(way, number) for number in (1, 2, 3, 4)] == [[], [], [], ["order"]]


def test_marimo_is_imported_first():
    assert sources("mo.hstack([1])", MO) == [MO, "mo.hstack([1])"]


def test_the_order_of_the_file_is_kept_when_asked_for_and_its_trouble_told():
    way = back(source_of("print(x)", "x = 1"), as_in_file=True)
    assert [source for _kind, source in cells_of(way)] == ["print(x)", "x = 1"]
    (note,) = way.report.cells[0].notes
    assert (note.verdict, note.code) == (Verdict.NEEDS_YOU, "order")


@pytest.mark.parametrize(
    "call",
    ['mo.md("# A title")', 'mo.md(r"""\n# A title\n""")', 'mo.md("""\n    # A title\n    """)'],
)
def test_markdown_is_markdown(call: str):
    assert cells_of(back(source_of(MO, call)))[1] == ("markdown", "# A title")


def test_formulas_have_dollars():
    text = r'mo.md(r"\(a\) and \[b\] but `\(c\)`")'
    assert cells_of(back(source_of(MO, text)))[1] == ("markdown", r"$a$ and $$b$$ but `\(c\)`")


def test_markdown_with_a_comment_is_code():
    assert cells_of(back(source_of(MO, '# why\nmo.md("x")')))[1][0] == "code"


def test_disabled_cells_and_those_that_need_them_are_skipped():
    source = source_of("x = 1", "print(x)", "print(2)").replace(
        "@app.cell\n", "@app.cell(disabled=True)\n", 1
    )
    tags = [cell["metadata"].get("tags") for cell in back(source).notebook["cells"]]
    assert tags == [["skip-execution"], ["skip-execution"], None]


def test_hidden_code_is_hidden_and_names_stay():
    source = source_of("x = 1").replace("@app.cell\ndef _", "@app.cell(hide_code=True)\ndef first")
    (cell,) = back(source).notebook["cells"]
    assert cell["metadata"] == {
        "jupyter": {"source_hidden": True},
        "marimo": {"config": {"hide_code": True}, "name": "first"},
    }


def test_header_and_settings_of_the_app_stay_in_the_metadata():
    source = '# /// script\n# dependencies = ["numpy"]\n# ///\n\n' + source_of("x = 1").replace(
        "marimo.App()", 'marimo.App(width="full")'
    )
    assert back(source).notebook["metadata"]["marimo"] == {
        "app_config": {"width": "full"},
        "header": '# /// script\n# dependencies = ["numpy"]\n# ///',
    }


def test_setup_functions_and_classes_are_cells():
    source = (
        "import marimo\n\napp = marimo.App()\n\nwith app.setup:\n    import math\n\n\n"
        "@app.function\ndef half(x):\n    return x / 2\n    # the end\n\n\n"
        "@app.class_definition\nclass A:\n    pass\n\n\n"
        'app._unparsable_cell(\n    r"""\n    %broken (\n    """,\n    name="_"\n)\n'
    )
    way = back(source)
    assert [text for _kind, text in cells_of(way)] == [
        "import math",
        "def half(x):\n    return x / 2\n    # the end",
        "class A:\n    pass",
        "%broken (",
    ]
    assert codes(way, 4) == ["no-python"]


def test_strings_over_several_lines_stay():
    text = 'x = """a\n  b\n\n    c"""\nprint(x)'
    assert sources(text) == [text]


def test_an_element_is_shown_by_its_value(worlds: Worlds):
    cells = (MO, "s = mo.ui.slider(1, 9, value=3)\ns", "s.value * 2", "mo.ui.text('a')")
    assert [[one.text for one in cell.shown] for cell in seen(worlds, *cells)] == [
        [],
        ["3"],
        ["6"],
        ["'a'"],
    ]
    assert codes(back(source_of(*cells)), 2) == ["ui-element"]


def test_a_table_is_shown_by_what_is_in_it():
    assert sources(MO, "rows = [1]", "table = mo.ui.table(rows)\ntable")[2] == (
        "table = mo.ui.table(rows)\nrows"
    )


def test_markdown_with_values_is_shown(worlds: Worlds):
    cells = seen(worlds, MO, "s = mo.ui.slider(1, 9, value=3)", 'mo.md(f"**{s}** is {s.value}")')
    assert [one.rich for one in cells[-1].shown] == ["**3** is 3"]


def test_outputs_of_marimo_are_displays(worlds: Worlds):
    text = "mo.output.append('a')\nmo.output.replace('b')\nmo.output.append('c')"
    cells = seen(worlds, MO, text)
    assert [one.text for one in cells[-1].shown] == ["'b'", "'c'"]


@pytest.mark.parametrize(
    "condition, shown", [("x > 1", ["'too large'"]), ("x > 5", ["4"])], ids=["stops", "goes-on"]
)
def test_stop_is_a_condition(worlds: Worlds, condition: str, shown: list[str]):
    text = f"x = 2\nmo.stop({condition}, 'too large')\ny = x * 2\ny"
    *_rest, cell = seen(worlds, MO, text)
    assert [one.text for one in cell.shown] == shown
    assert not cell.error


def test_stop_without_an_output_and_at_the_end():
    assert sources(MO, "mo.stop(True)\nx = 1")[1] == "if not (True):\n    x = 1"
    assert sources(MO, "x = 1\nmo.stop(x, x)")[1] == "x = 1\nif x:\n    display(x)"


def test_arguments_have_their_defaults_and_are_parameters():
    way = back(source_of(MO, "n = mo.cli_args().get('n', 4)", "mo.query_params()"))
    assert [text for _kind, text in cells_of(way)] == [MO, "n = 4", "{}"]
    assert way.notebook["cells"][1]["metadata"]["tags"] == ["parameters"]


def test_caches_are_left_out(worlds: Worlds):
    cells = seen(
        worlds,
        MO,
        "@mo.cache\ndef f(x):\n    return x + 1\n\nf(1)",
        "with mo.persistent_cache('a'):\n    y = 3\ny",
    )
    assert [one.text for cell in cells for one in cell.shown] == ["2", "3"]


def test_state_is_told():
    way = back(source_of(MO, "get, put = mo.state(1)", "get()"))
    assert codes(way, 2) == ["state"]


def test_an_element_that_needs_marimos_page_needs_you():
    way = back(source_of(MO, "mo.accordion({'a': 1})"))
    assert way.report.cells[1].verdict is Verdict.NEEDS_YOU


def test_a_private_name_that_a_function_reads_later_stays_its_own(worlds: Worlds):
    cells = ("_k = 3\ndef f():\n    return _k", "_k = 5\n_k", "f()")
    new = worlds.in_marimo(source_of(*cells))
    assert [cell.shown for cell in seen(worlds, *cells)] == [cell.shown for cell in new]
    assert [one.text for one in new[-1].shown] == ["3"]


def test_private_names_that_nothing_reads_later_stay():
    assert sources("_k = 3\nprint(_k)", "_k = 5\nprint(_k)") == [
        "_k = 3\nprint(_k)",
        "_k = 5\nprint(_k)",
    ]


def test_the_report_names_the_lines_of_the_new_file():
    way = back(source_of("x = 1", "y = 2\nz = 3"))
    lines = way.text.splitlines()
    assert [lines[cell.lines[0] - 1] for cell in way.report.cells] == ["  {", "  {"]
    assert '"y = 2\\n",' in "".join(lines[way.report.cells[1].lines[0] :])


def test_refuses_what_is_no_notebook():
    with pytest.raises(NotANotebook, match="app = marimo"):
        back("print(1)")
    with pytest.raises(BrokenNotebook, match="line 2"):
        back("import marimo\nx = (")
