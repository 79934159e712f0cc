"""An old notebook's bytes as cells; refuses what is no notebook of Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...errors import BrokenNotebook, ForeignKernel, NotANotebook
from ...translation import _
from .model import SourceCell

# What kernels of Python say that their language is.
_PYTHON = frozenset({"python", "python3", "ipython", "ipython3"})


@dataclass(frozen=True)
class Source:
    """An old notebook.

    Attributes:
        cells: in their order.
        metadata: of the notebook.
    """

    cells: tuple[SourceCell, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)


def read(content: bytes) -> Source:
    """Read a notebook of nbformat 3 or 4 (https://nbformat.readthedocs.io/en/latest/format_description.html).

    Args:
        content: of the `.ipynb` file.

    Raises:
        BrokenNotebook: it is no JSON.
        NotANotebook: it is JSON, but no notebook.
        ForeignKernel: its cells are in another language than Python.
    """
    notebook = _upgraded(_parsed(content))
    _require_python(notebook)
    return Source(
        tuple(_cell(index, cell) for index, cell in enumerate(notebook["cells"])),
        notebook.get("metadata") or {},
    )


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as e:
        raise BrokenNotebook(
            _("The file is no text in UTF-8: byte {place}.").format(place=e.start),
            _("Open it in Jupyter and save it again."),
        ) from e
    except json.JSONDecodeError as e:
        raise BrokenNotebook(
            _("The file is no valid JSON: line {line}: {error}").format(line=e.lineno, error=e.msg),
            _("Mend that line in a text editor, or take an older copy of the notebook."),
        ) from e
    if not isinstance(notebook, dict) or not ({"cells", "worksheets"} & notebook.keys()):
        raise NotANotebook(
            _("The file is JSON, but no notebook: it has no cells."),
            _("Convert a file that Jupyter opens as a notebook."),
        )
    return notebook


def _upgraded(notebook: dict[str, Any]) -> dict[str, Any]:
    if "worksheets" in notebook or notebook.get("nbformat", 4) < 4:
        # Half of the time of a conversion, and only old files need it.
        from nbformat import ValidationError, reads  # noqa: PLC0415

        whole = json.dumps({"metadata": {}, "nbformat": 3, "nbformat_minor": 0, **notebook})
        try:
            # nbformat annotates nothing of this.
            notebook = reads(whole, as_version=4)  # type: ignore[no-untyped-call]
        except (AttributeError, KeyError, TypeError, ValueError, ValidationError) as e:
            raise NotANotebook(
                _("The file cannot be read as a notebook of an older format: {error}").format(
                    error=e
                ),
                _("Open it in Jupyter and save it again."),
            ) from e
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise NotANotebook(
            _("The file is JSON, but no notebook: its cells are no list of cells."),
            _("Convert a file that Jupyter opens as a notebook."),
        )
    return notebook


def _require_python(notebook: dict[str, Any]) -> None:
    metadata = notebook.get("metadata") or {}
    kernel = metadata.get("kernelspec") or {}
    language = (
        (metadata.get("language_info") or {}).get("name")
        or kernel.get("language")
        or (kernel.get("name") if _known_language(kernel.get("name")) else None)
        or "python"
    )
    if str(language).lower() not in _PYTHON:
        raise ForeignKernel(
            _("The notebook is in {language}, not in Python.").format(language=language),
            _("Reactive notebooks are Python: keep this one in Jupyter."),
        )


def _known_language(kernel: object) -> bool:
    """Whether the name of a kernel alone tells its language, for files that say nothing else."""
    return str(kernel).lower().startswith(("ir", "julia", "bash", "javascript", "xcpp", "sos"))


def _cell(index: int, cell: dict[str, Any]) -> SourceCell:
    kind = cell.get("cell_type", "code")
    if kind == "heading":
        kind = "markdown"
    metadata = cell.get("metadata") or {}
    return SourceCell(
        index=index,
        kind=kind if kind in {"code", "markdown"} else "raw",
        source=_text(cell.get("source", "")),
        tags=frozenset(map(str, metadata.get("tags") or ())),
        metadata=metadata,
        attachments=cell.get("attachments") or {},
        outputs=tuple(cell.get("outputs") or ()),
        execution_count=cell.get("execution_count"),
    )


def _text(value: str | list[str]) -> str:
    text = value if isinstance(value, str) else "".join(value)
    return text.replace("\r\n", "\n").replace("\r", "\n")
