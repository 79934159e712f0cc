"""The handlers behind routes, those too whose modules are loaded with their first request."""

from __future__ import annotations

from jupyter_reactive import late


def loaded(handler: type) -> type:
    """The handler that answers where a route names this one."""
    return handler.load() if handler.__module__ == late.__name__ else handler
