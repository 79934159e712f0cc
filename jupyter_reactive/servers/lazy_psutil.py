"""psutil, from the first server on: of its 2.5 MB an idle Jupyter needs nothing.

In the place of ``import psutil``, which type checkers go by:

    if TYPE_CHECKING:
        import psutil
    else:
        from . import lazy_psutil as psutil
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    """Psutil's own (https://peps.python.org/pep-0562/)."""
    return getattr(import_module("psutil"), name)
