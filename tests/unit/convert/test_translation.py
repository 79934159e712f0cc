"""What IPython's cells read like in Python, and what the report says of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_reactive.notebooks.convert.ipython import translate
from jupyter_reactive.notebooks.convert.ipython.markdown import LARGEST_IMAGE
from jupyter_reactive.notebooks.convert.model import SourceCell, Verdict

from .drafts import codes, the_draft, translated

READS = {
    "plain": ("x = 1  # one\n\n\ny = f(  x )", "x = 1  # one\n\n\ny = f(  x )"),
    "matplotlib": ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
    "inert-in-a-block": ("if x:\n    %autoreload 2", "if x:\n    pass\n    # %autoreload 2"),
    "shell": ("!ls -la", 'shell("ls -la")'),
    "shell-lines": ("x = !ls", 'x = subprocess.getoutput("ls").splitlines()'),
    "shell-expanded": ("a = 1\n!echo {a} $a", 'a = 1\nshell(f"echo {a} {a}")'),
    "shell-not-expanded": ("!echo {a}", 'shell("echo {a}")'),
    "shell-nested-quotes": ("d = {}\n!echo {d['k']}", 'd = {}\nshell("echo " + str(d[\'k\']))'),
    "cd-quietly": ("%cd -q ..", 'os.chdir("..")'),
    "cd-home": ("%cd", 'os.chdir(os.path.expanduser("~"))\nprint(os.getcwd())'),
    "pwd": ("here = %pwd", "here = os.getcwd()"),
    "pip": ("%pip install -q numpy", "# %pip install -q numpy"),
    "time": ("%time f()", "with timed():\n    _value = f()\n_value"),
    "time-in-the-middle": ("%time f()\n1", "with timed():\n    f()\n1"),
    "time-of-a-comment": ("%%time\n# x = 1", "with timed():\n    # x = 1\n    pass"),
    "time-of-nothing": ("%%time\n", "with timed():\n    pass"),
    "timeit-of-a-comment": (
        "%%timeit\n# x = 1",
        "def _timed():\n    # x = 1\n    pass\n\ntime_it(_timed)",
    ),
    "capture-of-a-comment": (
        "%%capture\n# x = 1",
        "with captured():\n    # x = 1\n    pass",
    ),
    "timeit": ("%timeit f()", "time_it(lambda: f())"),
    "svg-figures": (
        "%config InlineBackend.figure_format = 'svg'",
        'plt.rcParams["savefig.format"] = "svg"',
    ),
    "retina": (
        "%config InlineBackend.figure_format = 'retina'",
        "# %config InlineBackend.figure_format = 'retina'",
    ),
    "help": ("str.join?", "# str.join?"),
    "unknown": ("%nonsense a\nx = 1", "# %nonsense a\nx = 1"),
    "unknown-cell": ("%%nonsense\na\nb", "# %%nonsense\n# a\n# b"),
    "prompts": (">>> x = 1\n>>> x", "x = 1\nx"),
    "html": ("%%html\n<b>x</b>", 'mo.Html("<b>x</b>")'),
    "latex-equation": ("%%latex\n\\begin{align}\nx\n\\end{align}",
        'mo.md(r"""$$\n\\begin{align}\nx\n\\end{align}\n$$""")'),
    "javascript-for-jupyter": ("%%javascript\nJupyter.x()", "# %%javascript\n# Jupyter.x()"),
    "shadowed-automagic": ("ls = 1\nls", "ls = 1\nls"),
}  # fmt: skip


@pytest.mark.parametrize("source, python", READS.values(), ids=READS.keys())
def test_reads_as_a_person_would_write_it(source: str, python: str):
    assert the_draft(translated(source)).source == python


PACKAGES = {
    "!pip install numpy": ("numpy",),
    "!pip3 install -U 'pandas>=2' scipy": ("pandas>=2", "scipy"),
    "%pip install -q --no-cache-dir black[jupyter]==24.1": ("black[jupyter]==24.1",),
    "!python -m pip install --index-url https://example.org/simple torch": ("torch",),
    "import sys\n!{sys.executable} -m pip install requests": ("requests",),
    "!uv pip install httpx": ("httpx",),
    "!conda install -y -c conda-forge numpy=1.26": ("numpy==1.26",),
    "!pip install git+https://example.org/who/tool.git@main": (
        "tool @ git+https://example.org/who/tool.git@main",
    ),
    "!pip install numpy > log.txt 2>&1": ("numpy",),
    "!pip list": (),
    "!pip uninstall -y numpy": (),
}


@pytest.mark.parametrize("source, requirements", PACKAGES.items(), ids=PACKAGES.keys())
def test_installations_become_requirements(source: str, requirements: tuple[str, ...]):
    assert translated(source).dependencies == requirements


def test_a_file_of_requirements_is_left_to_the_reader():
    draft = the_draft(translated("!pip install -r requirements.txt"))
    assert codes(draft)[-1] == ("packages-by-hand", Verdict.NEEDS_YOU)


@pytest.mark.parametrize("magic", ["R", "cython", "sql", "julia", "bigquery"])
def test_cells_of_other_languages_are_kept_for_the_reader(magic: str):
    draft = the_draft(translated(f"%%{magic} -o x\nx <- 1"))
    assert draft.source == f"# %%{magic} -o x\n# x <- 1"
    assert codes(draft) == [(f"magic-{magic.lower()}", Verdict.NEEDS_YOU)]


def test_an_unknown_magic_needs_the_reader_and_names_its_line():
    (note,) = the_draft(translated("x = 1\n%nonsense")).notes
    assert (note.verdict, note.line) == (Verdict.NEEDS_YOU, 2)


def test_a_function_of_ours_gives_way_to_a_name_of_the_notebook():
    translation = translated("shell = 1", "!ls")
    assert the_draft(translation, 1).source == 'shell_("ls")'
    assert "def shell_(command):" in translation.drafts[0].source


def test_only_the_functions_that_are_needed_are_there():
    assert [draft.origins for draft in translated("x = 1").drafts] == [(0,)]
    (added, _cell) = translated("%timeit 1").drafts
    assert added.origins == ()
    assert added.source.count("\ndef ") == 0


def test_what_is_no_python_stays_as_it_is():
    assert the_draft(translated("%matplotlib inline\nprint 1")).source.endswith("print 1")


def test_a_value_that_cannot_be_told_needs_the_reader():
    assert codes(the_draft(translated("_ + 1"))) == [("history", Verdict.NEEDS_YOU)]


def test_values_are_found_by_jupyters_numbers():
    cells = [
        SourceCell(0, "code", "6 * 7", execution_count=12),
        SourceCell(1, "code", "Out[12] + _12", execution_count=13),
    ]
    translation = translated(*cells)
    assert the_draft(translation).source == "out_12 = 6 * 7\nout_12"
    assert the_draft(translation, 1).source == "out_12 + out_12"


def test_an_underscore_that_the_notebook_uses_is_its_own():
    assert the_draft(translated("1", "for _ in x:\n    print(_)"), 1).source.endswith("print(_)")


def test_display_is_imported():
    assert translated("display(1)").imports == ("from IPython.display import display",)


def test_a_display_of_the_notebooks_own_is_not():
    assert translated("def display(x):\n    pass", "display(1)").imports == ()


def test_get_ipython_needs_the_reader():
    draft = the_draft(translated("get_ipython().events.register('x', f)"))
    assert codes(draft) == [("get-ipython", Verdict.NEEDS_YOU)]


TAGS = {
    "hide-input": {"hide_code": True},
    "remove-cell": {"hide_code": True},
    "skip-execution": {"disabled": True},
}


@pytest.mark.parametrize("tag, settings", TAGS.items(), ids=TAGS.keys())
def test_tags_become_settings(tag: str, settings: dict[str, bool]):
    draft = the_draft(translated(SourceCell(0, "code", "1", frozenset({tag}))))
    assert {name: getattr(draft, name) for name in settings} == settings
    assert codes(draft)[0][1] is Verdict.CHANGED


def test_a_hidden_source_is_folded():
    cell = SourceCell(0, "code", "1", metadata={"jupyter": {"source_hidden": True}})
    assert the_draft(translated(cell)).hide_code


def test_parameters_can_be_given_to_the_program():
    cell = SourceCell(0, "code", "n = 3  # how many\nf = [1]", frozenset({"parameters"}))
    translation = translated(cell)
    assert the_draft(translation).source == 'n = mo.cli_args().get("n", 3)  # how many\nf = [1]'
    assert translation.imports == ("import marimo as mo",)


def test_markdown_is_text_of_marimos():
    draft = the_draft(translated(SourceCell(0, "markdown", "# Title\n\n$\\alpha$ {x}")))
    assert draft.source == 'mo.md(r"""\n# Title\n\n$\\alpha$ {x}\n""")'
    assert (draft.markdown, draft.hide_code, draft.notes) == (True, True, ())


