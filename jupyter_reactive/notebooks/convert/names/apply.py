"""Writes the final names into the text of a cell: only the names change, never the layout."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from ....translation import _
from ..model import Note, Verdict
from .edits import Edits
from .usage import Occurrence, Usage
from .versions import BUILTINS, History, Version, needs_entry

_WITH_NAMES = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Rewritten:
    """A cell with final names.

    Attributes:
        cell: its index.
        source: its text.
        notes: what was changed.
        moved: imports of submodules that go where the module itself is imported, by that cell.
    """

    cell: int
    source: str
    notes: list[Note] = field(default_factory=list)
    moved: dict[int, list[str]] = field(default_factory=dict)


def rewrite(
    source: str,
    usage: Usage,
    cell: int,
    histories: Mapping[str, History],
    shown: AbstractSet[str] = frozenset(),
) -> Rewritten:
    """Give the names of a cell their final form.

    Args:
        source: of the cell.
        usage: of that source.
        cell: its index.
        histories: by name, with the final name of each version.
        shown: names of functions that may be asked for their own name.
    """
    edits = Edits(source)
    result = Rewritten(cell, source)
    aliases = []
    again: set[str] = set()
    for name in sorted({one.name for one in usage.occurrences} & histories.keys()):
        history = histories[name]
        made = history.made.get(cell)
        entry = history.ahead.get(cell) or history.entry[cell]
        if cell in history.again:
            again.add(name)
        if name in usage.deleted and made is None:
            _drop_deletion(edits, usage, name, result)
        occurrences = usage.of(name)
        if made is None:
            _rename_reads(edits, occurrences, entry, history.late.get(cell))
        elif made.before is None and name in BUILTINS and (first := _first_binding(occurrences)):
            # Python's own, until the cell binds the name.
            _rename(edits, occurrences[first:], made.final)
        elif not needs_entry(made, usage):
            _rename(edits, occurrences, made.final)
        elif (first := _first_binding(occurrences)) is not None:
            _rename(edits, occurrences[:first], _final(made.before))
            _rename(edits, occurrences[first:], made.final)
        else:
            aliases.append(f"{made.final} = {_final(made.before)}")
            _rename(edits, occurrences, made.final)
        if made is not None and made.final != name:
            result.notes.append(_renamed(made))
            _keep_own_name(edits, usage, made, shown)
    if again:
        _drop_imports(edits, usage, again, histories, result)
    result.source = edits.applied(head="".join(f"{alias}\n" for alias in aliases))
    return result


def _final(version: Version | None) -> str:
    assert version is not None
    return version.final


def _rename(edits: Edits, occurrences: list[Occurrence], final: str) -> None:
    is_gone = False
    for one in occurrences:
        if one.kind == "delete" and one.sure:
            is_gone = True
        elif one.kind != "load":
            is_gone = False
        elif is_gone and one.name in BUILTINS:
            # Python's own again.
            continue
        if one.place is not None and final != one.name:
            text = f"{one.name} as {final}" if one.kind == "import" else final
            edits.replace(one.place, len(one.name), text)


def _rename_reads(
    edits: Edits, occurrences: list[Occurrence], entry: Version | None, late: Version | None
) -> None:
    """Rename in a cell that only reads; its functions may mean another version."""
    now = [one for one in occurrences if not one.deferred]
    later = [one for one in occurrences if one.deferred]
    if entry is not None:
        _rename(edits, now, entry.final)
    if late is not None:
        _rename(edits, later, late.final)


def _first_binding(occurrences: list[Occurrence]) -> int | None:
    """From where on a name means what the cell binds; None where that cannot be told apart."""
    for index, one in enumerate(occurrences):
        if one.deferred or one.kind in {"augment", "delete", "global"}:
            return None
        if one.kind != "load":
            return index if one.sure else None
    return None


def _renamed(version: Version) -> Note:
    if version.final == f"_{version.name}":
        message = _("“{name}” is “{final}” here: no other cell sees it.")
    else:
        message = _("“{name}” is “{final}” from here on: each name has one cell that binds it.")
    return Note(
        Verdict.CHANGED,
        "renamed",
        message.format(name=version.name, final=version.final),
        cell=None,
    )


def _keep_own_name(edits: Edits, usage: Usage, version: Version, shown: AbstractSet[str]) -> None:
    """Let a class or a function show the name that it had; what prints it or its objects does."""
    for node in usage.tree.body:
        if not isinstance(node, _WITH_NAMES) or node.name != version.name:
            continue
        if isinstance(node, ast.ClassDef) or (node.name in shown and not node.decorator_list):
            edits.insert_after_line(
                node.end_lineno or node.lineno,
                f'{version.final}.__name__ = {version.final}.__qualname__ = "{version.name}"',
            )
        elif node.name in shown:
            # The decorators are to see it already.
            edits.insert_before(
                node, f'@lambda made: setattr(made, "__name__", "{version.name}") or made\n'
            )


def _drop_deletion(edits: Edits, usage: Usage, name: str, result: Rewritten) -> None:
    """Take a name out of a `del`: marimo lets no cell delete what another one binds."""
    for node in ast.walk(usage.tree):
        if not isinstance(node, ast.Delete):
            continue
        targets = [ast.unparse(target) for target in node.targets]
        if name not in targets:
            continue
        left = [target for target in targets if target != name]
        edits.replace_node(node, f"del {', '.join(left)}" if left else "pass")
        result.notes.append(
            Note(
                Verdict.CHANGED,
                "deletion",
                _("“{name}” is not deleted: it belongs to another cell.").format(name=name),
            )
        )


def _drop_imports(
    edits: Edits,
    usage: Usage,
    names: set[str],
    histories: Mapping[str, History],
    result: Rewritten,
) -> None:
    """Take out imports of what another cell has imported."""
    for node in ast.walk(usage.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        left = []
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            if name not in names:
                made = histories[name].made.get(result.cell) if name in histories else None
                final = made.final if made is not None else name
                left.append(alias if final == name else ast.alias(alias.name, final))
                continue
            entry = histories[name].entry[result.cell]
            assert entry is not None
            if alias.asname is None and "." in alias.name and isinstance(node, ast.Import):
                result.moved.setdefault(entry.cell, []).append(f"import {alias.name}")
        if len(left) < len(node.names):
            edits.drop_or_replace(node, ast.unparse(_with_names(node, left)) if left else "")
    result.notes.append(
        Note(
            Verdict.CHANGED,
            "imported-already",
            _("Imported by another cell already: {names}.").format(names=", ".join(sorted(names))),
        )
    )


def _with_names(
    node: ast.Import | ast.ImportFrom, names: list[ast.alias]
) -> ast.Import | ast.ImportFrom:
    if isinstance(node, ast.Import):
        return ast.Import(names)
    return ast.ImportFrom(node.module, names, node.level)
