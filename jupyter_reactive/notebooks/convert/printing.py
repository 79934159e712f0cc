"""Settings for printing that marimo changes, as they are in Jupyter."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from ...translation import _
from .model import Draft, Note, SourceCell, Verdict
from .names.analysis import analyse
from .names.edits import Edits

# pandas' own default; marimo 0.25 sets 10 when pandas is imported.
# https://pandas.pydata.org/docs/user_guide/options.html
ROWS = 60
MARIMOS_ROWS = 10
_PRINTING = frozenset({"print", "repr", "str", "format", "to_string", "display"})

# Packages whose results are frames of pandas, and which need it.
_BRINGING = frozenset({"statsmodels", "seaborn", "geopandas", "plotnine", "patsy", "yfinance"})


def with_rows_as_in_jupyter(drafts: Sequence[Draft], cells: Sequence[SourceCell]) -> list[Draft]:
    """Have pandas print as many rows of a frame as in Jupyter, where a notebook prints any.

    Args:
        drafts: Python.
        cells: of the old notebook, with their outputs.
    """
    if not _shows_many_rows(drafts, cells):
        return list(drafts)
    taken = any("pandas" in analyse(draft.source).bound for draft in drafts)
    for find in (_name_of_pandas,) if taken else (_name_of_pandas, _name_from_others):
        for index, draft in enumerate(drafts):
            for node in analyse(draft.source).tree.body:
                name = find(node)
                if name is not None:
                    return [*drafts[:index], _with_rows(draft, node, name), *drafts[index + 1 :]]
    return list(drafts)


def _shows_many_rows(drafts: Sequence[Draft], cells: Sequence[SourceCell]) -> bool:
    """Whether a notebook prints, or is not known not to show more rows than marimo prints."""
    if any(_PRINTING & analyse(draft.source).words for draft in drafts if not draft.markdown):
        return True
    tables = [
        "".join(output.get("data", {}).get("text/html", ""))
        for cell in cells
        for output in cell.outputs
    ]
    ran = any(cell.outputs for cell in cells)
    return not ran or any(len(re.findall("<tr", table)) > MARIMOS_ROWS for table in tables)


def _name_of_pandas(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name == "pandas":
                return alias.asname or alias.name
    return None


def _name_from_others(node: ast.stmt) -> str | None:
    """The name that pandas is to get where only a package is imported that hands out its frames."""
    modules = []
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        modules = [node.module or ""]
    brings = any(module.partition(".")[0] in _BRINGING for module in modules)
    return "pandas" if brings else None


def _with_rows(draft: Draft, node: ast.stmt, name: str) -> Draft:
    edits = Edits(draft.source)
    line = node.end_lineno or node.lineno
    if _name_of_pandas(node) is None:
        edits.insert_after_line(line, "import pandas")
    edits.insert_after_line(line, f"{name}.options.display.max_rows = {ROWS}")
    note = Note(
        Verdict.CHANGED,
        "rows",
        _("pandas prints up to {rows} rows, as in Jupyter; marimo sets {fewer}.").format(
            rows=ROWS, fewer=MARIMOS_ROWS
        ),
    )
    return replace(draft, source=edits.applied(), notes=(*draft.notes, note))
