"""What of marimo's a notebook uses, and what stands for it where there is no marimo page."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..text import Source

# These show what they were given; the value of the others is what there is to see.
_WRAPPERS = frozenset(
    f"ui.{name}"
    for name in (
        "altair_chart",
        "anywidget",
        "data_editor",
        "data_explorer",
        "dataframe",
        "matplotlib",
        "plotly",
        "table",
    )
)
# Methods that make an element of another one.
_MAKING = {"batch", "form"}


@dataclass
class Marimo:
    """What the cells of a notebook call marimo's things.

    Attributes:
        names: of the module, `mo` as a rule.
        elements: by the name of a UI element, the expression that shows what it shows.
        states: names of getters and setters of `mo.state`.
    """

    names: set[str] = field(default_factory=set)
    elements: dict[str, str] = field(default_factory=dict)
    states: set[str] = field(default_factory=set)

    def path(self, node: ast.AST) -> str:
        """Which thing of marimo's an expression names: ``ui.slider`` for `mo.ui.slider`."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name) and node.id in self.names and parts:
            return ".".join(reversed(parts))
        return ""

    def called(self, node: ast.AST) -> str:
        """Which thing of marimo's an expression calls; empty for none."""
        return self.path(node.func) if isinstance(node, ast.Call) else ""

    def is_element(self, node: ast.AST) -> bool:
        """Whether an expression makes a UI element."""
        if not isinstance(node, ast.Call):
            return False
        if self.called(node).startswith("ui."):
            return True
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in _MAKING:
            return False
        return bool(self.called(node.func.value)) or self.is_element(node.func.value)

    def value_of(self, node: ast.expr, source: Source, name: str = "") -> str:
        """An expression for what a UI element shows.

        Args:
            node: a call that makes the element.
            source: that the call stands in.
            name: of the element, where it has one.
        """
        if isinstance(node, ast.Call) and self.called(node) in _WRAPPERS and node.args:
            first = node.args[0]
            if not name or isinstance(first, ast.Name):
                return source.of(first)
        return f"{name or source.of(node)}.value"


def marimo_of(sources: Iterable[Source]) -> Marimo:
    """Find what the cells of a notebook call marimo's things.

    Args:
        sources: of all cells that parse.
    """
    sources = list(sources)
    marimo = Marimo()
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Import):
                names = (a.asname or a.name for a in node.names if a.name == "marimo")
                marimo.names.update(names)
    for source in sources:
        for statement in source.tree.body:
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ) if marimo.is_element(value):
                    marimo.elements[name] = marimo.value_of(value, source, name)
                case ast.Assign(
                    targets=[ast.Tuple(elts=[ast.Name(id=getter), ast.Name(id=setter)])],
                    value=value,
                ) if marimo.called(value) == "state":
                    marimo.states.update({getter, setter})
    return marimo