def test_markdown_with_quotes_stays_the_same_text():
    text = 'three """ and \\alpha'
    source = the_draft(translated(SourceCell(0, "markdown", text))).source
    assert eval(source.removeprefix("mo.md(").removesuffix(")")).strip() == text


def test_magics_in_markdown_stay_text():
    draft = the_draft(translated(SourceCell(0, "markdown", "!ls\n%time x")))
    assert "!ls\n%time x" in draft.source


def test_an_attachment_is_within_the_text():
    text = "![a](attachment:a.png) ![b](attachment:b.png)"
    cell = SourceCell(0, "markdown", text, attachments={"a.png": {"image/png": "QUJD"}})
    draft = the_draft(translated(cell))
    assert "![a](data:image/png;base64,QUJD) ![b](attachment:b.png)" in draft.source
    assert codes(draft) == [("attachments", Verdict.CHANGED)]


def test_files_that_a_text_shows_are_named():
    (note,) = the_draft(translated(SourceCell(0, "markdown", "![a](images/a.png)"))).notes
    assert note.verdict is Verdict.NEEDS_YOU
    assert "images/a.png" in note.message


def test_an_image_beside_the_notebook_is_within_the_text(tmp_path: Path):
    beside = tmp_path / "lesson"
    (beside / "images").mkdir(parents=True)
    (beside / "images/a b.png").write_bytes(b"ABC")
    (beside / "large.png").write_bytes(bytes(LARGEST_IMAGE + 1))
    (tmp_path / "outside.png").write_bytes(b"ABC")
    (beside / "link.png").symlink_to("../outside.png")
    text = '<img width=9 src="images/a%20b.png"> ![b](images/a%20b.png "b")'
    left = "![](large.png) ![](../outside.png) ![](link.png) ![](gone.png)"
    cells = [SourceCell(0, "markdown", text), SourceCell(1, "markdown", left)]
    translation = translate(cells, beside)
    within, kept = translation.drafts
    data = "data:image/png;base64,QUJD"
    assert f'<img width=9 src="{data}"> ![b]({data} "b")' in within.source
    assert codes(within) == [("local-image", Verdict.CHANGED)]
    assert left in kept.source
    assert codes(kept) == [("local-image", Verdict.NEEDS_YOU)]


