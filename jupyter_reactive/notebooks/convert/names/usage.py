"""What one cell does with the names of the module: reads, binds, deletes, or keeps for later."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

from .places import Place

Kind = Literal["load", "store", "augment", "delete", "import", "import as", "define", "global"]
# `import a.b as c` is ("a.b", ""), `from .a import b` is (".a", "b").
Origin = tuple[str, str]

FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


@dataclass(frozen=True)
class Occurrence:
    """A name of the module in the text of a cell.

    Attributes:
        name: as it stands there.
        kind: what is done with it.
        place: where it stands; None where it cannot be written otherwise, as in a string.
        statement: the index of the top-level statement.
        deferred: whether it happens when a function is called, not when the cell runs.
        called: whether it is the function of a call, and so goes nowhere else.
        sure: whether it happens whenever the cell runs to its end.
    """

    name: str
    kind: Kind
    place: Place | None
    statement: int
    deferred: bool = False
    called: bool = False
    sure: bool = True


@dataclass
class Usage:
    """The names of the module in one cell.

    Attributes:
        tree: the cell, parsed.
        occurrences: in the order in which Python evaluates them, of a loop once.
        exposed: read before the cell has surely bound them: the value comes from another cell.
        must: bound whenever the cell runs to its end.
        may: bound, perhaps.
        deleted: bound or not before, they are not afterwards.
        later: read by functions when they are called.
        bound_later: bound by functions when they are called.
        imported: where an unconditional import gets a name from.
        submodules: names bound by `import a.b`, with the modules that it loads.
        stars: the nodes of `from … import *`, with the index of their top-level statement.
        words: all names in it, of any scope.
        quiet: whether the cell only defines and imports, so that it may run at any time.
    """

    tree: ast.Module
    occurrences: list[Occurrence] = field(default_factory=list)
    exposed: set[str] = field(default_factory=set)
    must: set[str] = field(default_factory=set)
    may: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    bound_later: set[str] = field(default_factory=set)
    imported: dict[str, Origin] = field(default_factory=dict)
    submodules: dict[str, set[str]] = field(default_factory=dict)
    stars: list[tuple[int, ast.ImportFrom]] = field(default_factory=list)
    words: frozenset[str] = frozenset()
    quiet: bool = False

    @property
    def bound(self) -> set[str]:
        """All that the cell binds, now or later."""
        return self.may | self.bound_later

    @property
    def read(self) -> set[str]:
        """All that it may read of other cells, now or later."""
        return self.exposed | (self.later - self.must)

    def reads_at(self, line: int, column: int) -> bool:
        """Whether a name of the module is read at a place, in characters."""
        return any(one.place == (line, column) for one in self.occurrences if one.kind == "load")

    def of(self, name: str) -> list[Occurrence]:
        """The occurrences of one name."""
        return [occurrence for occurrence in self.occurrences if occurrence.name == name]


def parse(source: str) -> ast.Module:
    """A cell as marimo compiles it: `await` may stand outside of functions.

    Raises:
        SyntaxError: it is no Python.
    """
    tree = compile(source, "<cell>", "exec", flags=FLAGS, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


def is_quiet(tree: ast.Module) -> bool:
    """Whether a cell only defines functions and classes, imports, and names constants."""
    return all(_is_quiet(statement) for statement in tree.body)


def _is_quiet(statement: ast.stmt) -> bool:
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return True
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return not statement.decorator_list and all(
                isinstance(default, ast.Constant)
                for default in (*statement.args.defaults, *statement.args.kw_defaults)
                if default is not None
            )
        case ast.ClassDef():
            return not statement.decorator_list and all(map(_is_quiet, statement.body))
        case ast.Assign(value=value) | ast.AnnAssign(value=value):
            return value is None or _is_constant(value)
        case ast.Expr(value=ast.Constant()):
            return True
    return False


def _is_constant(value: ast.expr) -> bool:
    match value:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_constant(operand)
        case ast.Lambda():
            return True
        case ast.Tuple(elts=elements):
            return all(map(_is_constant, elements))
    return False
