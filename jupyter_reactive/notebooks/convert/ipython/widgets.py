"""ipywidgets: `interact` with plain ranges becomes marimo's own elements; the rest is named."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from ....translation import _
from ..drawing import dotted
from ..text import Source, quoted
from .work import Work

_INTERACT = frozenset(("interact", "interactive", "interact_manual"))
# Of `from ipywidgets import *`.
_WIDGETS = """
    Accordion AppLayout Audio BoundedFloatText BoundedIntText Box Button Checkbox
    ColorPicker ColorsInput Combobox Controller DatePicker DatetimePicker Dropdown
    FileUpload FloatLogSlider FloatProgress FloatRangeSlider FloatSlider FloatText
    FloatsInput GridBox GridspecLayout HBox HTML HTMLMath Image IntProgress IntRangeSlider
    IntSlider IntText IntsInput Label NaiveDatetimePicker Output Password Play RadioButtons
    Select SelectMultiple SelectionRangeSlider SelectionSlider Stack Tab TagsInput Text
    Textarea TimePicker ToggleButton ToggleButtons TwoByTwoLayout VBox Valid Video
"""
_NO_WIDGETS = frozenset(("fixed", "jslink", "jsdlink", "link", "dlink", "Layout"))


class Widgets:
    """What a notebook calls the parts of ipywidgets.

    Args:
        trees: of its cells.
    """

    def __init__(self, trees: Iterable[ast.AST]) -> None:
        self._modules: set[str] = set()
        self._names: dict[str, str] = {}
        self._star = False
        self.made: set[str] = set()
        trees = list(trees)
        for tree in trees:
            for node in ast.walk(tree):
                match node:
                    case ast.Import(names=names):
                        self._modules |= {
                            alias.asname or alias.name
                            for alias in names
                            if alias.name == "ipywidgets"
                        }
                    case ast.ImportFrom(module="ipywidgets" | "ipywidgets.widgets", names=names):
                        self._star |= any(alias.name == "*" for alias in names)
                        self._names |= {alias.asname or alias.name: alias.name for alias in names}
                        if "widgets" in self._names:
                            self._modules.add("widgets")

        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.Assign) and made_by(node.value, self):
                    self.made |= {
                        name.id
                        for target in node.targets
                        for name in ast.walk(target)
                        if isinstance(name, ast.Name)
                    }

    def name(self, function: ast.expr) -> str:
        """What a function is called in ipywidgets; empty if it is not of there."""
        root, attributes = dotted(function)
        if root in self._modules and len(attributes) == 1:
            return attributes[0]
        if root is None or attributes:
            return ""
        if root in self._names:
            return self._names[root]
        known = root in _INTERACT or root in _NO_WIDGETS or root in _WIDGETS.split()
        return root if self._star and known else ""


def split(
    text: str, widgets: Widgets, bound: AbstractSet[str], work: Work
) -> tuple[str, str] | None:
    """The cell as one that shows elements and one that calls the function with their values.

    None for a cell without an `interact` that can be understood.

    Args:
        text: of the cell.
        widgets: what the notebook calls ipywidgets.
        bound: names that are taken.
        work: takes the import and the notes.
    """
    source = Source(text)
    last = source.tree.body[-1] if source.tree.body else None
    match last:
        case ast.Expr(value=ast.Call(args=[function, *rest]) as call) if (
            not rest and widgets.name(call.func) in _INTERACT
        ):
            before, called = text[: source.start(last)], source.of(function)
        case ast.FunctionDef(decorator_list=[ast.Call(args=[]) as call]) if (
            widgets.name(call.func) in _INTERACT
        ):
            start = source.offset(last.lineno, last.col_offset)
            before, called = text[: source.start(last)] + text[start:].rstrip() + "\n\n", last.name
        case _:
            return None
    elements = _elements(call.keywords, source, widgets)
    if elements is None:
        return None
    name = "controls"
    while name in bound:
        name += "_"
    work.notebook.need("import marimo as mo")
    work.changed(
        "interact", _("interact became marimo's own elements, and a cell that reads their values.")
    )
    lines = "".join(f"    {quoted(key)}: {element},\n" for key, element in elements.items())
    fixed = [
        f"{keyword.arg}={source.of(keyword.value.args[0])}"
        for keyword in call.keywords
        if isinstance(keyword.value, ast.Call) and keyword.value.args
    ]
    arguments = ", ".join([*fixed, f"**{name}.value"])
    return (
        f"{before}{name} = mo.ui.dictionary({{\n{lines}}})\n{name}",
        f"{called}({arguments})",
    )


def tell_of_widgets(tree: ast.Module, widgets: Widgets, work: Work) -> None:
    """Say which widgets of Jupyter's a cell makes or uses."""
    found = made_by(tree, widgets) | {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in widgets.made
    }
    if found:
        work.needs_you(
            "ipywidgets",
            _("Widgets of Jupyter's do not work here: {names}.").format(
                names=", ".join(sorted(found))
            ),
            _("Use marimo's own: mo.ui.slider, mo.ui.dropdown, mo.ui.button and others."),
        )


