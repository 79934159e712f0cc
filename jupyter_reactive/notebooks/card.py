"""How a notebook presents itself in a list: title, description and whether it has a picture.

The author says it in the file's own metadata (PEP 723, https://peps.python.org/pep-0723/), in the
table that marimo reads for OpenGraph (https://docs.marimo.io/guides/publishing/opengraph/):

    # /// script
    # [tool.marimo.opengraph]
    # title = "Tides"
    # description = "The tide at any harbour"
    # ///

Reads files and knows nothing of servers.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# PEP 723's own pattern, for one kind of block.
_BLOCK = re.compile(r"(?m)^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$")


@dataclass(frozen=True)
class Card:
    """What a list shows of a notebook.

    Attributes:
        title: what its author calls it, else the file's name as words.
        description: a sentence, or nothing.
        has_picture: whether its author has named a picture.
    """

    title: str
    description: str = ""
    has_picture: bool = False


def read_card(path: Path) -> Card:
    """The card of a notebook, whatever its author has written.

    Raises:
        OSError: the file cannot be read.
    """
    source = path.read_text("utf-8", "replace")
    told = _opengraph(source)
    title = _text(told, "title") or _app_title(source) or path.stem.replace("_", " ").strip()
    return Card(title, _text(told, "description"), bool(_text(told, "image")))


def _text(told: dict[str, Any], key: str) -> str:
    value = told.get(key)
    return value.strip() if isinstance(value, str) else ""


def _opengraph(source: str) -> dict[str, Any]:
    found = _BLOCK.search(source)
    if found is None:
        return {}
    # Only here, and in 2.6 MB: most who have Jupyter open look for no apps.
    import tomlkit  # noqa: PLC0415
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415

    lines = (line[2:] for line in found["content"].splitlines())
    table: Any
    try:
        table = tomlkit.parse("\n".join(lines)).unwrap()
    except TOMLKitError:
        return {}
    for key in ("tool", "marimo", "opengraph"):
        table = table.get(key) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else {}


def _app_title(source: str) -> str:
    """What `marimo.App(app_title=…)` says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="app")], value=ast.Call(keywords=keywords)):
                for keyword in keywords:
                    match keyword:
                        case ast.keyword(arg="app_title", value=ast.Constant(value=str(title))):
                            return title.strip()
    return ""
