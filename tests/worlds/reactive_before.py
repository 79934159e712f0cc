"""Runs in marimo's process before marimo: its kernel forks too, and tells what it displays.

marimo's own record of a session has what a browser gets: a list as JSON, a table as an element of
its own. To compare with Jupyter, the text of each object is needed, as IPython prints it.
"""

from __future__ import annotations

import json
import multiprocessing.context
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from marimo._output import formatting
from marimo._runtime import context, output
from marimo._runtime.output import _output
from marimo._runtime.runner import hooks_post_execution


def _plain_text() -> Any:
    """IPython's way of printing an object; IPython itself stays as if it were not imported."""
    # Here, so that it can be forgotten again.
    from IPython.core.formatters import PlainTextFormatter  # noqa: PLC0415

    plain = PlainTextFormatter()
    plain([])
    for name in [name for name in sys.modules if name.split(".")[0] == "IPython"]:
        del sys.modules[name]
    return plain


def install(log: str) -> None:
    """Let marimo's kernels fork, and write each displayed object to a file."""
    # Another class on purpose: marimo asks for the context that spawns.
    multiprocessing.context.SpawnContext.Process = multiprocessing.context.ForkProcess  # type: ignore[assignment]
    plain = _plain_text()

    def tell(how: str, value: object, index: int = 0) -> None:
        cell = context.get_context().stream.cell_id
        try:
            # IPython shows nothing of what has no text.
            text = plain(value) or ""
        except Exception as error:  # noqa: BLE001  # a broken repr is the notebook's own
            text = f"<{type(error).__name__}>"
        entry = {"cell": cell, "how": how, "text": text, "index": index}
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    originals = {name: getattr(_output, name) for name in ("append", "replace", "replace_at_index")}

    def append(value: object) -> None:
        tell("append", value)
        originals["append"](value)

    def replace(value: object) -> None:
        tell("clear" if value is None else "replace", value)
        originals["replace"](value)

    def replace_at_index(value: object, idx: int) -> None:
        tell("replace_at_index", value, idx)
        originals["replace_at_index"](value, idx)

    for module in (_output, output):
        module.append, module.replace = append, replace
        module.replace_at_index = replace_at_index

    def try_format(obj: object, include_opinionated: bool | None = None) -> object:
        if obj is not None and include_opinionated is None:
            tell("replace", obj)
        return formatting.try_format(obj, include_opinionated)

    # The last expression's; what else this module takes of `formatting` stays.
    names = {**vars(formatting), "try_format": try_format}
    hooks_post_execution.formatting = SimpleNamespace(**names)