def test_a_raw_cell_is_shown_as_it_stands():
    draft = the_draft(translated(SourceCell(0, "raw", "a ``` b")))
    assert "````text\na ``` b\n````" in draft.source
    assert codes(draft) == [("raw-cell", Verdict.CHANGED)]


INTERACTS = {
    "whole": ("x=(0, 10)", 'mo.ui.slider(0, 10, value=5, label="x")'),
    "float": ("x=(0.0, 1.0)", 'mo.ui.slider(0.0, 1.0, step=0.1, value=0.5, label="x")'),
    "step": ("x=(0, 10, 5)", 'mo.ui.slider(0, 10, step=5, value=5, label="x")'),
    "number": ("x=10", 'mo.ui.slider(-10, 30, value=10, label="x")'),
    "switch": ("x=True", 'mo.ui.checkbox(value=True, label="x")'),
    "text": ("x='a'", 'mo.ui.text(value="a", label="x")'),
    "list": ("x=['a', 'b']", "mo.ui.dropdown(['a', 'b'], value='a', label=\"x\")"),
    "dict": ("x={'a': 1}", "mo.ui.dropdown({'a': 1}, value='a', label=\"x\")"),
}


@pytest.mark.parametrize("argument, element", INTERACTS.values(), ids=INTERACTS.keys())
def test_interact_becomes_elements(argument: str, element: str):
    head = "from ipywidgets import interact\ndef f(x): pass"
    drafts = translated(head, f"interact(f, {argument});").drafts
    assert [draft.source for draft in drafts[1:]] == [
        f'controls = mo.ui.dictionary({{\n    "x": {element},\n}})\ncontrols',
        "f(**controls.value)",
    ]
    assert [draft.origins for draft in drafts[1:]] == [(1,), (1,)]


def test_interact_as_a_decorator():
    source = "from ipywidgets import interact\n@interact(x=True)\ndef f(x):\n    return x"
    first, second = translated(source).drafts
    assert "\ndef f(x):\n    return x\n\ncontrols = " in first.source
    assert second.source == "f(**controls.value)"


def test_interact_with_widgets_needs_the_reader():
    source = "import ipywidgets as w\nw.interact(f, x=w.IntSlider())"
    assert codes(the_draft(translated(source))) == [("ipywidgets", Verdict.NEEDS_YOU)]


def test_a_script_beside_the_notebook_brings_the_names_that_are_read(tmp_path: Path):
    (tmp_path / "tool.py").write_text("def used(): pass\ndef unused(): pass\nother = 1")
    cells = ["%run tool.py", "used(); missing"]
    sources = [SourceCell(index, "code", cell) for index, cell in enumerate(cells)]
    assert the_draft(translate(sources, tmp_path)).source == (
        '_script = runpy.run_path("tool.py", run_name="__main__")\nused = _script["used"]'
    )


