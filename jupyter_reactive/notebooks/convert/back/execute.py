"""Runs a notebook in Jupyter's way, for its outputs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from ....errors import ConversionFailed
from ....translation import _
from ..converter import Converted
from ..model import Note, Verdict
from ..report import note_to_json
from .notebook import to_text

SECONDS = 600.0


def executed(notebook: dict[str, Any], folder: Path, seconds: float = SECONDS) -> dict[str, Any]:
    """A notebook with the outputs of a run in a fresh kernel of this environment.

    A cell that raises does not stop the others; its error is its output.

    Args:
        notebook: of nbformat 4.
        folder: where it runs.
        seconds: how long a cell may take.

    Raises:
        ConversionFailed: there is no kernel, it ended, or a cell took too long.
    """
    # Slow to import, and only this needs them.
    import nbformat  # noqa: PLC0415
    from jupyter_client.kernelspec import NoSuchKernel  # noqa: PLC0415
    from nbclient import NotebookClient  # noqa: PLC0415
    from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: PLC0415

    node = nbformat.reads(to_text(notebook), as_version=4)  # type: ignore[no-untyped-call]  # untyped
    client = NotebookClient(
        node,
        timeout=seconds,
        allow_errors=True,
        skip_cells_with_tag="skip-execution",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except (CellTimeoutError, DeadKernelError, NoSuchKernel) as e:
        raise ConversionFailed(
            _("The notebook did not run to its end: {error}.").format(
                error=str(e).strip().splitlines()[0]
            ),
            _("Convert it without --execute, and run it in Jupyter."),
        ) from e
    result: dict[str, Any] = json.loads(nbformat.writes(node))  # type: ignore[no-untyped-call]  # untyped
    return result


def with_outputs(converted: Converted, folder: Path) -> Converted:
    """A notebook that went back to Jupyter, run there; its report names the cells that raise.

    Args:
        converted: as a child gave it.
        folder: where it runs.

    Raises:
        ConversionFailed: it does not run to its end.
    """
    notebook = executed(json.loads(converted.text), folder)
    raising = [
        str(number)
        for number, cell in enumerate(notebook["cells"], 1)
        if any(output["output_type"] == "error" for output in cell.get("outputs", ()))
    ]
    report = converted.report
    if raising:
        note = Note(
            Verdict.NEEDS_YOU,
            "raises",
            _("Run in Jupyter, these cells raise: {numbers}.").format(numbers=", ".join(raising)),
            _("Look at their errors in the new notebook."),
        )
        report = {
            **report,
            "verdict": note.verdict.value,
            "notes": [*report["notes"], note_to_json(note)],
        }
    return replace(converted, text=to_text(notebook), report=report)
