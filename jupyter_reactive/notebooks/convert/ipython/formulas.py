"""Lists of formulas: SymPy's `init_printing` shows them as formulas in Jupyter, and nowhere else.

https://docs.sympy.org/latest/tutorials/intro-tutorial/printing.html
"""

from __future__ import annotations

import ast
import re

from ....translation import _
from ..drawing import dotted
from ..model import SourceCell
from ..text import Edit, Source, as_argument, edited, is_silenced
from .work import Work

_SETTING = frozenset(("init_printing", "init_session"))
# As LaTeX begins a list, a dictionary or a tuple.
_COLLECTION = re.compile(r"[$\s]*(?:\\displaystyle)?\s*\\left\s*(?:\[|\\\{|\()")
# Those of SymPy that answer one, where no output is stored.
_ANSWERING = frozenset(
    (
        *("solve", "roots", "real_roots", "all_roots", "nroots", "factor_list", "sqf_list"),
        *("eigenvals", "eigenvects", "symbols", "factorint", "divisors", "as_coefficients_dict"),
    )
)


def sets_printing(tree: ast.AST) -> bool:
    """Whether a cell has SymPy show what Python's collections hold."""
    return any(isinstance(node, ast.Call) and _called(node) in _SETTING for node in ast.walk(tree))


def with_formula(text: str, cell: SourceCell, work: Work) -> str:
    """The cell with a collection at its end shown as a formula.

    Args:
        text: of the cell, without magics.
        cell: what is stored of it.
        work: takes the function and the note.

    Raises:
        SyntaxError: the text is no Python.
    """
    if not work.notebook.shows_formulas:
        return text
    source = Source(text)
    last = source.tree.body[-1] if source.tree.body else None
    if not isinstance(last, ast.Expr) or is_silenced(text) or not _is_collection(last.value, cell):
        return text
    work.changed("formula", _("A function shows the list as a formula, as SymPy does in Jupyter."))
    name = work.notebook.inline("as_formula")
    shown = f"{name}({as_argument(source.of(last))})"
    return edited(text, [Edit(source.start(last), source.end(last), shown)])


def _is_collection(value: ast.expr, cell: SourceCell) -> bool:
    results = [one for one in cell.outputs if one.get("output_type") == "execute_result"]
    if results:
        stored = "".join(results[-1].get("data", {}).get("text/latex", ""))
        return _COLLECTION.match(stored) is not None
    match value:
        case ast.List() | ast.Tuple() | ast.Dict() | ast.Set() | ast.ListComp():
            return True
        case ast.Call():
            return _called(value) in _ANSWERING
    return False


def _called(call: ast.Call) -> str:
    root, attributes = dotted(call.func)
    return attributes[-1] if attributes else root or ""
