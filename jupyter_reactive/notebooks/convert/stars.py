"""`from module import *` made an import of the names that are used: marimo takes no other."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from ...translation import _
from .model import Draft, Note, Verdict
from .names.analysis import analyse
from .names.edits import Edits
from .names.usage import Usage
from .names.versions import BUILTINS

Exports = Callable[[str], "frozenset[str] | None"]
_LINE_LENGTH = 88


@dataclass(eq=False)
class _Star:
    """One such import.

    Attributes:
        module: what it imports from.
        cell: the index of its cell.
        statement: the index of its statement there.
        node: its place in the text.
        exported: the names that it brings; None where that is not known.
        used: those that are used.
    """

    module: str
    cell: int
    statement: int
    node: ast.ImportFrom
    exported: frozenset[str] | None
    used: set[str] = field(default_factory=set)


def without_stars(
    drafts: Sequence[Draft], exports: Exports, imports: Iterable[str] = ()
) -> list[Draft]:
    """Import by name what is used.

    Args:
        drafts: Python.
        exports: tells what a module exports; None where it cannot be found out.
        imports: statements that will stand before them.
    """
    usages = [analyse(draft.source) for draft in drafts]
    stars = [
        _Star(module, index, statement, node, exports(module))
        for index, usage in enumerate(usages)
        for statement, node in usage.stars
        for module in ["." * node.level + (node.module or "")]
    ]
    if not stars:
        return list(drafts)
    known = BUILTINS | analyse("\n".join(imports)).bound
    _find_used(stars, usages, known)
    return [
        _rewritten(draft, [star for star in stars if star.cell == index])
        for index, draft in enumerate(drafts)
    ]


def _find_used(stars: Sequence[_Star], usages: Sequence[Usage], known: frozenset[str]) -> None:
    """Follow each name from the imports to where it is read."""
    bound = known.union(*(usage.bound for usage in usages))
    by_cell: dict[int, list[_Star]] = {}
    for star in stars:
        by_cell.setdefault(star.cell, []).append(star)
    seen: list[_Star] = []
    hidden: dict[str, int] = {}
    for index, usage in enumerate(usages):
        here = by_cell.get(index, [])
        for one in usage.occurrences:
            if one.kind not in {"load", "augment"}:
                continue
            ready = [star for star in here if one.deferred or star.statement < one.statement]
            before = [star for star in seen if hidden.get(one.name, -1) < star.cell]
            if one.name not in usage.exposed | usage.later:
                continue
            # A function may be called when the import has been made.
            ahead = [star for star in stars if star.cell > index] if one.deferred else []
            _use(one.name, [*before, *ready], ahead, known=one.name in bound)
        hidden |= dict.fromkeys(usage.must, index)
        seen += here


def _use(name: str, before: list[_Star], ahead: list[_Star], *, known: bool) -> None:
    """Note the import that a name comes from: the last one, else the first of those to come."""
    for star in [*reversed(before), *ahead]:
        if star.exported is not None and name in star.exported:
            star.used.add(name)
            return
    if known:
        return
    for star in [*reversed(before), *ahead]:
        if star.exported is None:
            star.used.add(name)
            return


def _rewritten(draft: Draft, stars: Sequence[_Star]) -> Draft:
    if not stars:
        return draft
    edits = Edits(draft.source)
    notes = []
    for star in stars:
        text = _import(star)
        edits.replace_node(star.node, text)
        notes.append(_note(star))
    return replace(draft, source=edits.applied(), notes=(*draft.notes, *notes))


def _import(star: _Star) -> str:
    if not star.used:
        return f"import {star.module}" if not star.node.level else "pass"
    names = sorted(star.used)
    line = f"from {star.module} import {', '.join(names)}"
    if len(line) <= _LINE_LENGTH:
        return line
    margin = " " * star.node.col_offset
    listed = "".join(f"{margin}    {name},\n" for name in names)
    return f"from {star.module} import (\n{listed}{margin})"


def _note(star: _Star) -> Note:
    if star.exported is None:
        return Note(
            Verdict.NEEDS_YOU,
            "star-import",
            _(
                "“from {module} import *” names what nothing else brings: {module} is not "
                "installed where the notebook was converted."
            ).format(module=star.module),
            _("Check the list, or install {module} and convert again.").format(module=star.module),
            star.node.lineno,
        )
    return Note(
        Verdict.CHANGED,
        "star-import",
        _("“from {module} import *” names what is used.").format(module=star.module),
        line=star.node.lineno,
    )
