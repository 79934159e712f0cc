"""What was released of a notebook: what has changed since, and the way back to it."""

from __future__ import annotations

from ..policy import Policy
from ..released_notebooks import ReleasedNotebooks
from ..web import permitted
from .base import ReactiveAPIHandler


class ComparisonHandler(ReactiveAPIHandler):
    """``reactive/api/releases/changes``."""

    def initialize(self, released: ReleasedNotebooks) -> None:
        """Take who knows the released versions."""
        self.released = released

    @permitted("read")
    async def post(self) -> None:
        """How a notebook differs from its released version."""
        comparison = await self.released.compare(self.body(path=str)["path"])
        self.finish(comparison.to_json())


class ResetHandler(ReactiveAPIHandler):
    """``reactive/api/releases/reset``."""

    def initialize(self, released: ReleasedNotebooks, policy: Policy) -> None:
        """Take who knows the released versions, and what may be done to files."""
        self.released = released
        self.policy = policy

    @permitted("write")
    async def post(self) -> None:
        """Put the released version of a notebook in its place; what is there is kept."""
        self.policy.admit_new_notebook()
        reset = await self.released.reset(self.body(path=str)["path"])
        self.finish({"path": reset.path, "kept": reset.kept})
