"""The code of a marimo cell as Jupyter can run it, with what could not come along said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ....translation import _
from ..indent import indented
from ..model import Note, Verdict
from ..text import Edit, Source, edited
from .elements import Marimo

CLEAR = "from IPython.display import clear_output"
MARKDOWN = "from IPython.display import Markdown"
CLEANDOC = "from inspect import cleandoc"
NULLCONTEXT = "from contextlib import nullcontext"

_OUTPUT = {"output.append", "output.replace", "output.replace_at_index", "output.clear"}
_ARGUMENTS = {"cli_args", "query_params"}
_CACHES = {"cache", "lru_cache", "persistent_cache"}
# Jupyter shows the HTML of these; of the others it shows nothing, for their page is marimo's.
_STACKS = {"center", "hstack", "left", "right", "vstack"}
_PLAIN = _STACKS | {
    "Html",
    "as_html",
    "audio",
    "image",
    "iframe",
    "md",
    "pdf",
    "plain_text",
    "video",
}


@dataclass
class Carried:
    """A cell for Jupyter.

    Attributes:
        source: its code.
        notes: what was changed, or could not come along.
        imports: statements that it needs.
        parameters: whether it sets nothing but parameters of the notebook.
    """

    source: str
    notes: list[Note] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    parameters: bool = False


def carried(text: str, marimo: Marimo) -> Carried:
    """Take from a cell what only marimo understands.

    Args:
        text: the cell's code.
        marimo: what the notebook's cells call marimo's things.

    Raises:
        SyntaxError: it is no Python.
    """
    carrier = _Carrier(Source(text), marimo)
    carrier.walk()
    cell = carrier.cell
    cell.source = edited(text, carrier.edits)
    if carrier.stops:
        cell.source = _without_stops(cell.source, marimo)
    return cell


class _Carrier:
    """Collects the edits of one cell."""

    def __init__(self, source: Source, marimo: Marimo) -> None:
        self.source = source
        self.marimo = marimo
        self.cell = Carried(source.text)
        self.edits: list[Edit] = []
        self.stops = False

    def walk(self) -> None:
        """Look at all of the cell."""
        body = self.source.tree.body
        arguments = [self._argument(statement) for statement in body]
        self.cell.parameters = bool(body) and all(arguments)
        for statement in body:
            if isinstance(statement, ast.Expr) and self.marimo.called(statement.value) == "stop":
                self.stops = True
                self._changed(
                    "stop",
                    _("“mo.stop” is a condition now. Cells that need this one fail when it holds."),
                )
        for node in ast.walk(self.source.tree):
            self._look(node)
        if body and isinstance(body[-1], ast.Expr) and not self._is_statement_call(body[-1]):
            self._show(body[-1].value)
        self._tell_of_elements()

    def _look(self, node: ast.AST) -> None:
        match node:
            case ast.Expr(value=ast.Call() as call) if self.marimo.called(call) in _OUTPUT:
                self._output(node, call)
            case ast.Call() if self.marimo.called(node) in _ARGUMENTS:
                self._arguments(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for decorator in node.decorator_list:
                    self._decorator(decorator)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    if self.marimo.called(item.context_expr) in _CACHES:
                        self._replace(item.context_expr, "nullcontext()")
                        self.cell.imports.add(NULLCONTEXT)
                        self._no_cache()
            case ast.Call() if self.marimo.called(node) == "sql":
                self._needs_you(
                    "sql",
                    _("“mo.sql” gives its table in Jupyter, and does not show it."),
                    _("Show the table in a line of its own."),
                )
            case ast.Call() if self.marimo.called(node) == "state":
                self._changed(
                    "state", _("A change of this state runs no other cell again, as marimo would.")
                )

    def _is_statement_call(self, statement: ast.Expr) -> bool:
        return self.marimo.called(statement.value) in {*_OUTPUT, "stop"}

    def _argument(self, statement: ast.stmt) -> bool:
        """Whether a statement sets a parameter that the command line may give."""
        match statement:
            case ast.Assign(
                targets=[ast.Name()],
                value=ast.Call(func=ast.Attribute(value=ast.Call() as call, attr="get")),
            ):
                return self.marimo.called(call) == "cli_args"
        return False

    def _arguments(self, call: ast.Call) -> None:
        """`mo.cli_args()` is empty where there is no marimo; a default is what counts then."""
        for node in ast.walk(self.source.tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=value, attr="get"), args=[_name, *default]
                ) if value is call:
                    text = self.source.of(default[0]) if default else "None"
                    self._replace(node, text)
                    break
        else:
            self._replace(call, "{}")
        self._changed(
            "arguments", _("Arguments have their defaults: Jupyter gives a notebook none.")
        )

    def _output(self, statement: ast.Expr, call: ast.Call) -> None:
        kind = self.marimo.called(call)
        shown = call.args[0] if call.args else None
        parts = []
        if kind != "output.append":
            parts.append("clear_output(wait=True)" if shown is not None else "clear_output()")
            self.cell.imports.add(CLEAR)
        if kind == "output.replace_at_index":
            self._needs_you(
                "output-place",
                _("Jupyter cannot put an output in the place of one among others."),
                _("Look at what the cell shows: the earlier outputs are cleared."),
            )
        if shown is not None:
            inner = _Carrier(Source(self.source.of(shown)), self.marimo)
            statement_inside = inner.source.tree.body[0]
            assert isinstance(statement_inside, ast.Expr)
            inner._show(statement_inside.value)
            self.cell.imports |= inner.cell.imports
            self.cell.notes += inner.cell.notes
            parts.append(f"display({edited(inner.source.text, inner.edits)})")
        self._replace(statement.value, "; ".join(parts))
        self._changed("output", _("“mo.{kind}” is a display of Jupyter's.").format(kind=kind))

    def _decorator(self, decorator: ast.expr) -> None:
        name = self.marimo.called(decorator) or self.marimo.path(decorator)
        if name not in _CACHES:
            return
        start = self.source.text.rindex("@", 0, self.source.start(decorator))
        end = self.source.end(decorator)
        rest = re.compile(r"[ \t]*\n[ \t]*").match(self.source.text, end)
        self.edits.append(Edit(start, rest.end() if rest else end, ""))
        self._no_cache()

    def _no_cache(self) -> None:
        self._changed("cache", _("marimo's cache is left out: it is computed every time."))

    def _show(self, node: ast.expr) -> None:
        """An expression that is displayed."""
        path = self.marimo.called(node)
        match node:
            case ast.Name(id=name) if name in self.marimo.elements:
                self._replace(node, self.marimo.elements[name])
            case ast.Call() if self.marimo.is_element(node):
                self._replace(node, self.marimo.value_of(node, self.source))
            case ast.Call(args=[text]) if path == "md" and not node.keywords:
                self._markdown(node, text)
            case ast.Call() if path in _STACKS or path == "output":
                for argument in node.args:
                    self._show_within(argument)
            case ast.Call() if path and path not in _PLAIN and not path.startswith("ui."):
                self._no_page(path)
            case ast.List() | ast.Tuple():
                self._show_within(node)

    def _show_within(self, node: ast.expr) -> None:
        """A part of what is displayed; Markdown stays HTML there."""
        if isinstance(node, ast.List | ast.Tuple):
            for element in node.elts:
                self._show_within(element)
        elif self.marimo.called(node) == "md":
            assert isinstance(node, ast.Call)
            if node.args:
                self._replace(node.args[0], self._with_values(self.source.of(node.args[0])))
        else:
            self._show(node)

    def _markdown(self, call: ast.Call, text: ast.expr) -> None:
        """Markdown with values in it, which Jupyter shows by an object of its own."""
        source = self._with_values(self.source.of(text))
        if "\n" in source:
            self.cell.imports.add(CLEANDOC)
            source = f"cleandoc({source})"
        self._replace(call, f"Markdown({source})")
        self.cell.imports.add(MARKDOWN)
        self._changed("markdown-values", _("The text with values in it is IPython's Markdown."))

    def _with_values(self, text: str) -> str:
        """The source of an f-string with the values of elements in their place."""
        for name, value in self.marimo.elements.items():
            pattern = rf"(?<!\{{)\{{\s*{re.escape(name)}\s*(?=[}}:!])"
            text = re.sub(pattern, "{" + value.replace("\\", r"\\"), text)
        return text

    def _no_page(self, path: str) -> None:
        self._needs_you(
            "marimo-element",
            _("“mo.{name}” shows nothing in Jupyter: it needs marimo's page.").format(name=path),
            _("Show what is in it with display()."),
        )

    def _tell_of_elements(self) -> None:
        made = {self.marimo.called(node) for node in ast.walk(self.source.tree)}
        for path in sorted(name for name in made if name.startswith("ui.")):
            self._changed(
                "ui-element",
                _(
                    "“mo.{name}” keeps its first value: Jupyter has nothing to change it with."
                ).format(name=path),
            )
        shown = {self.source.of(node) for node in _names(self.source.tree)}
        if "__file__" in shown:
            self._needs_you(
                "file-name",
                _("“__file__” is not known in Jupyter."),
                _("Name the file, or take the current folder: pathlib.Path.cwd()."),
            )

    def _replace(self, node: ast.expr, text: str) -> None:
        start, end = self.source.start(node), self.source.end(node)
        inside = [edit for edit in self.edits if edit.start >= start and edit.end <= end]
        for edit in inside:
            self.edits.remove(edit)
        around = any(edit.start <= start and edit.end >= end for edit in self.edits)
        if not around and self.source.text[start:end] != text:
            self.edits.append(Edit(start, end, text))

    def _changed(self, code: str, message: str) -> None:
        self._note(Note(Verdict.CHANGED, code, message))

    def _needs_you(self, code: str, message: str, suggestion: str) -> None:
        self._note(Note(Verdict.NEEDS_YOU, code, message, suggestion))

    def _note(self, note: Note) -> None:
        if note not in self.cell.notes:
            self.cell.notes.append(note)


def _names(tree: ast.AST) -> Iterator[ast.Name]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Name))


def _without_stops(text: str, marimo: Marimo) -> str:
    """A cell whose `mo.stop` is an `if` with the rest of the cell in its other branch."""
    source = Source(text)
    body = source.tree.body
    for index, statement in enumerate(body):
        if not (isinstance(statement, ast.Expr) and marimo.called(statement.value) == "stop"):
            continue
        call = statement.value
        assert isinstance(call, ast.Call)
        values = {keyword.arg: keyword.value for keyword in call.keywords}
        given = [*call.args, *(values[name] for name in ("predicate", "output") if name in values)]
        before = text[: source.start(statement)]
        rest = text[source.end(statement) :].lstrip("; \t").lstrip("\n")
        condition = source.of(given[0]) if given else "True"
        output = f"display({source.of(given[1])})" if len(given) > 1 else ""
        if index == len(body) - 1 or not rest.strip():
            return f"{before}if {condition}:\n    {output or 'pass'}\n".rstrip("\n")
        rest = _without_stops(_displayed(rest), marimo)
        if not output:
            return f"{before}if not ({condition}):\n{indented(rest)}"
        return f"{before}if {condition}:\n    {output}\nelse:\n{indented(rest)}"
    return text


def _displayed(text: str) -> str:
    """A block whose last expression is shown by a call, for it is no longer the cell's last."""
    source = Source(text)
    last = source.tree.body[-1] if source.tree.body else None
    if not isinstance(last, ast.Expr) or _is_display(last.value):
        return text
    return edited(
        text, [Edit(source.start(last), source.end(last), f"display({source.of(last.value)})")]
    )


def _is_display(node: ast.expr) -> bool:
    """Whether an expression shows something itself, and gives nothing to show."""
    match node:
        case ast.Call(func=ast.Name(id="display" | "print" | "clear_output")):
            return True
        case ast.Constant(value=str()):
            return False
    return False
