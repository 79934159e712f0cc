"""Handlers whose modules are loaded with their first request.

A Jupyter server runs for days, and most of its users never open a reactive notebook: what only
those need who do is not in its memory until then.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado.httputil import HTTPServerRequest
from tornado.web import Application, RequestHandler, stream_request_body


def late(name: str, arguments: Callable[[], dict[str, Any]] = dict) -> type[RequestHandler]:
    """A stand-in for a handler, for a route; the first request that comes loads its module.

    Args:
        name: the handler's, with its module's below this package: `api.exports.ExportsHandler`.
        arguments: gives what the route hands over, at each request.
    """
    module, _dot, attribute = name.rpartition(".")

    # All of ours take a request's body piece by piece, which tornado asks of the stand-in.
    @stream_request_body
    class Late(ExtensionHandlerMixin, RequestHandler):
        # It makes the handler itself, which is no Late.
        def __new__(  # type: ignore[misc]
            cls, application: Application, request: HTTPServerRequest, name: str
        ) -> RequestHandler:
            handler = cls.load()
            told = {"name": name} if issubclass(handler, ExtensionHandlerMixin) else {}
            return handler(application, request, **told, **arguments())

        @staticmethod
        def load() -> type[RequestHandler]:
            """The handler itself."""
            handler: type[RequestHandler] = getattr(
                import_module(f".{module}", __package__), attribute
            )
            return handler

    return Late
