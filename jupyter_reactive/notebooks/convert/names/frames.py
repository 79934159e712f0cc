"""Which names a function, a class or a comprehension keeps to itself.

https://docs.python.org/3/reference/executionmodel.html#resolution-of-names
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass
class Frame:
    """A scope within the module's.

    Attributes:
        kind: what made it; a `handler` is that of the name of an exception, which goes away again.
        own: the names that it keeps to itself.
        outer: the names that it declares global.
    """

    kind: Literal["function", "class", "comprehension", "handler"]
    own: set[str] = field(default_factory=set)
    outer: set[str] = field(default_factory=set)


def is_module_name(name: str, frames: list[Frame]) -> bool:
    """Whether a name within these frames, the innermost last, means that of the module."""
    for frame in reversed(frames):
        if frame.kind == "class" and frame is not frames[-1]:
            continue
        if name in frame.outer:
            return True
        if name in frame.own:
            return False
    return True


def function_frame(node: Function) -> Frame:
    """The frame of a function's body."""
    collector = _Bindings()
    arguments = node.args
    collector.own |= {
        argument.arg
        for argument in (
            *arguments.posonlyargs,
            *arguments.args,
            *arguments.kwonlyargs,
            *filter(None, (arguments.vararg, arguments.kwarg)),
        )
    }
    collector.own |= {parameter.name for parameter in getattr(node, "type_params", ())}
    for statement in node.body if isinstance(node.body, list) else [node.body]:
        collector.visit(statement)
    return Frame("function", collector.own - collector.outer, collector.outer)


def bound_names(node: ast.AST) -> set[str]:
    """The names that a statement or a target binds in its own scope."""
    collector = _Bindings()
    collector.visit(node)
    return collector.own


class _Bindings(ast.NodeVisitor):
    """Collects what is bound in one scope, without those within it."""

    def __init__(self) -> None:
        self.own: set[str] = set()
        self.outer: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.own.add(node.id)

    def visit_Global(self, node: ast.Global) -> None:
        self.outer.update(node.names)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.own.add(node.name)
        self._visit_all([*node.decorator_list, *node.args.defaults, *node.args.kw_defaults])

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.own.add(node.name)
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords])

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_all([*node.args.defaults, *node.args.kw_defaults])

    def visit_comprehension_expression(self, node: ast.AST) -> None:
        # An assignment expression in it binds in this scope, its loop variables do not.
        self.own |= {
            walrus.target.id for walrus in ast.walk(node) if isinstance(walrus, ast.NamedExpr)
        }

    visit_ListComp = visit_SetComp = visit_DictComp = visit_comprehension_expression
    visit_GeneratorExp = visit_comprehension_expression

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.own |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}

    visit_ImportFrom = visit_Import

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.own.add(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self.own.add(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.own.add(node.rest)
        self.generic_visit(node)

    def _visit_all(self, nodes: list[ast.expr | ast.keyword | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)
