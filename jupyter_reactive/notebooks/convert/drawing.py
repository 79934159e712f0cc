"""What draws: which calls of a notebook make Matplotlib's figures, show them, or do neither."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from enum import Enum

from .plotting import AXES, NEW_FIGURE, PYLAB, QUIET, SEABORN_FIGURES, WITHOUT_FIGURES
from .scopes import executed

_QUIET_SEABORN = re.compile(r"set|reset|load_dataset|get_|axes_style|plotting_context|.*palette")
_LIKELY = re.compile(
    r"plot|^hist\d*d?$|_hist$|^draw|^scatter|^imshow|^matshow|dendrogram|heatmap|^barh?$|^pie$|"
    r"^stem$|^contourf?$|^boxplot|^from_(?:estimator|predictions)$|^show_|^visuali[sz]e"
)
_OF_A_FRAME = frozenset(("plot", "hist", "boxplot"))


class Effect(Enum):
    """What a call does to the figures that are open."""

    NONE = 0
    DRAWS = 1
    NEW_FIGURE = 2
    FUNCTION = 3
    """A function of the notebook's that draws, on as many figures as it likes."""
    LIKELY = 4
    """It has a name as things have that draw."""
    SHOWS = 5
    """No figure is open behind it."""


def dotted(node: ast.expr) -> tuple[str | None, list[str]]:
    """The name that an expression begins with, None if it begins otherwise, and its attributes."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.insert(0, node.attr)
        node = node.value
    return (node.id if isinstance(node, ast.Name) else None), attributes


class Drawing:
    """What a notebook draws with.

    Args:
        trees: of its cells.

    Attributes:
        pyplot: the name that the notebook has for it, ``plt`` if it has none.
        in_use: whether Matplotlib may be, by itself or below another package.
        axes: names of Axes, and of the figures that come with them.
        frames: names of pandas' tables, in groups or not.
        groups: names of those in groups.
        procedures: functions of the notebook's that answer nothing.
    """

    def __init__(self, trees: Sequence[ast.Module]) -> None:
        self._pyplots: dict[str, None] = {}
        self._seaborns: set[str] = set()
        self._bare: set[str] = set()
        self._quiet: set[str] = set()
        self._everything_bare = False
        packages: set[str] = set()
        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    packages |= self._learn(node)
        plain = {name for name in self._pyplots if "." not in name}
        self.pyplot = "plt" if "plt" in plain or not plain else next(iter(self._pyplots))
        self.in_use = bool(packages - WITHOUT_FIGURES - sys.stdlib_module_names)
        self.axes = _axes(trees)
        self.frames = _frames(trees)
        self.groups = _groups(trees)
        self._functions: dict[str, bool] = {}
        self.procedures: set[str] = set()
        self._learn_functions(trees)

    def effects(
        self, node: ast.AST, without: AbstractSet[str | None] = frozenset()
    ) -> list[Effect]:
        """What the calls in a piece of code do, in order; what it only defines does not count.

        Args:
            node: the code.
            without: names whose methods do not count.
        """
        if not self.in_use:
            return []
        found = [
            (call.end_lineno, call.end_col_offset, self.effect(call))
            for call in executed(node)
            if isinstance(call, ast.Call) and dotted(call.func)[0] not in without
        ]
        found.sort(key=lambda entry: entry[:2])
        return [effect for _line, _column, effect in found if effect is not Effect.NONE]

    def effect(self, call: ast.Call) -> Effect:
        """What a call does."""
        root, attributes = dotted(call.func)
        name = self.pyplot_name(call.func)
        if name is not None:
            return _of_pyplot(name)
        if root in self._quiet:
            return Effect.NONE
        last = attributes[-1] if attributes else root or ""
        if root in self._seaborns and attributes:
            if attributes[0] in SEABORN_FIGURES:
                return Effect.NEW_FIGURE
            return Effect.NONE if _QUIET_SEABORN.match(attributes[0]) else Effect.DRAWS
        # Before the notebook's own functions: a method of a class may have the same name.
        if root in self.axes and _LIKELY.search(last):
            return Effect.DRAWS
        is_frame = self.is_frame(call.func)
        if last in self._functions and not is_frame:
            return Effect.FUNCTION if self._functions[last] else Effect.NONE
        if "plot" in attributes or (last in _OF_A_FRAME and is_frame):
            on_axes = any(keyword.arg == "ax" for keyword in call.keywords)
            return Effect.DRAWS if on_axes else Effect.NEW_FIGURE
        return Effect.LIKELY if _LIKELY.search(last) else Effect.NONE

    def pyplot_name(self, function: ast.expr) -> str | None:
        """What a function is called in pyplot; None if it is not pyplot's."""
        root, attributes = dotted(function)
        if root is None:
            return None
        if not attributes:
            if root in self._bare or (self._everything_bare and root in PYLAB):
                return root
            return None
        for length in (1, 2):
            if ".".join([root, *attributes[: length - 1]]) in self._pyplots:
                return attributes[length - 1] if len(attributes) >= length else None
        return None

    def is_frame(self, node: ast.expr) -> bool:
        """Whether the expression begins with a table of pandas'."""
        return (name := _root(node)) is not None and name in self.frames

    def _learn(self, node: ast.Import | ast.ImportFrom) -> set[str]:
        """Note the names that an import gives to what draws or does not; answer the packages."""
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            package = (module or alias.name).partition(".")[0]
            if package in WITHOUT_FIGURES or package in sys.stdlib_module_names:
                self._quiet.add(alias.asname or alias.name.partition(".")[0])
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in {"matplotlib.pyplot", "pylab", "matplotlib.pylab"}:
                    self._pyplots[alias.asname or alias.name] = None
                if alias.name == "seaborn":
                    self._seaborns.add(alias.asname or "seaborn")
            return {alias.name.partition(".")[0] for alias in node.names}
        for alias in node.names:
            if module == "matplotlib" and alias.name in {"pyplot", "pylab"}:
                self._pyplots[alias.asname or alias.name] = None
            elif module in {"matplotlib.pyplot", "pylab", "matplotlib.pylab"}:
                self._everything_bare |= alias.name == "*"
                self._bare.add(alias.asname or alias.name)
        return {module.partition(".")[0]} if not node.level else {"."}

    def _learn_functions(self, trees: Sequence[ast.Module]) -> None:
        """Find the functions that leave figures open, by themselves or through others."""
        functions = [
            node
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        self._functions = {function.name: False for function in functions}
        self.procedures = set(self._functions) - _returning(functions)
        while True:
            more = {
                function.name
                for function in functions
                if not self._functions[function.name]
                and leaves_open([e for statement in function.body for e in self.effects(statement)])
            }
            if not more:
                return
            self._functions.update(dict.fromkeys(more, True))


def leaves_open(effects: Sequence[Effect]) -> bool:
    """Whether a figure may be open behind calls of these effects."""
    return bool(effects) and effects[-1] is not Effect.SHOWS


def _returning(functions: Sequence[ast.FunctionDef | ast.AsyncFunctionDef]) -> set[str]:
    return {
        function.name
        for function in functions
        if function.decorator_list
        or isinstance(function, ast.AsyncFunctionDef)
        or any(
            isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) and node.value
            for statement in function.body
            for node in executed(statement)
        )
    }


