"""`%run`: a script by runpy, another notebook by its cells."""

from __future__ import annotations

import ast
import json
import shlex

from ....translation import _
from ..scopes import executed
from ..text import quoted
from .expansion import expansion
from .names import bound_names
from .syntax import to_python
from .work import Magic, Rewrite, Work, commented


def run(magic: Magic, work: Work) -> Rewrite:
    """Run a file, and take from it the names that the notebook reads."""
    try:
        words = shlex.split(magic.arguments)
    except ValueError:
        words = []
    if not words or words[0].startswith("-"):
        return _by_hand(magic, work, _("%run has options that have no counterpart."))
    script, *arguments = words
    if script.endswith(".ipynb"):
        return _notebook(magic, script, work)
    if not script.endswith(".py"):
        script += ".py"
    names = _names(script, work)
    if names is None:
        return _by_hand(
            magic,
            work,
            _("It cannot be told which names %run takes from {script}.").format(script=script),
        )
    work.notebook.need("import runpy")
    lines = []
    if arguments:
        work.notebook.need("import sys")
        lines.append(f"sys.argv = [{', '.join(map(quoted, [script, *arguments]))}]")
    call = f'runpy.run_path({expansion(script, work.bound)}, run_name="__main__")'
    lines.append(f"_script = {call}")
    lines += [f"{name} = _script[{quoted(name)}]" for name in sorted(names)]
    work.changed(
        "magic-run",
        _("%run became runpy.run_path; what other cells read is taken from the script."),
        _("Importing the module is plainer, if it only defines things."),
    )
    return Rewrite("\n".join(lines))


def _names(script: str, work: Work) -> set[str] | None:
    """The names that a script brings and the notebook reads; None if that cannot be told."""
    notebook = work.notebook
    text = notebook.text_of(script)
    if text is None:
        return set(notebook.missing) if notebook.runs == 1 else None
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    bound = {name for node in executed(tree) for name in _bound_by(node)}
    return bound & notebook.read


def _bound_by(node: ast.AST) -> set[str]:
    """What one node of a module binds there."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Name | ast.Import | ast.ImportFrom | ast.ExceptHandler):
        return bound_names(node)
    return set()


def _notebook(magic: Magic, name: str, work: Work) -> Rewrite:
    """The cells of another notebook in the place of the magic, if they are plain Python."""
    text = work.notebook.text_of(name)
    try:
        cells = json.loads(text or "")["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        code = "\n\n".join(to_python(source, frozenset()) for source in sources if source.strip())
        ast.parse(code)
    except (ValueError, KeyError, TypeError, SyntaxError):
        return _by_hand(magic, work, _("%run runs another notebook."))
    if "get_ipython" in code:
        return _by_hand(magic, work, _("%run runs another notebook, which has magics itself."))
    work.changed(
        "magic-run-notebook",
        _("The cells of {name} stand here now: they ran in this notebook.").format(name=name),
        _("Import from a module what several notebooks need."),
    )
    return Rewrite(f"# %run {magic.arguments}\n{code}")


def _by_hand(magic: Magic, work: Work, message: str) -> Rewrite:
    work.needs_you(
        "magic-run",
        message + " " + _("It is a comment now."),
        _("Make a module of it and import from that what is needed here."),
    )
    return Rewrite(commented(magic.written))
