"""What must be added to a cell so that it shows the figures that Jupyter shows at its end.

In Jupyter all open figures of pyplot show behind the cell's value. In marimo (0.25) a figure shows
when it is the cell's value (or the value is an Artist of it, a list, tuple or dict of such, or a
grid of seaborn's), or by `plt.show()`; what is open at the cell's end is closed without a word.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any

from .drawing import Drawing, Effect, dotted, is_grouped, leaves_open
from .plotting import PICTURES, PROCEDURES
from .scopes import executed
from .text import Edit, Source, as_argument, edited, is_silenced

_PART = re.compile(r"<(?:matplotlib\.axes\.|Axes)|Text\(|\[<matplotlib\.lines\.")
_SEVERAL = {"nrows", "ncols", "squeeze"}
_FIGURES = {"figure", "gcf"}
# What figures and Axes have of their parts.
_LISTS = {"axes", "lines", "patches", "collections", "images", "texts", "artists"}


class Show(Enum):
    """What a cell needs that its figures show."""

    NOTHING = "nothing"
    AT_END = "at the end"
    BEFORE_VALUE = "before the value"
    AROUND_VALUE = "around the value"


class _Value(Enum):
    """What the last expression of a cell is."""

    NONE = 0
    PICTURE = 1
    PLAIN = 2
    UNKNOWN = 3
    FIGURE = 4


def with_figures(text: str, show: Show, pyplot: str, helper: str = "show_figures") -> str:
    """The cell with what it needs.

    Args:
        text: of the cell.
        show: what `figures_of` told.
        pyplot: the notebook's name for it.
        helper: what the function is called there that shows figures around a value.
    """
    call = f"{pyplot}.show()"
    source = Source(text)
    last = source.tree.body[-1]
    if show is Show.AT_END:
        body = text.rstrip()
        return f"{body.removesuffix(';').rstrip()}\n{call}"
    if show is Show.BEFORE_VALUE:
        return edited(text, [Edit(source.start(last), source.start(last), f"{call}\n")])
    if show is Show.AROUND_VALUE:
        # Of the statement: brackets around the expression are no part of the expression's place.
        wrapped = f"{helper}({as_argument(source.of(last))})"
        return edited(text, [Edit(source.start(last), source.end(last), wrapped)])
    return text


def figures_of(
    text: str, drawing: Drawing, outputs: Sequence[Mapping[str, Any]], *, recorded: bool
) -> Show:
    """What a cell needs that the figures show which Jupyter shows at its end.

    Args:
        text: of the cell.
        drawing: what the notebook draws with.
        outputs: that are stored with the cell.
        recorded: whether the notebook's outputs are stored at all.

    Raises:
        SyntaxError: the text is no Python.
    """
    tree = ast.parse(text)
    if not tree.body:
        return Show.NOTHING
    effects = drawing.effects(tree)
    behind = effects[_last_show(effects) :]
    seen = any(map(_is_figure, outputs))
    if leaves_open(effects):
        sure = seen or not recorded or not set(behind) <= {Effect.LIKELY}
    else:
        # A function that nothing is known of has drawn.
        sure = seen and not effects and "display" not in text and drawing.in_use
    return _way_to_show(tree, text, drawing, behind, outputs) if sure else Show.NOTHING


def _way_to_show(
    tree: ast.Module,
    text: str,
    drawing: Drawing,
    behind: Sequence[Effect],
    outputs: Sequence[Mapping[str, Any]],
) -> Show:
    """How the figures show that are open at the end of a cell.

    Args:
        tree: of the cell.
        text: of the cell.
        drawing: what the notebook draws with.
        behind: what draws on them; nothing where only the stored figure is known.
        outputs: that are stored with the cell.
    """
    last = tree.body[-1]
    if not isinstance(last, ast.Expr) or is_silenced(text):
        return Show.AT_END
    value = _value_of(last.value, tree, drawing)
    if not behind and any(isinstance(node, ast.Call) for node in ast.walk(last)):
        value = _Value.UNKNOWN
    match value:
        case _Value.NONE:
            return Show.AT_END
        case _Value.PICTURE | _Value.FIGURE if _is_single(behind):
            return Show.NOTHING
        case _Value.UNKNOWN if _was_one_picture(outputs):
            return Show.NOTHING
        case _Value.PLAIN:
            return Show.BEFORE_VALUE
        case _:
            return Show.AROUND_VALUE


def artists(trees: Iterable[ast.Module], drawing: Drawing) -> set[str]:
    """The names that cells give to parts of figures, not to whole ones."""
    made = [entry for tree in trees for entry in _made(tree, drawing).items()]
    return {name for name, kind in made if kind is not _Value.FIGURE}


def shown_otherwise(text: str, drawing: Drawing, parts: AbstractSet[str]) -> str:
    """How the cell's value shows a figure, where that differs; empty where it does not.

    Of an open figure that is the value Jupyter shows two pictures (`once`), of a part of a figure
    that was shown before none (`again`), nor of a figure in which is nothing (`empty`).

    Args:
        text: of the cell.
        drawing: what the notebook draws with.
        parts: names of parts of figures, of all cells.

    Raises:
        SyntaxError: the text is no Python.
    """
    tree = ast.parse(text)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or is_silenced(text):
        return ""
    made = _made(tree, drawing)
    # Who draws on what another cell has shown opens nothing.
    others = (parts | drawing.axes) - made.keys()
    still_open = leaves_open(drawing.effects(tree, without=others))
    call = last.value.func if isinstance(last.value, ast.Call) else None
    root, attributes = dotted(call or last.value)
    if call and drawing.pyplot_name(call) in _FIGURES and len(drawing.effects(tree)) <= 1:
        return "empty"
    if root in drawing.axes and call is None and attributes[-1:] and attributes[-1] in _LISTS:
        return "again"
    if still_open and call is None and not attributes and made.get(root or "") is _Value.FIGURE:
        return "once"
    is_part = attributes[-1:] and attributes[-1] in PICTURES if call else not attributes
    return "again" if root in parts - made.keys() and not still_open and is_part else ""


def _last_show(effects: Sequence[Effect]) -> int:
    """The index behind the last call that shows or closes what is open."""
    return max((i + 1 for i, effect in enumerate(effects) if effect is Effect.SHOWS), default=0)


def _is_single(effects: Sequence[Effect]) -> bool:
    """Whether calls of these effects surely draw on one figure only."""
    return set(effects) == {Effect.DRAWS} or (
        bool(effects)
        and effects[0] is Effect.NEW_FIGURE
        and set(effects[1:]) <= {Effect.DRAWS, Effect.LIKELY}
    )


def _was_one_picture(outputs: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a cell showed one figure before, and a part of it as its value."""
    values = [
        "".join(output.get("data", {}).get("text/plain", ""))
        for output in outputs
        if output.get("output_type") == "execute_result"
    ]
    figures = sum(map(_is_figure, outputs))
    return figures == 1 and any(_PART.match(value) for value in values)


