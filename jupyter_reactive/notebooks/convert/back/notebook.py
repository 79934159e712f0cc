"""The file of a notebook for Jupyter (https://nbformat.readthedocs.io/en/latest/format_description.html)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}


def new_notebook(cells: Sequence[dict[str, Any]], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A notebook of nbformat 4.5.

    Args:
        cells: as `new_cell` makes them, or of another notebook; those without an id get one.
        metadata: of the notebook; it says the kernel and the language in any case.
    """
    taken: set[str] = set()
    for number, cell in enumerate(cells, 1):
        wanted = cell.get("id") or f"cell-{number}"
        cell["id"] = wanted if wanted not in taken else _free(wanted, taken)
        taken.add(cell["id"])
    return {
        "cells": list(cells),
        "metadata": {"kernelspec": KERNEL, "language_info": LANGUAGE, **metadata},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _free(wanted: str, taken: set[str]) -> str:
    number = 2
    while (name := f"{wanted[:56]}-{number}") in taken:
        number += 1
    return name


def new_cell(kind: str, source: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A cell without outputs.

    Args:
        kind: `code`, `markdown` or `raw`.
        source: its text.
        metadata: of the cell.
    """
    cell: dict[str, Any] = {
        "cell_type": kind,
        "metadata": dict(metadata),
        "source": source.splitlines(keepends=True),
    }
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell


def to_text(notebook: Mapping[str, Any]) -> str:
    """The file's text, in the form that Jupyter writes."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def cell_lines(notebook: Mapping[str, Any]) -> list[int]:
    """Where each cell begins in the file's text, counted from 1."""
    lines, line = [], 3
    for cell in notebook["cells"]:
        lines.append(line)
        line += len(json.dumps(cell, ensure_ascii=False, indent=1).splitlines())
    return lines
