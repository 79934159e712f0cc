"""Imports gathered in the first cell, as marimo's users do, where that changes nothing."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from ...translation import _
from .model import Draft, Note, Verdict
from .names.analysis import analyse
from .names.edits import Edits
from .names.usage import Origin, Usage
from .names.versions import BUILTINS

# They do something when they are imported, and that is why they are.
_EVENTFUL = frozenset({"this", "antigravity", "turtle", "__future__", "marimo"})
# Where these stand, a package may be told something before it is imported.
_PREPARING = frozenset({"environ", "putenv", "chdir", "use", "path", "modules", "reload"})


@dataclass
class _Gathered:
    """The first cell in the making.

    Attributes:
        parts: of its text.
        origins: old cells that are in it as a whole.
        notes: of these.
        names: that it binds.
    """

    parts: list[str] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    names: dict[str, Origin] = field(default_factory=dict)


def gathered(first: Sequence[str], drafts: Sequence[Draft], folder: Path | None) -> list[Draft]:
    """Put a cell with imports before all others.

    Args:
        first: import statements that the drafts rely on.
        drafts: Python.
        folder: of the notebook: its modules stay where they are; None for none.
    """
    usages = [analyse(draft.source) for draft in drafts]
    bindings = _bindings(usages)
    cell = _Gathered(["\n".join(first)])
    result = []
    prepared = False
    read: set[str] = set(BUILTINS)
    for draft, usage in zip(drafts, usages, strict=True):
        prepared = prepared or bool(_PREPARING & usage.words)
        read |= usage.exposed
        movable = [
            node
            for node in usage.tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            and _is_safe(node, folder, prepared=prepared)
            and all(len(bindings[name]) == 1 and name not in read for name in _names(node))
        ]
        if draft.disabled or not movable:
            result.append(draft)
        elif len(movable) == len(usage.tree.body):
            cell.parts.append(draft.source.strip())
            cell.origins += draft.origins
            cell.notes += draft.notes
        else:
            result.append(_without(draft, movable, cell))
    source = "\n".join(cell.parts)
    return [Draft(source, tuple(cell.origins), tuple(cell.notes)), *result]


def imported_modules(drafts: Sequence[Draft]) -> set[str]:
    """The top-level modules that cells import.

    Args:
        drafts: Python.
    """
    found = set()
    for draft in drafts:
        for node in ast.walk(analyse(draft.source).tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
    return found


def _bindings(usages: Sequence[Usage]) -> dict[str, set[Origin]]:
    """By name, where it is imported from; what is bound otherwise has an origin of its own."""
    found: dict[str, set[Origin]] = {}
    for usage in usages:
        for one in usage.occurrences:
            if one.kind != "load":
                other = ("", f"{one.kind} {id(usage)}")
                is_import = one.kind in {"import", "import as"} and one.sure and not one.deferred
                origin = usage.imported.get(one.name, other) if is_import else other
                found.setdefault(one.name, set()).add(origin)
    return found


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.asname or alias.name.partition(".")[0] for alias in node.names]


def _is_safe(node: ast.Import | ast.ImportFrom, folder: Path | None, *, prepared: bool) -> bool:
    """Whether an import does the same at the beginning."""
    if isinstance(node, ast.ImportFrom):
        modules = [node.module or ""] if not node.level else [""]
    else:
        modules = [alias.name for alias in node.names]
    for module in modules:
        top = module.partition(".")[0]
        if not top or top in _EVENTFUL or "*" in _names(node):
            return False
        if folder is not None and any((folder / place).exists() for place in (top, f"{top}.py")):
            return False
        if top not in sys.stdlib_module_names and (prepared or not is_installed(top)):
            return False
    return True


@cache
def is_installed(module: str) -> bool:
    """Whether a top-level module is there; it is not imported."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _without(draft: Draft, nodes: Sequence[ast.Import | ast.ImportFrom], cell: _Gathered) -> Draft:
    edits = Edits(draft.source)
    for node in nodes:
        cell.parts.append(ast.unparse(node))
        edits.drop_or_replace(node, "")
    note = Note(
        Verdict.CHANGED,
        "imports-first",
        _("Imported in the first cell: {names}.").format(
            names=", ".join(name for node in nodes for name in _names(node))
        ),
    )
    return replace(draft, source=edits.applied().strip("\n"), notes=(*draft.notes, note))
