"""What the commands share that do one thing with each of the notebooks that are named."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_core.application import JupyterApp
from traitlets import Bool

from .. import __version__
from ..errors import ReactiveError
from ..notebooks.convert.targets import Target

# The exit status where nothing came of a notebook.
REFUSED = 2


@dataclass(frozen=True)
class Outcome:
    """What became of one notebook.

    Attributes:
        source: the notebook.
        path: what has been written; None if nothing was.
        error: why nothing was written; empty for none.
    """

    source: Path
    path: Path | None = None
    error: str = ""

    @property
    def status(self) -> int:
        """The exit status for this notebook alone."""
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        """The outcome for programs."""
        return {
            "source": str(self.source),
            "path": str(self.path) if self.path is not None else None,
            "status": self.status,
            "error": self.error or None,
        }


class BatchApp(JupyterApp):
    """A command that takes files, folders and patterns, and exits with the worst status."""

    version = __version__

    force = Bool(config=True, help="Whether files may be replaced. Default: False.")
    as_json = Bool(config=True, help="Whether to print JSON. Default: False.")

    def start(self) -> None:
        """Do it, tell, and exit with the status."""
        super().start()
        if not self.extra_args:
            self.print_help()
            sys.exit(REFUSED)
        try:
            found = self.targets()
        except ReactiveError as e:
            print(e, file=sys.stderr)
            sys.exit(REFUSED)
        outcomes = self.outcomes(found)
        if self.as_json:
            print(json.dumps([outcome.to_json() for outcome in outcomes], indent=2))
        sys.exit(max(outcome.status for outcome in outcomes))

    def targets(self) -> list[Target]:
        """The notebooks that are named, at least one.

        Raises:
            ReactiveError: there is none, or they cannot all be written.
        """
        raise NotImplementedError

    def outcomes(self, found: list[Target]) -> list[Outcome]:
        """Do it with each notebook, and say on the way what has become of it."""
        raise NotImplementedError
