"""Every link that there can be to a notebook, and for the others why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ..errors import ReactiveError
from .lesson import cells_here, find
from .offers import Offer, offer, offer_on_hub
from .platforms import Platform, View, What

T = TypeVar("T")


@dataclass(frozen=True)
class Refusal:
    """Why there is no link.

    Attributes:
        platform: where it would lead.
        view: how the notebook would be opened.
        error: what is in the way, and what to do about it.
    """

    platform: Platform
    view: View
    error: ReactiveError

    def to_json(self) -> dict[str, Any]:
        """The refusal for programs."""
        return {
            "platform": self.platform.value,
            **self.view.to_json(),
            "path": None,
            "forms": None,
            "warnings": [],
            "message": self.error.message,
            "remedy": self.error.remedy,
        }


@dataclass(frozen=True)
class Catalogue:
    """What there is to choose from.

    Attributes:
        links: for every platform, as a notebook, as an app and as an app with its code.
        cells: names that a link may begin at, those of the file as it is here.
    """

    links: tuple[Offer | Refusal, ...]
    cells: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The catalogue for programs."""
        return {"links": [link.to_json() for link in self.links], "cells": list(self.cells)}


def catalogue(
    notebook: Path, contents_path: str, hub: str = "", binder: str = "", cell: str = ""
) -> Catalogue:
    """The links to a notebook for every platform.

    Args:
        notebook: a file of this machine.
        contents_path: of the same file.
        hub: address of a Hub; empty where there is none.
        binder: address of a BinderHub; empty for mybinder.org.
        cell: name of the cell that the notebook shows first; empty for its beginning.
    """
    lesson = _tried(lambda: find(notebook))
    cells = _tried(lambda: cells_here(notebook))

    def link(platform: Platform, view: View) -> Offer | Refusal:
        try:
            if platform is Platform.HUB:
                return offer_on_hub(contents_path, view, hub, _got(cells) if cell else None)
            server = binder if platform is Platform.BINDER else hub
            return offer(_got(lesson), platform, view, server)
        except ReactiveError as e:
            return Refusal(platform, view, e)

    views = (
        View(What.NOTEBOOK, cell),
        View(What.APP, cell),
        View(What.APP, cell, with_code=True),
    )
    links = tuple(link(platform, view) for platform in Platform for view in views)
    return Catalogue(links, () if isinstance(cells, ReactiveError) else cells)


def _tried(ask: Callable[[], T]) -> T | ReactiveError:
    try:
        return ask()
    except ReactiveError as e:
        return e


def _got(tried: T | ReactiveError) -> T:
    if isinstance(tried, ReactiveError):
        raise tried
    return tried
