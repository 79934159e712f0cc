"""Reads a marimo notebook's file: its cells, as marimo itself reads them.

The file format is public (https://docs.marimo.io/guides/coming_from/jupyter/ and the files that
marimo writes); a parity test holds this reader against marimo's own. Nothing is run.
"""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import BrokenNotebook, NotANotebook
from ..translation import _

_NO_NAME = "_"


@dataclass(frozen=True)
class ReactiveCell:
    """A cell of a marimo notebook.

    Attributes:
        source: its code.
        line: where it begins in the file, counted from 1.
        name: empty for none.
        settings: of the cell, those that differ from marimo's: `hide_code`, `disabled`, `column`.
        parses: whether marimo could read it as Python when it wrote the file.
    """

    source: str
    line: int
    name: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    parses: bool = True


@dataclass(frozen=True)
class ReactiveFile:
    """A marimo notebook.

    Attributes:
        cells: in the order of the file.
        header: comments and docstring before the first import: also its PEP 723 block.
        settings: of the app: `width`, `app_title`, ….
    """

    cells: tuple[ReactiveCell, ...]
    header: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


def read_reactive(text: str) -> ReactiveFile:
    """Read the file of a marimo notebook.

    Args:
        text: all of it.

    Raises:
        BrokenNotebook: it is no Python.
        NotANotebook: it is Python, but defines no marimo app.
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    try:
        with warnings.catch_warnings():
            # Of the user's code.
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError) as e:
        raise BrokenNotebook(
            _("The notebook's Python is broken: line {line}: {error}").format(
                line=getattr(e, "lineno", None) or 1, error=getattr(e, "msg", str(e))
            ),
            _("Mend that line in a text editor."),
        ) from e
    lines = text.split("\n")
    settings = next(filter(None, map(_app_settings, tree.body)), None)
    if settings is None:
        raise NotANotebook(
            _("The file is Python, but no marimo notebook: it has no “app = marimo.App()”."),
            _("Convert a file that marimo opens as a notebook."),
        )
    cells = [cell for node in tree.body if (cell := _cell(node, lines)) is not None]
    return ReactiveFile(tuple(cells), _header(tree, lines), settings[0])


def _app_settings(node: ast.stmt) -> tuple[dict[str, Any]] | None:
    """The arguments of `marimo.App(...)`, in a tuple so that none is not the same as no app."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id="app")],
            value=ast.Call(func=ast.Attribute(attr="App"), keywords=keywords),
        ):
            return (_constants(keywords),)
    return None


def _constants(keywords: list[ast.keyword]) -> dict[str, Any]:
    found = {}
    for keyword in keywords:
        try:
            value = ast.literal_eval(keyword.value)
        except ValueError:
            continue
        if keyword.arg is not None:
            found[keyword.arg] = value
    return found


def _header(tree: ast.Module, lines: list[str]) -> str:
    imports = (node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))
    first = next(imports, None)
    return "\n".join(lines[: first.lineno - 1]).strip() if first is not None else ""


def _cell(node: ast.stmt, lines: list[str]) -> ReactiveCell | None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return _decorated(node, lines)
        case ast.With(items=[ast.withitem(context_expr=context)]):
            kind, settings = _of_app(context)
            if kind == "setup":
                body = _body(node, lines, node.lineno)
                source = body.removesuffix("pass").rstrip() if body.endswith("\npass") else body
                return ReactiveCell("" if source == "pass" else source, node.lineno, "", settings)
        case ast.Expr(value=ast.Call(args=[ast.Constant(value=str(source))]) as call):
            kind, settings = _of_app(call)
            if kind == "_unparsable_cell":
                name = str(settings.pop("name", ""))
                source = textwrap.dedent(source).strip()
                return ReactiveCell(
                    source, node.lineno, _named(name), settings=settings, parses=False
                )
    return None


def _decorated(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, lines: list[str]
) -> ReactiveCell | None:
    for decorator in node.decorator_list:
        kind, settings = _of_app(decorator)
        line = node.decorator_list[0].lineno
        if kind == "cell" and not isinstance(node, ast.ClassDef):
            return ReactiveCell(
                _function_body(node, lines), line, _named(node.name), settings=settings
            )
        if kind in {"function", "class_definition"}:
            first = decorator.end_lineno or decorator.lineno
            source = "\n".join(lines[first : _end(node, lines)]).strip()
            return ReactiveCell(source, line, settings=settings)
    return None


def _of_app(node: ast.expr) -> tuple[str, dict[str, Any]]:
    """What of the app an expression is, `cell` for `@app.cell(…)`, and its arguments."""
    settings: dict[str, Any] = {}
    if isinstance(node, ast.Call):
        settings = {name: value for name, value in _constants(node.keywords).items() if value}
        node = node.func
    match node:
        case ast.Attribute(value=ast.Name(id="app"), attr=kind):
            return kind, settings
    return "", settings


def _named(name: str) -> str:
    return "" if name in {_NO_NAME, "__"} else name


def _function_body(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> str:
    last = node.body[-1]
    head = _head_end(lines, node.lineno)
    if isinstance(last, ast.Return):
        if last.lineno == head:
            return ""
        return _dedented(lines[head : last.lineno - 1])
    return _body(node, lines, head)


def _body(node: ast.stmt, lines: list[str], head: int) -> str:
    """The block behind a line, with the comments that stand at its end."""
    return _dedented(lines[head : _end(node, lines)])


def _end(node: ast.stmt, lines: list[str]) -> int:
    """The last line of a block, counted from 1: comments that are indented belong to it."""
    end = last = node.end_lineno or node.lineno
    for number, line in enumerate(lines[end:], end + 1):
        if not line.strip():
            continue
        if not line.startswith((" ", "\t")):
            break
        last = number
    return last


def _head_end(lines: list[str], first: int) -> int:
    """The line of the colon that ends the head of a function, counted from 1."""
    depth = 0
    source = io.StringIO("\n".join(lines[first - 1 :]))
    for token in tokenize.generate_tokens(source.readline):
        if token.string in {"(", "[", "{"}:
            depth += 1
        elif token.string in {")", "]", "}"}:
            depth -= 1
        elif token.string == ":" and not depth:
            return first - 1 + token.start[0]
    return first


def _dedented(lines: list[str]) -> str:
    """A block without its margin, also within strings, for marimo gives it to all lines."""
    first = next((line for line in lines if line.strip()), "")
    margin = first[: len(first) - len(first.lstrip())]
    # A line of white space alone may be shorter than the margin.
    return "\n".join(
        line.removeprefix(margin) if line.strip() else line[len(margin) :] for line in lines
    ).strip()
