"""Runs a notebook as Jupyter does: nbclient and a real ipykernel."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from . import forker
from .seen import Seen, Shown

# The debugger is half of what a kernel imports; it is never used here.
WARM = """\
import os
os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
import ipykernel.kernelapp, ipykernel.ipkernel, ipykernel.debugger, IPython.core.completer
"""

FIGURE_KINDS = {
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/svg+xml",
    "application/vnd.plotly.v1+json",
    "application/vnd.bokehjs_exec.v0+json",
    *(f"application/vnd.vegalite.v{version}+json" for version in (3, 4, 5, 6)),
}
_WIDGET = "application/vnd.jupyter.widget-view+json"
RICH_KINDS = ("text/html", "text/markdown", "text/latex", "application/javascript")
# Of a figure that is shown as a picture; its size in pixels says nothing to a reader.
PICTURE_TEXT = re.compile(r"<Figure size [\d.]+x[\d.]+ with \d+ Axes>")
_PICTURE_IN_HTML = re.compile(r"<svg|<img[^>]*src=.?[\"']?data:image|<canvas")


class _Specs(KernelSpecManager):
    """Knows one kernel, that of a warm interpreter."""

    def __init__(self, command: list[str]) -> None:
        super().__init__()
        self._command = command

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(argv=self._command, display_name="Python 3", language="python")


def run_in_jupyter(
    cells: Sequence[str] | nbformat.NotebookNode, warm: forker.Forker, folder: Path, seconds: float
) -> nbformat.NotebookNode:
    """Run a notebook; the same with its outputs.

    Cells that raise do not stop it.

    Args:
        cells: the sources of code cells, or a notebook.
        warm: an interpreter made with `WARM`.
        folder: where its kernel runs.
        seconds: how long a cell may take.

    Raises:
        nbclient.exceptions.CellTimeoutError: a cell took longer.
        nbclient.exceptions.DeadKernelError: the kernel ended.
    """
    if isinstance(cells, nbformat.NotebookNode):
        notebook = nbformat.from_dict(cells)
    else:
        notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, cells)])
    stands_for = [sys.executable, "-I", "-S", forker.__file__, "run", warm.address]
    program = ["-m", "ipykernel_launcher", "--log-level=ERROR", "-f", "{connection_file}"]
    # Ports are free when they are chosen, and may be another kernel's when they are bound: a kernel
    # that does not get that of its heartbeat or outputs hangs.
    manager = AsyncKernelManager(
        kernel_spec_manager=_Specs([*stands_for, *program]),
        transport="ipc",
        ip=str(Path(warm.address).with_name(f"kernel-{secrets.token_hex(4)}")),
    )
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=seconds,
        allow_errors=True,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(folder)}},
    )
    # A kernel that is forked tells there how it cannot be interrupted.
    client.execute(cleanup_kc=True, stdout=subprocess.DEVNULL)
    return notebook


def seen_in_jupyter(cell: Mapping[str, Any]) -> Seen:
    """What a cell of a notebook shows, by its outputs."""
    streams = {"stdout": "", "stderr": ""}
    shown, figures, either, error = [], 0, 0, ""
    for output in cell.get("outputs", ()):
        match output["output_type"]:
            case "stream":
                streams[output["name"]] += output["text"]
            case "error":
                error = output["ename"]
            case _:
                data = output["data"]
                plain = data.get("text/plain", "")
                html = data.get("text/html", "")
                picture = bool(FIGURE_KINDS & data.keys())
                is_formula = "text/latex" in data
                figures += (picture and not is_formula) or bool(_PICTURE_IN_HTML.search(html))
                either += picture and is_formula
                rich = next((data[kind] for kind in RICH_KINDS if kind in data), "")
                if not PICTURE_TEXT.fullmatch(plain):
                    shown.append(Shown(plain, rich, is_widget=_WIDGET in data))
    return Seen(
        streams["stdout"], streams["stderr"], tuple(shown), "", figures, error, either=either
    )
