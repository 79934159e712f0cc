"""How a command ends that does nothing."""

from __future__ import annotations

import sys
from typing import NoReturn

from jupyter_core.application import JupyterApp

from ..errors import ReactiveError

REFUSED = 2


class RefusingApp(JupyterApp):
    """A command that ends with 2 for an option that cannot be, as for all else that it refuses."""

    def exit(self, exit_status: int | str | None = 0) -> None:
        """End; called with 1 for an option of which traitlets have said that it is wrong."""
        super().exit(exit_status and REFUSED)


def refuse(error: ReactiveError) -> NoReturn:
    """Say why, and end with status 2.

    Raises:
        SystemExit: always.
    """
    print(error, file=sys.stderr)
    sys.exit(REFUSED)
