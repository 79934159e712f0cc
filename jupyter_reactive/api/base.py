"""What the REST handlers share: reading a body with a clear word for each mistake in it."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.base.handlers import APIHandler

from ..errors import InvalidRequest
from ..translation import _
from ..web import ReactiveHandler


class ReactiveAPIHandler(ReactiveHandler, APIHandler):
    """Base of the REST handlers."""

    # The front end reads by itself, when an event stream comes back or a folder is listed: only
    # what changes something is a user's action.
    counts_as_use = True

    def update_api_activity(self) -> None:
        """Let Jupyter note that the server was used, if that is what happened."""
        if self.counts_as_use and self.request.method not in {"GET", "HEAD"}:
            super().update_api_activity()

    def body(self, **fields: Any) -> dict[str, Any]:
        """The request's JSON object, checked.

        Args:
            fields: the name of each field and the type or union of types that it must have;
                a field whose type admits None may be left out.

        Raises:
            InvalidRequest: no JSON, no object, an unknown field, or a wrong type.
        """
        self.require_body()
        expected = _("Send a JSON object with the fields: {fields}.").format(
            fields=", ".join(fields) or _("none")
        )
        try:
            body = json.loads(bytes(self.collected) or b"{}")
        except (ValueError, RecursionError) as e:
            raise InvalidRequest(_("The body of the request is no JSON."), expected) from e
        if not isinstance(body, dict):
            raise InvalidRequest(_("The body of the request is no JSON object."), expected)
        unknown = sorted(set(body) - set(fields))
        if unknown:
            raise InvalidRequest(
                _("The request has an unknown field “{field}”.").format(field=unknown[0]), expected
            )
        for field, kind in fields.items():
            if not isinstance(body.setdefault(field, None), kind):
                raise InvalidRequest(
                    _("The field “{field}” is missing or has the wrong type.").format(field=field),
                    expected,
                )
        return body
