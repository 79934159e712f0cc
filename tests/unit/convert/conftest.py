"""Both worlds, once for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from worlds import Worlds


@pytest.fixture(scope="session")
def worlds() -> Iterator[Worlds]:
    """Runs notebooks in Jupyter and in marimo."""
    with Worlds(seconds=100) as both:
        yield both
