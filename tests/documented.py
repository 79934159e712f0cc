"""What the documentation says, for tests that do it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def section(text: str, heading: str) -> str:
    """What stands between a heading of a page and the next one."""
    found = re.search(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^##+ |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found is not None, f"there is no heading {heading!r}"
    return found[1]


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """The code blocks of a page: language and text."""
    for found in re.finditer(r"^(```+)([^\n]*)\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL):
        yield found[2], found[3]


def commands(text: str) -> list[str]:
    """The commands of a page's blocks, in their order."""
    shell = "".join(text for language, text in blocks(text) if language == "bash")
    lines = shell.replace("\\\n", " ").splitlines()
    return [line.partition(" # ")[0].strip() for line in lines if line.strip()]


def commands_of(page: str, heading: str) -> list[str]:
    """The commands below a heading of a page of `docs/`."""
    return commands(section((DOCS / page).read_text("utf-8"), heading))


def python_block(page: str, heading: str) -> str:
    """The first block of Python below a heading of a page of `docs/`."""
    text = section((DOCS / page).read_text("utf-8"), heading)
    return next(text for language, text in blocks(text) if language == "python")
