"""What every handler of ours shares: who may come in, and how an error is answered.

The table `STATUS` is the one place where our errors become HTTP.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from http.client import responses
from typing import Any, Literal, ParamSpec, TypeVar, cast

from jupyter_server.auth.decorator import authorized
from tornado.web import HTTPError, authenticated

from . import errors
from .bodies import BoundedHandler
from .door import DoorHandler
from .translation import _

# What an `Authorizer` is asked about, for nearly every route; the action is read, write or execute.
AUTH_RESOURCE = "reactive"
# What is asked about instead where an app is used: its code runs, but none of the visitor's.
APP_RESOURCE = "reactive-apps"

# The nearest class along the MRO counts.
STATUS: dict[type[errors.ReactiveError], int] = {
    errors.ReactiveError: 500,
    errors.InvalidRequest: 400,
    errors.NotFound: 404,
    errors.IsFolder: 400,
    errors.OutsideRoot: 403,
    errors.Unreadable: 403,
    errors.ForeignPage: 403,
    errors.NotANotebook: 415,
    errors.BrokenNotebook: 422,
    errors.ForeignKernel: 415,
    errors.ConversionFailed: 422,
    errors.ExportFailed: 422,
    errors.NoLink: 422,
    errors.GitMissing: 422,
    errors.NoRelease: 422,
    errors.TooLarge: 413,
    errors.NotebookExists: 409,
    errors.NotebookMoving: 409,
    errors.SwitchedOff: 403,
    errors.TooManySessions: 429,
    errors.AppFull: 503,
    errors.HeadersTooLarge: 431,
    errors.TooSlow: 408,
    errors.TooManyRequests: 429,
    errors.ServerError: 503,
}


P = ParamSpec("P")
T = TypeVar("T")
Verb = Callable[P, Awaitable[T]]


def permitted(
    action: Literal["read", "write", "execute"], resource: str = AUTH_RESOURCE
) -> Callable[[Verb[P, T]], Verb[P, T]]:
    """Decorate a verb: only for users who are logged in and whom the `Authorizer` allows.

    Args:
        action: what the `Authorizer` is asked for.
        resource: what it is asked about.
    """

    def decorate(verb: Verb[P, T]) -> Verb[P, T]:
        guarded = authenticated(authorized(action, resource)(verb))
        guarded.permitted_action = action  # type: ignore[attr-defined]  # for the route test
        return cast("Verb[P, T]", guarded)

    return decorate


def http_status(error: errors.ReactiveError) -> int:
    """The HTTP status that an error is answered with."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


class ReactiveHandler(BoundedHandler, DoorHandler):
    """Base of our handlers: errors in plain words, as a page for people and JSON for programs."""

    auth_resource = AUTH_RESOURCE

    @property
    def content_security_policy(self) -> str:
        """Jupyter's own policy, but framing by our own origin is always allowed.

        The Hub forbids all framing, and the notebook's tab is a frame. Where an operator allows
        another site to frame Jupyter, our frame has two ancestors, and both must be named.
        """
        directives = []
        for directive in filter(str.strip, super().content_security_policy.split(";")):
            name, *sources = directive.split()
            if name == "frame-ancestors" and "'self'" not in sources:
                sources = ["'self'", *(source for source in sources if source != "'none'")]
            directives.append(" ".join([name, *sources]))
        return "; ".join(directives)

    @property
    def is_navigation(self) -> bool:
        """Whether a person looks at the answer: a browser opens it as a page or a frame."""
        if self.request.method not in {"GET", "HEAD"}:
            return False
        mode = self.request.headers.get("Sec-Fetch-Mode")
        if mode is not None:
            return bool(mode == "navigate")
        return "text/html" in self.request.headers.get("Accept", "")

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Expected errors are one line; the rest keeps its traceback."""
        if isinstance(value, errors.ReactiveError):
            # A path may hold half a character, which no log can be written with.
            told = str(value).encode("utf-8", "backslashreplace").decode()
            self.log.warning("%s %s: %s", self.request.method, self.request.path, told)
        else:
            super().log_exception(typ, value, tb)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with the error's own words and status."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, errors.ReactiveError):
            self.set_status(http_status(error))
            if isinstance(error, errors.TooManyRequests):
                self.set_header("Retry-After", error.retry_after)
            self.answer_error(error)
            return
        reason = responses.get(status_code, "Unknown")
        if isinstance(error, HTTPError):
            message = error.log_message or f"{status_code} {reason}"
            self.answer_error(errors.ReactiveError(message))
        else:
            self.answer_error(
                errors.ReactiveError(
                    _("Something unexpected happened ({reason}).").format(reason=reason),
                    _("Try again; the log of the Jupyter server holds the details."),
                )
            )

    def answer_error(self, error: errors.ReactiveError) -> None:
        """Write the error's body; the status is set already."""
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"message": error.message, "remedy": error.remedy, "reason": None}))