def is_grouped(node: ast.expr) -> bool:
    """Whether it is a table of pandas' in groups: a plot of it draws each of them."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "groupby"


def _of_pyplot(name: str) -> Effect:
    if name in {"show", "close"}:
        return Effect.SHOWS
    if name in NEW_FIGURE:
        return Effect.NEW_FIGURE
    return Effect.NONE if name in QUIET or name[:1].isupper() else Effect.DRAWS


def _axes(trees: Sequence[ast.Module]) -> set[str]:
    """Names of Axes, and of the figures that come with them."""
    return {
        name.id
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and (dotted(node.value.func)[1] or [""])[-1] in AXES
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    }


def _frames(trees: Sequence[ast.Module]) -> set[str]:
    """Names whose every value comes from pandas, directly or from one another."""
    values: dict[str, list[str | None]] = {}
    pandas = set()
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Import(names=names):
                    pandas |= {
                        a.asname or a.name for a in names if a.name in {"pandas", "geopandas"}
                    }
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    values.setdefault(name, []).append(_root(value))
    frames = {name for name, roots in values.items() if None not in roots}
    while True:
        fewer = {name for name in frames if all(root in frames | pandas for root in values[name])}
        if fewer == frames:
            return frames
        frames = fewer


def _groups(trees: Sequence[ast.Module]) -> set[str]:
    """Names of tables in groups."""
    return {
        target.id
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and is_grouped(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _root(node: ast.expr) -> str | None:
    """The name at the beginning of attributes, subscripts and calls."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
