"""What the documentation says, for tests that do it."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def python_block(page: str, heading: str) -> str:
    """The first block of Python under a heading of a page."""
    text = (DOCS / page).read_text("utf-8")
    section = text.partition(f"\n### {heading}\n")[2]
    found = re.search(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert found is not None, f"{page} has no Python under {heading!r}"
    return found[1]
