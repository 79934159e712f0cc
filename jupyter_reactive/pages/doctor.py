"""``reactive/doctor``: the checks as a page, which tries the way that the browser itself came."""

from __future__ import annotations

from ..translation import _
from ..web import permitted
from .base import PageHandler


class DoctorPageHandler(PageHandler):
    """``reactive/doctor``."""

    @permitted("read")
    async def get(self) -> None:
        """The page; its script asks for the findings and tries websocket and event stream."""
        self.finish(
            self.page(
                _("What keeps the reactive notebooks from working?"),
                _("The checks are running."),
                template="doctor.html",
            )
        )
