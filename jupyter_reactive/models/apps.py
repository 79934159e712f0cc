"""The apps that are in use."""

from __future__ import annotations

from dataclasses import dataclass

from . import Model


@dataclass(frozen=True)
class AppModel(Model):
    """An app that is in use.

    Attributes:
        path: its contents path.
        sessions: how many sessions of visitors it has, those included whose page has just left.
    """

    path: str
    sessions: int


@dataclass(frozen=True)
class AppServerModel(Model):
    """A running server of apps. How its memory divides among them nobody can tell.

    Attributes:
        server: its name; that of an app's own server is `run/` and the app's path.
        memory: bytes that it holds with all that it has started, None when that is not known.
        apps: those that are in use, and the one whose own it is.
    """

    server: str
    memory: int | None
    apps: tuple[AppModel, ...]
