"""What cells with figures read like in Python, and what the report says of them."""

from __future__ import annotations

import pytest

from jupyter_reactive.notebooks.convert.model import SourceCell

from .drafts import the_draft, translated

PLOTS = {
    "shown-as-it-is": ("plt.plot([1])", "plt.plot([1])"),
    "shown-by-its-author": ("plt.plot([1])\nplt.show()", "plt.plot([1])\nplt.show()"),
    "statement": ("for i in x:\n    plt.plot(i)", "for i in x:\n    plt.plot(i)\nplt.show()"),
    "semicolon": ("plt.plot([1]);", "plt.plot([1])\nplt.show()"),
    "value-behind": ("plt.plot([1])\nlen(x)", "plt.plot([1])\nplt.show()\nlen(x)"),
    "tuple": ("plt.hist(x)", "show_figures(plt.hist(x))"),
    "table": ("df = pd.read_csv('x')\ndf.plot()", "df = pd.read_csv('x')\ndf.plot()"),
    "table-in-many": ("t = pd.DataFrame()\nt.hist()", "t = pd.DataFrame()\nshow_figures(t.hist())"),
    "table-silent": ("t = pd.DataFrame()\nt.plot();", "t = pd.DataFrame()\nt.plot()\nplt.show()"),
    "seaborn-settings": ("sns.set_theme()", "sns.set_theme()"),
    "seaborn": ("for c in x:\n    sns.histplot(c)", "for c in x:\n    sns.histplot(c)\nplt.show()"),
    "axes": (
        "fig = plt.figure()\nax = fig.add_subplot(111)\nax.plot([1])\nax.legend()",
        "fig = plt.figure()\nax = fig.add_subplot(111)\nax.plot([1])\nax.legend()",
    ),
    "figure-changed": (
        "fig, ax = plt.subplots()\nfig.set_figwidth(6)",
        "fig, ax = plt.subplots()\nfig.set_figwidth(6)\nplt.show()",
    ),
    "nothing-drawn": ("x = np.sort(x)\nx.mean()", "x = np.sort(x)\nx.mean()"),
    "only-defined": ("def draw():\n    plt.plot([1])", "def draw():\n    plt.plot([1])"),
}


@pytest.mark.parametrize("source, python", PLOTS.values(), ids=PLOTS.keys())
def test_a_cell_with_figures_reads_as_a_person_would_write_it(source: str, python: str):
    head = "import numpy as np, pandas as pd, seaborn as sns\nimport matplotlib.pyplot as plt"
    assert the_draft(translated(head, source), 1).source == python


@pytest.mark.parametrize(
    "second, code",
    [
        ("ax.set_title('too late')", "figure-again"),
        ("ax", "figure-again"),
        ("ax.plot([1, 2])", "figure-again"),
        ("fig", ""),
        ("fig.axes", "figure-again"),
        ("plt.figure(figsize=(2, 3))", "figure-empty"),
        ("fig2 = plt.figure()\nplt.plot([1])\nfig2", "figure-once"),
    ],
)
def test_the_report_tells_of_figures_that_show_more_or_less_often(second: str, code: str):
    head = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1]);"
    draft = the_draft(translated(head, second), 1)
    assert draft.source == second
    assert [note.code for note in draft.notes] == [code] * bool(code)


def test_pyplot_keeps_the_name_that_the_notebook_has_for_it():
    translation = translated("from matplotlib import pyplot", "for i in x:\n    pyplot.plot(i)")
    assert the_draft(translation, 1).source.endswith("\npyplot.show()")
    assert "import matplotlib.pyplot as pyplot" in translation.imports


def test_a_notebook_without_matplotlib_gets_none():
    translation = translated("def plot(x):\n    return x", "plot(1)", "for i in y:\n    i.plot()")
    assert translation.imports == ()
    assert [draft.source for draft in translation.drafts][2] == "for i in y:\n    i.plot()"


def test_a_stored_figure_tells_of_a_function_that_draws_unseen():
    picture = {"output_type": "display_data", "data": {"image/png": "x", "text/plain": "<Figure>"}}
    cell = SourceCell(1, "code", "unseen.go()", outputs=(picture,), execution_count=2)
    translation = translated("import matplotlib, unseen", cell)
    assert the_draft(translation, 1).source == "show_figures(unseen.go())"


def test_a_likely_name_that_drew_nothing_before_stays():
    ran = SourceCell(1, "code", "import matplotlib, other\nother.plot_it()", execution_count=1)
    told = {"output_type": "stream", "name": "stdout", "text": "x"}
    assert the_draft(
        translated(SourceCell(0, "code", "print(1)", outputs=(told,)), ran), 1
    ).source == (ran.source)


def test_plots_of_other_packages_are_left_alone():
    head = "import pandas as pd\nimport plotly.express as px"
    translation = translated(head, "fig = px.scatter(x=[1])\nfig.show()", "px.bar(x=[1])")
    assert [draft.source for draft in translation.drafts][1:] == [
        "fig = px.scatter(x=[1])\nfig.show()",
        "px.bar(x=[1])",
    ]


def test_a_value_that_was_one_picture_is_one_again():
    outputs = (
        {"output_type": "execute_result", "data": {"text/plain": "<Axes: >"}},
        {"output_type": "display_data", "data": {"image/png": "x", "text/plain": "<Figure size>"}},
    )
    cell = SourceCell(1, "code", "load().plot()", outputs=outputs, execution_count=2)
    assert the_draft(translated("import pandas", cell), 1).source == "load().plot()"
