"""Values at the end of a branch, which nobody sees: marimo's check asks what they are for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from .model import Draft
from .names.edits import Edits
from .names.usage import parse


def with_named_values(draft: Draft) -> Draft:
    """Give what a cell's last branches compute for nobody to `_`, as marimo's check wants it."""
    body = parse(draft.source).body
    edits = Edits(draft.source)
    found = list(_values(body[-1])) if body else []
    for value in found:
        edits.insert_before(value, "_ = ")
    return replace(draft, source=edits.applied()) if found else draft


def _values(statement: ast.stmt) -> Iterator[ast.Expr]:
    for block in _blocks(statement):
        last = block[-1] if block else None
        if isinstance(last, ast.Expr) and (
            not isinstance(last.value, ast.Call) or _is_element(last.value)
        ):
            yield last


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    match statement:
        case ast.If():
            yield statement.body
            if len(statement.orelse) == 1 and isinstance(statement.orelse[0], ast.If):
                yield from _blocks(statement.orelse[0])
            else:
                yield statement.orelse
        case ast.Try():
            yield statement.body
            yield from (handler.body for handler in statement.handlers)
            yield from (statement.orelse, statement.finalbody)
        case ast.Match():
            yield from (case.body for case in statement.cases)


def _is_element(call: ast.Call) -> bool:
    """Whether it makes an element of marimo's, and does nothing else."""
    parts = ast.unparse(call.func).split(".")
    return parts[0] == "mo" and len(parts) > 1 and parts[1] not in {"stop", "output"}
