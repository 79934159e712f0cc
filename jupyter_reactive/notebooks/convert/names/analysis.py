"""From the text of a cell to its `Usage`: who binds what, surely or perhaps."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from .frames import Frame
from .places import Places
from .usage import Usage, is_quiet, parse
from .walker import Loop, State, Walker

# Skip the rest of their block without an error.
_SKIPPING = ("suppress", "raises", "assertRaises")


@lru_cache(1024)
def analyse(source: str) -> Usage:
    """Find out what a cell does with the names of the module.

    Each step of a conversion asks; nobody changes what comes back.

    Args:
        source: Python without anything of IPython's.

    Raises:
        SyntaxError: it is no Python.
    """
    tree = parse(source)
    places = Places(source, tree)
    walker = _Branches(tree, places)
    walker.run()
    walker.usage.words = places.words
    walker.usage.quiet = is_quiet(tree)
    return walker.usage


def joined(*states: State) -> State:
    """What is bound where several ways meet."""
    reached = [state for state in states if state is not None]
    return frozenset.intersection(*reached) if reached else None


class _Branches(Walker):
    """Walks with what is surely bound in mind, where several ways are possible.

    Loops count as run once at least: where one is not, what it would have bound is missing
    afterwards, and Python says so.
    """

    @contextmanager
    def _perhaps(self) -> Iterator[None]:
        self._branches += 1
        try:
            yield
        finally:
            self._branches -= 1

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        if _is_main_guard(node.test):
            self._visit_all(node.body)
            return
        with self._perhaps():
            before = self._state
            self._visit_all(node.body)
            after = self._state
            self._state = before
            self._visit_all(node.orelse)
            self._state = joined(after, self._state)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        with self._perhaps():
            before = self._state
            self.visit(node.body)
            self.visit(node.orelse)
            self._state = before

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])
        with self._perhaps():
            before = self._state
            self._visit_all(node.values[1:])
            self._state = before

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._loop([node.target, *node.body], node.orelse)

    visit_AsyncFor = visit_For

    def visit_While(self, node: ast.While) -> None:
        self.visit(node.test)
        self._loop(node.body, node.orelse)

    def _loop(self, body: Iterable[ast.AST], orelse: list[ast.stmt]) -> None:
        self._loops.append(Loop())
        with self._perhaps():
            self._visit_all(body)
        loop = self._loops.pop()
        self._state = joined(self._state, *loop.continued)
        self._visit_all(orelse)
        self._state = joined(self._state, *loop.broken)

    def visit_Break(self, node: ast.Break) -> None:
        if self._loops:
            self._loops[-1].broken.append(self._state)
        self._state = None

    def visit_Continue(self, node: ast.Continue) -> None:
        if self._loops:
            self._loops[-1].continued.append(self._state)
        self._state = None

    def visit_Return(self, node: ast.Return) -> None:
        self.generic_visit(node)
        self._state = None

    def visit_Raise(self, node: ast.Raise) -> None:
        self.generic_visit(node)
        self._state = None

    def visit_Try(self, node: ast.Try) -> None:
        before = self._state
        with self._perhaps():
            self._visit_all(node.body)
            self._visit_all(node.orelse)
            ends = [self._state]
            for handler in node.handlers:
                self._state = before
                self.visit(handler)
                ends.append(self._state)
        after = joined(*ends)
        # It runs whatever has happened before.
        self._state = before
        self._visit_all(node.finalbody)
        bound = (self._state or frozenset()) - (before or frozenset())
        self._state = None if after is None or self._state is None else after | bound

    visit_TryStar = visit_Try

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type is not None:
            self.visit(node.type)
        with self._within(Frame("handler", {node.name} if node.name else set())):
            self._visit_all(node.body)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self.visit(item.optional_vars)
        before = self._state
        self._visit_all(node.body)
        if any(_may_skip(item.context_expr) for item in node.items):
            self._state = joined(before, self._state) if self._state is not None else before

    visit_AsyncWith = visit_With

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        before = self._state
        ends = [before]
        with self._perhaps():
            for case in node.cases:
                self._state = before
                self.visit(case)
                ends.append(self._state)
        self._state = joined(*ends)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.pattern is not None:
            self.visit(node.pattern)
        if node.name:
            self._meet(node.name, "store", self._places.of_name(node, node.name, last=True))

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self._meet(node.name, "store", self._places.of_name(node, node.name))

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.generic_visit(node)
        if node.rest:
            self._meet(node.rest, "store", self._places.of_name(node, node.rest, last=True))


def _is_main_guard(test: ast.expr) -> bool:
    """Whether it is `__name__ == "__main__"`, which is true in Jupyter and in marimo."""
    match test:
        case ast.Compare(
            left=ast.Name(id="__name__"),
            ops=[ast.Eq()],
            comparators=[ast.Constant(value="__main__")],
        ):
            return True
    return False


def _may_skip(manager: ast.expr) -> bool:
    """Whether a `with` of it may go on behind its block when that has failed."""
    called = manager.func if isinstance(manager, ast.Call) else manager
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return str(name).startswith(_SKIPPING)
