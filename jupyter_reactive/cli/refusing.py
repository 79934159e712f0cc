"""How a command ends that does nothing."""

from __future__ import annotations

import sys
from typing import NoReturn

from ..errors import ReactiveError


def refuse(error: ReactiveError) -> NoReturn:
    """Say why, and end with status 2.

    Raises:
        SystemExit: always.
    """
    print(error, file=sys.stderr)
    sys.exit(2)