def _is_figure(output: Mapping[str, Any]) -> bool:
    """Whether a stored output is a picture of one of Matplotlib's figures."""
    data = output.get("data", output)
    plain = "".join(data.get("text/plain", data.get("text", "")))
    picture = any(
        kind in data for kind in ("image/png", "image/svg+xml", "image/jpeg", "png", "svg")
    )
    return picture and (not plain or "Figure" in plain)


def _value_of(node: ast.expr, tree: ast.Module, drawing: Drawing) -> _Value:
    if isinstance(node, ast.Constant) and node.value is None:
        return _Value.NONE
    if not isinstance(node, ast.Call):
        made = _made(tree, drawing)
        if isinstance(node, ast.Name) and node.id in made:
            return made[node.id]
        draws = drawing.effects(node) or any(
            isinstance(part, ast.Name) and part.id in made for part in executed(node)
        )
        return _Value.UNKNOWN if draws else _Value.PLAIN
    root, attributes = dotted(node.func)
    name = drawing.pyplot_name(node.func)
    if (
        name is None
        and len(attributes) == 1
        and (root in _made(tree, drawing) or (root in drawing.axes and attributes[0] in PICTURES))
    ):
        name = attributes[0]
    if name is not None:
        return _of_plotting(name)
    own = (attributes[-1] if attributes else root) in drawing.procedures
    if (own and not drawing.is_frame(node.func)) or root == "print":
        return _Value.NONE
    if not drawing.effects(node):
        return _Value.PLAIN
    if drawing.is_frame(node.func) and "plot" in attributes:
        several = any(keyword.arg in {"subplots", "by"} for keyword in node.keywords)
        several = several or any(
            is_grouped(part.value) or getattr(part.value, "id", None) in drawing.groups
            for part in ast.walk(node.func)
            if isinstance(part, ast.Attribute)
        )
        return _Value.UNKNOWN if several else _Value.PICTURE
    return _Value.UNKNOWN


def _of_plotting(name: str) -> _Value:
    if name in PROCEDURES:
        return _Value.NONE
    return _Value.PICTURE if name in PICTURES else _Value.UNKNOWN


def _made(tree: ast.Module, drawing: Drawing) -> dict[str, _Value]:
    """The names that the cell gives to what its drawing calls answer."""
    made: dict[str, _Value] = {}
    for node in executed(tree):
        if isinstance(node, ast.Assign) and drawing.effects(node.value):
            for target in node.targets:
                made.update(_kinds(target, node.value, drawing))
    return made


def _kinds(target: ast.expr, value: ast.expr, drawing: Drawing) -> dict[str, _Value]:
    """What the names of one assignment are."""
    names = [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]
    kinds = dict.fromkeys(names, _Value.UNKNOWN)
    if not isinstance(value, ast.Call):
        return kinds
    name = drawing.pyplot_name(value.func)
    if isinstance(target, ast.Name):
        if name in _FIGURES:
            kinds[target.id] = _Value.FIGURE
        elif name in PICTURES or drawing.is_frame(value.func):
            kinds[target.id] = _Value.PICTURE
    elif name == "subplots" and len(names) == 2:
        several = value.args or {keyword.arg for keyword in value.keywords} & _SEVERAL
        kinds[names[0]] = _Value.FIGURE
        kinds[names[1]] = _Value.UNKNOWN if several else _Value.PICTURE
    return kinds
