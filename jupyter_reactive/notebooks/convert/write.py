"""The text of a marimo notebook, in marimo's own form: opened and saved there it stays as it is."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from ..marimo import MINIMUM_VERSION, installed_version
from .indent import INDENT, indented_for_marimo
from .model import Draft
from .names.analysis import analyse
from .names.usage import Usage
from .names.versions import BUILTINS

# Above that marimo puts each name on a line of its own.
_LINE_LENGTH = 80
WIDTH = "medium"


@dataclass(frozen=True)
class Written:
    """A notebook's file.

    Attributes:
        text: all of it.
        lines: where each cell begins, counted from 1.
    """

    text: str
    lines: tuple[int, ...]


def write(drafts: Sequence[Draft], dependencies: Sequence[str] = (), title: str = "") -> Written:
    """Write cells as a notebook.

    Args:
        drafts: a valid graph: each name bound by one cell only.
        dependencies: requirements for a PEP 723 block; none for no block.
        title: of the page that shows it; empty for the file's name.

    Raises:
        SyntaxError: a draft is no Python.
    """
    usages = [analyse(draft.source) for draft in drafts]
    used = set().union(*(usage.read for usage in usages))
    bound = set().union(*(usage.bound for usage in usages))
    text = _header(dependencies) + (
        f'import marimo\n\n__generated_with = "{installed_version() or MINIMUM_VERSION}"\n'
        f"{_app(title)}\n\n\n"
    )
    lines = []
    for draft, usage in zip(drafts, usages, strict=True):
        lines.append(text.count("\n") + 1)
        text += _cell(draft, usage, used, bound) + "\n\n\n"
    return Written(text + 'if __name__ == "__main__":\n    app.run()\n', tuple(lines))


def _app(title: str) -> str:
    settings = [f'width="{WIDTH}"']
    # marimo writes a title without a thought of what would have to be escaped in it.
    if title and title.isprintable() and not set(title) & set('"\\'):
        settings.append(f'app_title="{title}"')
    return _tuple("app = marimo.App(...)", settings)


def _header(dependencies: Sequence[str]) -> str:
    """What tools read who run the file (https://peps.python.org/pep-0723/)."""
    if not dependencies:
        return ""
    listed = "".join(f'#     "{requirement}",\n' for requirement in ("marimo", *dependencies))
    return f"# /// script\n# dependencies = [\n{listed}# ]\n# ///\n\n"


def _cell(draft: Draft, usage: Usage, used: set[str], bound: set[str]) -> str:
    settings = [
        f"{name}=True"
        for name, value in (("disabled", draft.disabled), ("hide_code", draft.hide_code))
        if value
    ]
    own = {name for name in usage.bound if not is_private(name)}
    reads = {name for name in usage.read - usage.bound if not is_private(name)}
    parameters = sorted(name for name in reads if name not in BUILTINS or name in bound)
    results = sorted(name for name in own if name in used)
    keyword = "async def" if is_coroutine(usage.tree) else "def"
    parts = [
        _tuple("@app.cell(...)", settings) if settings else "@app.cell",
        _tuple(f"{keyword} {draft.name or '_'}(...):", parameters),
    ]
    if draft.source.strip():
        parts.append(indented_for_marimo(draft.source))
        if _needs_blank_line(usage.tree, draft.source):
            parts.append("")
    parts.append(_return(results))
    return "\n".join(parts)


def is_private(name: str) -> bool:
    """Whether a name stays in its cell (marimo: one underscore, or two and nothing else)."""
    return name == "__" or (name.startswith("_") and not name.startswith("__"))


def is_coroutine(tree: ast.AST) -> bool:
    """Whether a cell awaits something outside of a function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
            return True
        if isinstance(node, ast.comprehension) and node.is_async:
            return True
        inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        if not isinstance(node, inner) and is_coroutine(node):
            return True
    return False


def _tuple(code: str, elements: Sequence[str]) -> str:
    line = code.replace("...", ", ".join(elements))
    if len(line) < _LINE_LENGTH or not elements:
        return line
    return code.replace("...", "\n" + "".join(f"{INDENT}{element},\n" for element in elements))


def _return(results: Sequence[str]) -> str:
    if not results:
        return f"{INDENT}return"
    line = f"{INDENT}return " + (f"({results[0]},)" if len(results) == 1 else ", ".join(results))
    if len(line) < _LINE_LENGTH:
        return line
    listed = "".join(f"{INDENT * 2}{name},\n" for name in results)
    return f"{INDENT}return (\n{listed}{INDENT})"


def _needs_blank_line(tree: ast.Module, source: str) -> bool:
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    last = tree.body[-1] if tree.body else None
    return isinstance(last, kinds) and last.end_lineno == source.rstrip().count("\n") + 1