def test_a_notebook_that_is_run_stands_in_the_cell(tmp_path: Path):
    sources = ["a = 1\nprint(a)", "%matplotlib inline\na"]
    other = {"cells": [{"cell_type": "code", "source": [source]} for source in sources]}
    (tmp_path / "other.ipynb").write_text(json.dumps(other))
    cell = SourceCell(0, "code", "x = 1\n%run 'other.ipynb'\na")
    drafts = translate([cell], tmp_path).drafts
    texts = ["x = 1", "a = 1\nprint(a)", "# %matplotlib inline\na;", "a"]
    assert [draft.source for draft in drafts] == texts
    assert codes(drafts[1]) == [("magic-run-notebook", Verdict.CHANGED)]


@pytest.mark.parametrize("source", ["%run none.ipynb", "if x:\n    %run itself.ipynb"])
def test_a_notebook_that_cannot_stand_there_needs_the_reader(tmp_path: Path, source: str):
    (tmp_path / "itself.ipynb").write_text(json.dumps({"cells": []}))
    draft = the_draft(translate([SourceCell(0, "code", source)], tmp_path))
    assert codes(draft) == [("magic-run", Verdict.NEEDS_YOU)]


def test_a_notebook_that_runs_itself_ends(tmp_path: Path):
    cell = {"cell_type": "code", "source": "%run itself.ipynb"}
    (tmp_path / "itself.ipynb").write_text(json.dumps({"cells": [cell]}))
    draft = the_draft(translate([SourceCell(0, "code", "%run itself.ipynb")], tmp_path))
    assert draft.source == "# %run itself.ipynb"


def test_scripts_that_cannot_be_read_need_the_reader():
    translation = translated("%run one.py", "%run two.py", "f()")
    assert codes(the_draft(translation)) == [("magic-run", Verdict.NEEDS_YOU)]


def test_all_values_are_shown_where_ipython_was_told_to():
    head = "from IPython.core.interactiveshell import InteractiveShell\n"
    translation = translated(
        f"{head}InteractiveShell.ast_node_interactivity = 'all'", "1\nx = 2\nx"
    )
    assert the_draft(translation, 1).source == (
        "mo.output.append(1)\nx = 2\nif (_value := x) is not None:\n    mo.output.append(_value)"
    )


def test_widgets_are_named_where_they_are_made_and_used():
    translation = translated("from ipywidgets import *", "s = IntSlider()", "s.value", "x = 1")
    found = [[note.code for note in draft.notes] for draft in translation.drafts]
    assert found == [[], ["ipywidgets"], ["ipywidgets"], []]


FORMULAS = {
    "call": ("solve(x**2 - 1)", "as_formula(solve(x**2 - 1))"),
    "list": ("[x, x**2]", "as_formula([x, x**2])"),
    "one-formula": ("x**2", "x**2"),
    "silenced": ("solve(x);", "solve(x);"),
}


@pytest.mark.parametrize("source, python", FORMULAS.values(), ids=FORMULAS.keys())
def test_lists_of_formulas_are_formulas_as_sympy_has_it(source: str, python: str):
    setting = "from sympy import init_printing\ninit_printing()"
    assert the_draft(translated(setting, source), 1).source == python


def test_lists_of_formulas_are_known_by_their_outputs():
    outputs = [
        ({"output_type": "execute_result", "data": {"text/latex": latex}},)
        for latex in (["$\\displaystyle \\left[ x\\right]$"], "$$\\frac{x}{2}$$")
    ]
    drafts = translated(
        "init_session()",
        *(SourceCell(n, "code", "f(x)", outputs=kept) for n, kept in enumerate(outputs, 1)),
    )
    assert [the_draft(drafts, n).source for n in (1, 2)] == ["as_formula(f(x))", "f(x)"]


def test_lists_stay_lists_without_sympys_setting():
    assert the_draft(translated("solve(x)")).source == "solve(x)"


SHELLS = {
    "whether-it-is-jupyter": ("'zmq' in str(get_ipython())", [Verdict.CHANGED]),
    "its-class": ("get_ipython().__class__.__name__", [Verdict.CHANGED]),
    "its-parts": ("get_ipython().events", [Verdict.NEEDS_YOU]),
    "its-own-magic": ("get_ipython().run_line_magic('pwd', '')", []),
}


@pytest.mark.parametrize("source, verdicts", SHELLS.values(), ids=SHELLS.keys())
def test_who_tells_ipythons_shell_something_needs_the_reader(source: str, verdicts: list[Verdict]):
    found = codes(the_draft(translated(source)))
    assert [verdict for code, verdict in found if code == "get-ipython"] == verdicts


def test_every_function_of_ours_is_python():
    folder = Path(translate.__code__.co_filename).parent / "inlined"
    files = sorted(folder.glob("*.py.txt"))
    assert files
    for file in files:
        compile(file.read_text("utf-8"), str(file), "exec")
