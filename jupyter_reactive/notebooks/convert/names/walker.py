"""Walks a cell in the order of evaluation, and notes each name of the module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

from .frames import Frame, bound_names, function_frame, is_module_name
from .places import Place, Places
from .usage import Kind, Occurrence, Usage

# Names that are bound at a point; None where the point is never reached.
State = frozenset[str] | None


@dataclass
class Loop:
    """The states in which a loop's body is left before its end."""

    broken: list[State] = field(default_factory=list)
    continued: list[State] = field(default_factory=list)


class Walker(ast.NodeVisitor):
    """Notes names; who comes after it follows the branches.

    Args:
        tree: of a cell.
        places: of the same text.
    """

    def __init__(self, tree: ast.Module, places: Places) -> None:
        self.usage = Usage(tree)
        self._places = places
        self._frames: list[Frame] = []
        self._state: State = frozenset()
        self._statement = 0
        self._loops: list[Loop] = []
        self._branches = 0

    def run(self) -> None:
        """Walk from the first statement to the last."""
        usage = self.usage
        for index, statement in enumerate(usage.tree.body):
            self._statement = index
            self.visit(statement)
        usage.must = set(self._state or ())
        usage.deleted -= usage.must

    # Names

    def visit_Name(self, node: ast.Name) -> None:
        kinds: dict[type[ast.expr_context], Kind] = {
            ast.Load: "load",
            ast.Store: "store",
            ast.Del: "delete",
        }
        place = self._places.of(node.lineno, node.col_offset)
        self._meet(node.id, kinds[type(node.ctx)], place)

    def _meet(self, name: str, kind: Kind, place: Place | None, *, called: bool = False) -> None:
        """Note a name, if it is one of the module."""
        if not is_module_name(name, self._frames):
            return
        inner = self._frames[-1] if self._frames else None
        in_class = inner is not None and inner.kind == "class" and name not in inner.outer
        if inner is not None and in_class and kind != "load":
            # Bound in the class from here on.
            inner.own.add(name)
            return
        deferred = self._is_deferred()
        usage = self.usage
        usage.occurrences.append(
            Occurrence(
                name, kind, place, self._statement, deferred, called, sure=self._branches == 0
            )
        )
        if deferred:
            (usage.later if kind == "load" else usage.bound_later).add(name)
            return
        self._pass(name, kind)

    def _pass(self, name: str, kind: Kind) -> None:
        """Follow what is bound when the cell runs over a name."""
        usage = self.usage
        if kind in {"load", "augment", "delete"} and not self._is_bound(name):
            usage.exposed.add(name)
        if kind == "delete":
            usage.deleted.add(name)
            if self._state is not None:
                self._state -= {name}
        elif kind not in {"load", "global"}:
            usage.may.add(name)
            usage.deleted.discard(name)
            if self._state is not None:
                self._state |= {name}

    def _is_bound(self, name: str) -> bool:
        return self._state is None or name in self._state

    def _is_deferred(self) -> bool:
        return any(frame.kind == "function" for frame in self._frames)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name):
            place = self._places.of(node.func.lineno, node.func.col_offset)
            self._meet(node.func.id, "load", place, called=True)
        else:
            self.visit(node.func)
            for name in _asked_of_frame(node):
                self._meet(name, "load", None)
        self._visit_all(node.args)
        self._visit_all(node.keywords)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        # It binds outside of the comprehensions around it.
        inner = self._frames
        while self._frames and self._frames[-1].kind == "comprehension":
            self._frames = self._frames[:-1]
        self.visit(node.target)
        self._frames = inner

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        for part in node.values:
            start = len(self.usage.occurrences)
            self.visit(part)
            if isinstance(part, ast.FormattedValue) and self._places.shows_itself(part.value):
                # f"{x=}" prints the name too: it must stay.
                found = self.usage.occurrences
                found[start:] = [replace(one, place=None) for one in found[start:]]

    def visit_Global(self, node: ast.Global) -> None:
        for name in node.names:
            self._meet(name, "global", self._places.of_name(node, name))

    # Assignments

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        self._visit_all(node.targets)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            place = self._places.of(node.target.lineno, node.target.col_offset)
            # Read first, and bound when the value is there.
            name = node.target.id
            read = is_module_name(name, self._frames) and not self._is_deferred()
            if read and not self._is_bound(name):
                self.usage.exposed.add(name)
            self.visit(node.value)
            self._meet(name, "augment", place)
            return
        self.visit(node.target)
        self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
        self.visit(node.annotation)
        if node.value is not None or not isinstance(node.target, ast.Name):
            self.visit(node.target)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            # `import a.b` binds a, and has no place for another name.
            place = None if alias.asname is None and "." in alias.name else self._alias(alias)
            self._meet(name, "import as" if alias.asname else "import", place)
            if place is None and not self._frames:
                self.usage.submodules.setdefault(name, set()).add(alias.name)
            self._note_origin(name, (alias.name if alias.asname else name, ""))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.usage.stars.append((self._statement, node))
                continue
            name = alias.asname or alias.name
            self._meet(name, "import as" if alias.asname else "import", self._alias(alias))
            self._note_origin(name, (module, alias.name))

    def _alias(self, alias: ast.alias) -> Place:
        name = alias.asname or alias.name.partition(".")[0]
        return self._places.of_name(alias, name, last=alias.asname is not None)

    def _note_origin(self, name: str, origin: tuple[str, str]) -> None:
        if not self._frames:
            self.usage.imported[name] = origin

    # Scopes

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = node.args
        self._visit_all(node.decorator_list)
        self._visit_all([*arguments.defaults, *filter(None, arguments.kw_defaults)])
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += filter(None, (arguments.vararg, arguments.kwarg))
        self._visit_all(filter(None, (*(one.annotation for one in every), node.returns)))
        # Its name first: a function may call itself.
        self._meet(node.name, "define", self._places.of_word(node, "def"))
        with self._within(function_frame(node)):
            self._visit_all(node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_all([*node.args.defaults, *filter(None, node.args.kw_defaults)])
        with self._within(function_frame(node)):
            self.visit(node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all(node.decorator_list)
        self._visit_all(node.bases)
        self._visit_all(node.keywords)
        parameters = {parameter.name for parameter in getattr(node, "type_params", ())}
        outer = {
            name
            for statement in node.body
            if isinstance(statement, ast.Global)
            for name in statement.names
        }
        with self._within(Frame("class", parameters, outer)):
            self._visit_all(node.body)
        self._meet(node.name, "define", self._places.of_word(node, "class"))

    @contextmanager
    def _within(self, frame: Frame) -> Iterator[None]:
        """Visit what stands in a scope; nothing in a function is sure for those after it."""
        state, loops = self._state, self._loops
        self._frames = [*self._frames, frame]
        if frame.kind == "function":
            self._branches += 1
            self._loops = []
        try:
            yield
        finally:
            self._frames = self._frames[:-1]
            if frame.kind == "function":
                self._branches -= 1
                self._state, self._loops = state, loops

    def visit_comprehension_expression(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> None:
        """Visit a comprehension: its first iterable belongs to the scope around it."""
        self.visit(node.generators[0].iter)
        own = set().union(*(bound_names(generator.target) for generator in node.generators))
        kind: Literal["function", "comprehension"] = (
            "function" if isinstance(node, ast.GeneratorExp) else "comprehension"
        )
        with self._within(Frame(kind, own)):
            for index, generator in enumerate(node.generators):
                if index:
                    self.visit(generator.iter)
                self._visit_all(generator.ifs)
            if isinstance(node, ast.DictComp):
                self.visit(node.key)
                self.visit(node.value)
            else:
                self.visit(node.elt)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_comprehension_expression
    visit_GeneratorExp = visit_comprehension_expression

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)


def _asked_of_frame(call: ast.Call) -> list[str]:
    """The variables in the text of a query to a frame of pandas.

    https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.query.html
    """
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in {"query", "eval"}:
        return []
    return [
        name
        for argument in call.args[:1]
        for part in ast.walk(argument)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
        for name in re.findall(r"@([^\W\d]\w*)", part.value)
    ]
