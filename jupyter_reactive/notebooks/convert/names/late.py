"""Which cells may call a function of another cell: it sees names as they are then."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from .usage import Occurrence, Usage
from .versions import History, Version


@dataclass
class Users:
    """Where a function goes.

    Attributes:
        cells: those that may call it, with the statements that may.
        carriers: versions that are the function or may hold it.
    """

    cells: dict[int, set[int]] = field(default_factory=dict)
    carriers: set[Version] = field(default_factory=set)


class Calls:
    """Follows functions through the cells of a notebook.

    Args:
        usages: by cell; None for a cell without Python.
        histories: by name.
    """

    def __init__(self, usages: Sequence[Usage | None], histories: dict[str, History]) -> None:
        self._usages = usages
        self._histories = histories
        self._known: dict[tuple[int, int], Users] = {}
        self._statements = [_by_statement(usage) if usage is not None else {} for usage in usages]

    def users(self, cell: int, statement: int) -> Users:
        """Where the functions of one statement of a cell may be called."""
        key = (cell, statement)
        if key not in self._known:
            self._known[key] = self._follow(cell, statement)
        return self._known[key]

    def _follow(self, cell: int, statement: int) -> Users:
        usage = self._usages[cell]
        assert usage is not None
        node = usage.tree.body[statement]
        users = Users()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign):
            self._carry(users, cell, statement, held=False)
        else:
            # A function that is handed over at once, or made where it runs.
            users.cells.setdefault(cell, set()).add(statement)
            self._carry(users, cell, statement, held=True)
        spreads = _makes_functions(node)
        for index in range(cell, len(self._usages)):
            later = self._usages[index]
            if later is None:
                continue
            for number, occurrences in self._statements[index].items():
                if index > cell or number > statement:
                    self._meet(users, index, number, occurrences, spreads=spreads)
        return users

    def _meet(
        self,
        users: Users,
        cell: int,
        statement: int,
        occurrences: list[Occurrence],
        *,
        spreads: bool,
    ) -> None:
        """Note a statement that touches the function."""
        touching = [
            one
            for one in occurrences
            if one.kind in {"load", "augment"} and self._versions(one, cell) & users.carriers
        ]
        if not touching:
            return
        if any(not one.deferred for one in touching):
            users.cells.setdefault(cell, set()).add(statement)
        if spreads or any(one.deferred or not one.called for one in touching):
            self._carry(users, cell, statement, held=any(not one.called for one in touching))

    def _versions(self, occurrence: Occurrence, cell: int) -> set[Version]:
        """What a name in a cell may mean."""
        history, usage = self._histories.get(occurrence.name), self._usages[cell]
        if history is None or usage is None:
            return set()
        found = {history.made.get(cell)}
        if cell not in history.made or (
            not occurrence.deferred and occurrence.name in usage.exposed
        ):
            found.add(history.entry.get(cell))
        return {version for version in found if version is not None}

    def _carry(self, users: Users, cell: int, statement: int, *, held: bool) -> None:
        """What a statement binds may hold the function, and what it hands the function to."""
        usage = self._usages[cell]
        assert usage is not None
        names = {
            one.name
            for one in self._statements[cell].get(statement, ())
            if one.kind in {"store", "define", "augment"}
        }
        if held:
            names |= _receivers(usage.tree.body[statement])
        for name in names:
            history = self._histories.get(name)
            version = history.at_end(cell) if history is not None else None
            if version is not None and version.origin is None:
                users.carriers.add(version)


def _by_statement(usage: Usage) -> dict[int, list[Occurrence]]:
    grouped: dict[int, list[Occurrence]] = {}
    for occurrence in usage.occurrences:
        grouped.setdefault(occurrence.statement, []).append(occurrence)
    return grouped


def _makes_functions(node: ast.stmt) -> bool:
    """Whether what a function of this statement returns may hold functions again."""
    if isinstance(node, ast.ClassDef):
        return True
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp)
    inner = [one for one in ast.walk(node) if isinstance(one, (*functions, ast.ClassDef))]
    if any(isinstance(one, ast.Yield | ast.YieldFrom) for one in ast.walk(node)):
        return True
    return len(inner) > 1 or (
        bool(inner) and not isinstance(node, functions) and not _names_lambda(node)
    )


def _names_lambda(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)


def _receivers(node: ast.AST) -> set[str]:
    """The names whose methods are called, or whose parts are set, in a statement."""
    return {
        one.value.id
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute | ast.Subscript) and isinstance(one.value, ast.Name)
    }
