"""`%run script.py` by runpy; for other notebooks see `included`."""

from __future__ import annotations

import ast
import shlex

from ....translation import _
from ..scopes import executed
from ..text import quoted
from .expansion import expansion
from .names import bound_names
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
        return _by_hand(
            magic,
            work,
            _("%run runs {name}, which is not beside the notebook or stands in other code.").format(
                name=script
            ),
        )
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


def _by_hand(magic: Magic, work: Work, message: str) -> Rewrite:
    work.needs_you(
        "magic-run",
        message + " " + _("It is a comment now."),
        _("Make a module of it and import from that what is needed here."),
    )
    return Rewrite(commented(magic.written))
