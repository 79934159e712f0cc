"""The judge itself: what it sees in both worlds, and what counts as the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cells import source_of
from worlds import Difference, Seen, Shown, Worlds, differences, together

SAME = {
    "prints": "print('a'); print('b')",
    "last-expression": "[1, 'two', {'three': 3}]",
    "string": "'it is \"quoted\"'",
    "wrapped": "list(range(60))",
    "error-stream": "import sys; print('oh', file=sys.stderr)",
    "child": "import subprocess; _ = subprocess.run(['echo', 'from a child'])",
    "address": "object()",
    "picture-or-formula": "class Both:\n    def __repr__(self): return 'both'\n"
    "    def _repr_png_(self): return b'png'\n    def _repr_latex_(self): return '$x$'\nBoth()",
    "nothing": "x = 1",
}


@pytest.mark.parametrize("source", SAME.values(), ids=SAME.keys())
def test_sees_the_same_in_both_worlds(worlds: Worlds, source: str):
    (old,) = worlds.in_jupyter([source])
    (new,) = worlds.in_marimo(source_of(source))
    assert differences(old, new) == []
    assert old.out or old.err or old.shown or source == "x = 1"


def test_sees_what_differs(worlds: Worlds):
    old = worlds.in_jupyter(["print(1)", "2", "1 / 0", "import sys; print('oh', file=sys.stderr)"])
    new = worlds.in_marimo(source_of("print(2)", "[2]", "int('a')", "x = 1"))
    assert [
        [found.what for found in differences(*pair)] for pair in zip(old, new, strict=True)
    ] == [
        ["text"],
        ["text"],
        ["error"],
        ["stderr"],
    ]


def test_a_cell_that_raises_stops_only_itself_in_jupyter(worlds: Worlds):
    assert [seen.error for seen in worlds.in_jupyter(["1 / 0", "print(1)"])] == [
        "ZeroDivisionError",
        "",
    ]


def test_a_cell_that_raises_stops_those_that_need_it_in_marimo(worlds: Worlds):
    seen = worlds.in_marimo(source_of("x = 1 / 0", "print(x)", "print(1)"))
    assert [(one.error, one.ran) for one in seen] == [
        ("ZeroDivisionError", True),
        ("", False),
        ("", True),
    ]


def test_sees_the_objects_of_an_output_area_in_order(worlds: Worlds):
    (seen,) = worlds.in_marimo(
        source_of("import marimo as mo\nmo.output.append([1])\nmo.output.append('two')")
    )
    assert [shown.text for shown in seen.shown] == ["[1]", "'two'"]


def test_a_notebook_that_is_none_shows_nothing(worlds: Worlds):
    assert worlds.in_marimo("print(1)") == []


def test_a_program_that_never_ends_is_stopped(worlds: Worlds):
    assert worlds.as_script("while True: pass", seconds=1).status is None


def test_a_script_ends_as_python_has_it(worlds: Worlds):
    good = worlds.as_script(
        source_of("print('a')") + "\n\nif __name__ == '__main__':\n    app.run()"
    )
    bad = worlds.as_script("import atexit\natexit.register(print, 'bye')\n1 / 0")
    assert (good.status, good.out) == (0, "a\n")
    assert (bad.status, bad.out) == (1, "bye\n")
    assert "ZeroDivisionError" in bad.err


def test_what_differs_with_every_run_is_the_same():
    old = Seen("Wall time: 3.2 ms\n<a at 0x7f00aa>\n", shown=(Shown("/tmp/ipykernel_1/2.py:3: x"),))
    new = Seen("Wall time: 1 s\n<a at 0x7f99bb>\n", shown=(Shown("/tmp/marimo_4/c.py:3: x"),))
    assert differences(old, new) == []


def test_other_words_for_the_same_page_are_the_same():
    old = Seen(shown=(Shown("<IPython.core.display.HTML object>", "<b>5 &lt; 6</b>"),))
    assert differences(old, Seen(shown=(Shown("Html()"),), page="<div><b>5 &lt; 6</b></div>")) == []
    assert differences(old, Seen(shown=(Shown("Html()"),), page="<div><b>5</b></div>"))


def test_other_values_differ_without_a_page_too():
    assert differences(Seen(shown=(Shown("5"),)), Seen(shown=(Shown("6"),)))


def test_printed_instead_of_displayed_is_the_same():
    assert differences(Seen("a\n", shown=(Shown("5"),)), Seen("a\n5\n")) == []


def test_a_widget_that_tells_more_of_itself_is_the_same():
    old = Seen(shown=(Shown("HBox(children=(But…", is_widget=True),))
    assert differences(old, Seen(shown=(Shown("HBox(children=(Button(), ))"),))) == []
    assert differences(old, Seen(shown=(Shown("VBox(children=(Button(), ))"),)))


def test_what_an_element_stands_for_shows_within_the_widget():
    old = Seen(shown=(Shown("interactive()", is_widget=True),))
    new = (Shown("Html()"), Shown("5"))
    assert differences(old, Seen(shown=new, page="<marimo-dict></marimo-dict>")) == []
    assert differences(old, Seen(shown=new, page="<p></p>"))


def test_what_is_printed_within_a_widget_shows_beside_it():
    old = Seen("a\n", shown=(Shown("interactive(children=(IntSlider(…", is_widget=True),))
    full = (Shown("interactive(children=(IntSlider(),))"), Shown("5"))
    page = "<marimo-anywidget></marimo-anywidget>"
    assert differences(old, Seen("b\na\n", shown=full, page=page)) == []
    assert differences(old, Seen("b\n", shown=full, page=page))
    assert differences(replace(old, shown=()), Seen("b\na\n"))


def test_styles_without_a_word_are_found_as_they_are():
    style = "<style>table {float: left}</style>"
    old = Seen(shown=(Shown("<IPython.core.display.HTML object>", style),))
    assert differences(old, Seen(shown=(Shown("Html()"),), page=f"<div>{style}</div>")) == []
    assert differences(old, Seen(page="<div></div>"))


def test_a_figure_stands_where_a_script_would_put_it():
    old = Seen(shown=(Shown("<IPython.core.display.HTML object>", "<div id='5'></div>"),))
    assert differences(old, Seen(figures=1)) == [Difference("figures", "0", "1")]
    assert [found.what for found in differences(old, Seen())] == ["text"]


def test_where_an_example_stands_in_a_file_does_not_matter():
    old, new = (Seen(f'File "{place}", line 9, in f') for place in ("__main__", "/a/b.py"))
    assert differences(old, new) == []


def test_pictures_that_a_script_holds_are_no_figures_of_the_cell(worlds: Worlds):
    frames = "mo.Html('<style>a{b:url(data:image/png;base64,AAAA)}</style><b>1</b>')"
    (seen,) = worlds.in_marimo(source_of(f"import marimo as mo\n{frames}"))
    assert seen.figures == 0


def test_cells_that_became_one_show_what_all_showed():
    cells = [Seen("a\n", figures=1), Seen("b\n", shown=(Shown("5"),))]
    assert together(cells) == Seen("a\nb\n", shown=(Shown("5"),), page="\n", figures=1)
