"""Functions that get as an argument what they read, where it changes between their calls."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ....translation import _
from ..model import Draft, Note, Verdict
from .edits import Edits
from .frames import bound_names, function_frame
from .places import Place, Places
from .usage import Usage, parse

_SCOPES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


def with_argument(
    drafts: Sequence[Draft], usages: Sequence[Usage], cell: int, name: str
) -> list[Draft] | None:
    """Have the functions of a cell take a name as an argument, and their calls give it.

    `def f(): return a` and `f()` become `def f(*, a): return a` and `f(a=a)`: a call means the
    value that the name has there.

    Args:
        drafts: all cells.
        usages: of them.
        cell: the index of that with the functions.
        name: what they read when they are called; it is bound wherever that is.

    Returns:
        The cells, or None where it cannot be told that all means the same afterwards.
    """
    functions = _readers(usages[cell], name)
    if functions is None:
        return None
    names = {function.name for function in functions}
    if not all(_is_only_called(function, usages) for function in names):
        return None
    result = []
    for index, (draft, usage) in enumerate(zip(drafts, usages, strict=True)):
        own = functions if index == cell else []
        calls = list(_calls(usage.tree, names, name))
        wanted = sum(one.kind == "load" for function in names for one in usage.of(function))
        if None in calls or len(calls) != wanted:
            return None
        try:
            result.append(_rewritten(draft, own, [*filter(None, calls)], name))
        except ValueError:
            # Within an f-string, which is a single word before Python 3.12.
            return None
    return result


def _readers(usage: Usage, name: str) -> list[ast.FunctionDef] | None:
    """The functions that read the name; None if one of them cannot get it as an argument."""
    found = []
    for number in sorted({one.statement for one in usage.of(name) if one.deferred}):
        function = usage.tree.body[number]
        if not isinstance(function, ast.FunctionDef) or not _can_take(function, name):
            return None
        found.append(function)
    return found


def _can_take(function: ast.FunctionDef, name: str) -> bool:
    """Whether the function reads the name as soon as it is called, and nowhere else."""
    if function.decorator_list or function.args.kwarg or getattr(function, "type_params", None):
        return False
    if any(isinstance(node, ast.Global) and name in node.names for node in ast.walk(function)):
        return False
    kept = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.GeneratorExp)
    inner = [node for statement in function.body for node in ast.walk(statement)]
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in inner):
        return False
    return not any(
        isinstance(node, ast.Name) and node.id == name
        for scope in inner
        if isinstance(scope, kept)
        for node in ast.walk(scope)
    )


def _is_only_called(function: str, usages: Sequence[Usage]) -> bool:
    """Whether a name means one function, and nothing but calls is done with it."""
    found = [one for usage in usages for one in usage.of(function)]
    others = [one for one in found if one.kind != "load"]
    return (
        len(others) == 1
        and others[0].sure
        and not others[0].deferred
        and all(one.called and one.place is not None for one in found if one.kind == "load")
    )


def _calls(
    node: ast.AST, functions: set[str], name: str, *, hidden: frozenset[str] = frozenset()
) -> Iterator[ast.Call | None]:
    """The calls of the functions; None for one where the argument cannot be written.

    Args:
        node: to look in.
        functions: their names.
        name: of the argument.
        hidden: names that mean something else there.
    """
    for child in ast.iter_child_nodes(node):
        inner = hidden | _own(child) if isinstance(child, _SCOPES) else hidden
        if (
            isinstance(child, ast.Call)
            and isinstance(child.func, ast.Name)
            and child.func.id in functions - hidden
        ):
            bare = len(child.args) == 1 and isinstance(child.args[0], ast.GeneratorExp)
            yield None if bare or name in hidden else child
        yield from _calls(child, functions, name, hidden=inner)


def _own(scope: ast.AST) -> frozenset[str]:
    """The names that mean something else in a scope."""
    match scope:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            return frozenset(function_frame(scope).own)
        case ast.ClassDef(body=body):
            return frozenset().union(*map(bound_names, body))
        case (
            ast.ListComp(generators=generators)
            | ast.SetComp(generators=generators)
            | ast.DictComp(generators=generators)
            | ast.GeneratorExp(generators=generators)
        ):
            return frozenset().union(*(bound_names(one.target) for one in generators))
    return frozenset()


def _rewritten(
    draft: Draft, functions: Sequence[ast.FunctionDef], calls: Sequence[ast.Call], name: str
) -> Draft:
    if not functions and not calls:
        return draft
    edits = Edits(draft.source)
    brackets = _Brackets(draft.source)
    places = Places(draft.source, parse(draft.source))
    for function in functions:
        begin = places.of_word(function, "def")
        arguments = function.args
        star = "" if arguments.vararg or arguments.kwonlyargs else "*, "
        _add(edits, brackets, begin, f"{star}{name}")
    for call in calls:
        begin = places.of(call.func.lineno, call.func.col_offset)
        _add(edits, brackets, begin, f"{name}={name}")
    note = _note(functions, calls, name)
    return replace(draft, source=edits.applied(), notes=(*draft.notes, note))


def _add(edits: Edits, brackets: _Brackets, begin: Place, text: str) -> None:
    end, before = brackets.end(begin)
    edits.replace(end, 0, text if before in {"(", ","} else f", {text}")


def _note(functions: Sequence[ast.FunctionDef], calls: Sequence[ast.Call], name: str) -> Note:
    called = [call.func.id for call in calls if isinstance(call.func, ast.Name)]
    listed = ", ".join(dict.fromkeys([*(function.name for function in functions), *called]))
    return Note(
        Verdict.CHANGED,
        "argument",
        _("{functions} gets “{name}” as an argument: it changes between the calls.").format(
            functions=listed, name=name
        ),
    )


class _Brackets:
    """Finds the brackets behind the name of a function.

    Args:
        source: of a cell.
    """

    def __init__(self, source: str) -> None:
        passed = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE}
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        self._tokens = [token for token in tokens if token.type not in passed]

    def end(self, begin: Place) -> tuple[Place, str]:
        """Where the brackets close that open first behind a word, and what stands before that.

        Args:
            begin: of the word.

        Raises:
            ValueError: no word begins there.
        """
        depth, before = 0, ""
        starts = [token.start for token in self._tokens]
        for token in self._tokens[starts.index(begin) :]:
            if token.string in {"(", "[", "{"} and token.type == tokenize.OP:
                depth += 1
            elif token.string in {")", "]", "}"} and token.type == tokenize.OP:
                depth -= 1
                if not depth:
                    return token.start, before
            before = token.string
        raise ValueError(begin)
