"""Every link that there can be to a notebook, and for the others why not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ReactiveError
from .lesson import Lesson, find
from .offers import Offer, offer, offer_on_hub
from .platforms import Platform, View, What


@dataclass(frozen=True)
class Refusal:
    """Why there is no link.

    Attributes:
        platform: where it would lead.
        what: as what the notebook would be opened.
        error: what is in the way, and what to do about it.
    """

    platform: Platform
    what: What
    error: ReactiveError

    def to_json(self) -> dict[str, Any]:
        """The refusal for programs."""
        return {
            "platform": self.platform.value,
            "what": self.what.value,
            "path": None,
            "forms": None,
            "warnings": [],
            "message": self.error.message,
            "remedy": self.error.remedy,
        }


def catalogue(
    notebook: Path, contents_path: str, hub: str = "", binder: str = ""
) -> list[Offer | Refusal]:
    """The links to a notebook for every platform, as a notebook and as an app.

    Args:
        notebook: a file of this machine.
        contents_path: of the same file.
        hub: address of a Hub; empty where there is none.
        binder: address of a BinderHub; empty for mybinder.org.
    """
    lesson = _found(notebook)

    def link(platform: Platform, what: What) -> Offer | Refusal:
        try:
            if platform is Platform.HUB:
                return offer_on_hub(contents_path, View(what), hub)
            if isinstance(lesson, Lesson):
                server = binder if platform is Platform.BINDER else hub
                return offer(lesson, platform, View(what), server)
        except ReactiveError as e:
            return Refusal(platform, what, e)
        return Refusal(platform, what, lesson)

    return [link(platform, what) for platform in Platform for what in What]


def _found(notebook: Path) -> Lesson | ReactiveError:
    try:
        return find(notebook)
    except ReactiveError as e:
        return e
