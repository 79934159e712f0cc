"""Notebooks that a test writes cell by cell."""

from __future__ import annotations

from textwrap import indent


def source_of(*cells: str) -> str:
    """The source of a notebook; marimo itself finds out which cell needs what of another."""
    functions = (f"@app.cell\ndef _():\n{indent(cell, '    ')}\n    return\n" for cell in cells)
    return "\n\n".join(["import marimo\n\napp = marimo.App()\n", *functions])