def made_by(tree: ast.AST, widgets: Widgets) -> set[str]:
    """The kinds of widgets that code makes."""
    names = {widgets.name(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {
        name for name in names - _NO_WIDGETS if name in _INTERACT or (name and name[0].isupper())
    }


def _elements(
    keywords: Sequence[ast.keyword], source: Source, widgets: Widgets
) -> dict[str, str] | None:
    """An element for each argument; None if one of them is not understood."""
    elements: dict[str, str] = {}
    for keyword in keywords:
        value = keyword.value
        if keyword.arg is None:
            return None
        if isinstance(value, ast.Call) and widgets.name(value.func) == "fixed" and value.args:
            continue
        element = _element(value, keyword.arg, source)
        if element is None:
            return None
        elements[keyword.arg] = element
    return elements or None


def _element(value: ast.expr, label: str, source: Source) -> str | None:
    """The element that ipywidgets' abbreviation stands for (ipywidgets.interactive)."""
    told = f"label={quoted(label)}"
    if isinstance(value, ast.List | ast.Dict):
        return _dropdown(value, told, source)
    try:
        plain = ast.literal_eval(value)
    except ValueError:
        return None
    match plain:
        case bool():
            return f"mo.ui.checkbox(value={plain}, {told})"
        case str():
            return f"mo.ui.text(value={quoted(plain)}, {told})"
        case int() | float():
            low, high = (-plain, 3 * plain) if plain > 0 else (3 * plain, -plain)
            return _slider(low or 0, high or 1, None, plain, told)
        case (int() | float() as low, int() | float() as high):
            return _slider(low, high, None, None, told)
        case (int() | float() as low, int() | float() as high, int() | float() as step):
            return _slider(low, high, step, None, told)
    return None


def _slider(low: float, high: float, step: float | None, value: float | None, told: str) -> str:
    whole = all(isinstance(number, int) for number in (low, high, step or 1))
    if value is None:
        value = (low + high) // 2 if whole else low + (high - low) / 2
    if step is None and not whole:
        step = 0.1
    steps = f", step={step!r}" if step is not None else ""
    return f"mo.ui.slider({low!r}, {high!r}{steps}, value={value!r}, {told})"


def _dropdown(value: ast.List | ast.Dict, told: str, source: Source) -> str | None:
    if isinstance(value, ast.Dict):
        keys = value.keys
        if not keys or not isinstance(keys[0], ast.Constant) or not isinstance(keys[0].value, str):
            return None
        options, first = source.of(value), source.of(keys[0])
    elif value.elts and all(
        isinstance(pair, ast.Tuple)
        and len(pair.elts) == 2
        and isinstance(pair.elts[0], ast.Constant)
        and isinstance(pair.elts[0].value, str)
        for pair in value.elts
    ):
        pairs = [pair.elts for pair in value.elts if isinstance(pair, ast.Tuple)]
        options = f"{{{', '.join(f'{source.of(key)}: {source.of(of)}' for key, of in pairs)}}}"
        first = source.of(pairs[0][0])
    elif value.elts and all(isinstance(one, ast.Constant) for one in value.elts):
        options, first = source.of(value), source.of(value.elts[0])
    else:
        return None
    return f"mo.ui.dropdown({options}, value={first}, {told})"
