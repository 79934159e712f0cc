"""A cell without its magics: each call of IPython's gives way to Python."""

from __future__ import annotations

import ast

from ..indent import indented
from ..text import Edit, Source, edited, is_silenced
from .cell_magics import cell_magic
from .line_magics import LINE_MAGICS, shell, shell_lines, unknown
from .syntax import call_of_ipython, to_python
from .work import Magic, Rewrite, Work


def without_magics(source: str, work: Work) -> str:
    """Python that does what the cell does in IPython.

    Args:
        source: of the cell.
        work: takes the notes.

    Raises:
        SyntaxError: what is left is no Python.
    """
    text = to_python(source, LINE_MAGICS.keys() - work.bound)
    shells = work.notebook.shells
    if "get_ipython" not in text and not any(shell in text for shell in shells):
        ast.parse(text)
        return text
    python = Source(text)
    edits = [
        edit
        for statement in _simple_statements(python.tree)
        for edit in _edits(statement, python, source, work)
    ]
    return edited(text, edits).strip("\n")


def _simple_statements(tree: ast.Module) -> list[ast.stmt]:
    """The statements that hold no others, in order."""
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.stmt) and not hasattr(node, "body")
    ]


def _edits(statement: ast.stmt, python: Source, source: str, work: Work) -> list[Edit]:
    last = python.tree.body[-1]
    shown = statement is last and not is_silenced(python.text)
    edits = []
    for node in ast.walk(statement):
        found = call_of_ipython(node, work.notebook.shells)
        if found is None or not isinstance(node, ast.Call):
            continue
        alone = isinstance(statement, ast.Expr) and statement.value is node
        outer = work.line
        work.line = _line_of(found[1], source, outer or 0)
        rewrite = _rewrite(*found, work, wanted=shown or not alone)
        edits += _placed(rewrite, node, statement, python, alone=alone, shown=shown)
        work.line = outer
    return edits


def _placed(
    rewrite: Rewrite,
    node: ast.Call,
    statement: ast.stmt,
    python: Source,
    *,
    alone: bool,
    shown: bool,
) -> list[Edit]:
    """Where the parts of a rewrite go in the text."""
    margin = python.margin(statement) or ""
    start, end = python.start(statement), python.end(statement)
    before = rewrite.statements
    if alone:
        text = "\n".join(filter(None, [before, rewrite.value]))
        if not shown:
            text = text.removesuffix(";")
        if margin and all(line.startswith("#") for line in text.splitlines()):
            text = f"pass\n{text}"
        if margin:
            text = indented(text, margin).removeprefix(margin)
        return [Edit(start, end, text)]
    edits = [Edit(python.start(node), python.end(node), rewrite.value or "None")]
    if before:
        before = indented(before, margin).removeprefix(margin) if margin else before
        edits.append(Edit(start, start, f"{before}\n{margin}"))
    return edits


def _rewrite(method: str, arguments: list[str], work: Work, *, wanted: bool) -> Rewrite:
    if method == "system":
        return shell(arguments[0], work)
    if method == "getoutput":
        return shell_lines(arguments[0], work)
    if method == "run_cell_magic":
        name, line, body = arguments
        if name in {"time", "timeit", "capture", "prun"}:
            # Their bodies are cells themselves.
            body = without_magics(body, work)
        return cell_magic(Magic(name, line, body, wanted), work)
    if method == "run_line_magic":
        name, line = arguments
    else:
        # IPython before 8 had both in one text.
        name, _space, line = arguments[0].partition(" ")
    magic = Magic(name, line.strip(), wanted=wanted)
    if name in {"time", "timeit", "prun"}:
        magic = Magic(name, _python_of(magic.arguments, work), wanted=wanted)
    return LINE_MAGICS.get(name, unknown)(magic, work)


def _python_of(arguments: str, work: Work) -> str:
    """What `%time` and `%timeit` measure may be a magic or a command itself."""
    return without_magics(arguments, work) if arguments[:1] in {"%", "!"} else arguments


def _line_of(arguments: list[str], source: str, above: int) -> int | None:
    """The line of the cell that a magic stands on.

    Args:
        arguments: of the call that IPython made of it.
        source: of the cell, or of the part of it below a cell magic.
        above: how many lines of the cell stand above that part.
    """
    words = " ".join(arguments[:2]).partition("\n")[0].split()
    marks = [word for word in words if word not in {"pinfo", "pinfo2", "psearch"}]
    for number, line in enumerate(source.splitlines(), above + 1):
        if marks and all(word in line for word in marks):
            return number
    return above or None
