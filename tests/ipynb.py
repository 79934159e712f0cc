"""Small notebooks of Jupyter."""

from __future__ import annotations

import json

import nbformat


def ipynb(*cells: str, language: str = "python") -> str:
    """The text of a file with these cells; one that begins with a heading is Markdown."""
    return json.dumps(
        nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_markdown_cell(cell, id=str(number))
                if cell.startswith("# ")
                else nbformat.v4.new_code_cell(cell, id=str(number))
                for number, cell in enumerate(cells)
            ],
            metadata={"language_info": {"name": language}},
        )
    )
