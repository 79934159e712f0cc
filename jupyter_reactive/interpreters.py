"""Which Python runs a program."""

from __future__ import annotations

from pathlib import Path


def interpreter_of(program: str) -> str | None:
    """The Python that runs a program: itself, or that of its first line. None for another program.

    Args:
        program: the path of a file that is there.

    Raises:
        OSError: it cannot be read.
    """
    with Path(program).open("rb") as file:
        first = file.readline(4096)
    name = first[2:].decode("utf-8", "replace").strip() if first[:2] == b"#!" else program
    return name if Path(name).name.startswith("python") else None
