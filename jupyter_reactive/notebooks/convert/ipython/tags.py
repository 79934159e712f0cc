"""What a code cell's tags and metadata say: parameters, skipped, hidden."""

from __future__ import annotations

import ast
from dataclasses import replace

from ....translation import _
from ..model import Draft, SourceCell
from ..text import Edit, Source, edited, quoted
from .work import Work

# Of papermill, Jupyter Book, nbconvert and jupytext.
_HIDING = {
    "hide-input",
    "hide_input",
    "hide-cell",
    "remove-input",
    "remove_input",
    "remove-cell",
    "hide_code",
    "hide-code",
}
_HIDING_OUTPUT = {"hide-output", "hide_output", "remove-output", "remove_output"}


def with_tags(cell: SourceCell, draft: Draft, work: Work) -> Draft:
    """The draft of a code cell as the cell's tags want it."""
    jupyter = cell.metadata.get("jupyter", {})
    if cell.tags & _HIDING or jupyter.get("source_hidden") or cell.metadata.get("hide_input"):
        work.changed("hidden-input", _("The code is folded, as it was hidden before."))
        draft = replace(draft, hide_code=True)
    if cell.tags & _HIDING_OUTPUT or jupyter.get("outputs_hidden"):
        work.changed("hidden-output", _("The output was hidden, and shows now."))
    if "skip-execution" in cell.tags:
        work.changed(
            "skip-execution", _("The cell is disabled: neither it nor what needs it runs.")
        )
        draft = replace(draft, disabled=True)
    if "parameters" in cell.tags:
        draft = replace(draft, source=_parameters(draft.source, work))
    return draft


def _parameters(source: str, work: Work) -> str:
    """Values that can be given on the command line, as papermill's parameters can."""
    python = Source(source)
    edits = []
    for node in python.tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if _is_plain(value):
                default = f"mo.cli_args().get({quoted(name)}, {python.of(value)})"
                edits.append(Edit(python.start(value), python.end(value), default))
    if edits:
        work.notebook.need("import marimo as mo")
        work.changed(
            "parameters",
            _("The parameters can be given to the program: python notebook.py -- --name value."),
        )
    return edited(source, edits)


def _is_plain(value: ast.expr) -> bool:
    """Whether the value is one that a command line can give."""
    try:
        return isinstance(ast.literal_eval(value), str | int | float | bool)
    except ValueError:
        return False
