"""What is told of a server: its state, and in plain words why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone

from ..errors import ReactiveError
from ..models.servers import EndCause, ServerModel, ServerState
from ..translation import _


class ServerStatus:
    """The public face of one server.

    Args:
        name: of the server.
        on_change: called with a `ServerModel` each time that something has changed.
    """

    def __init__(self, name: str, on_change: Callable[[ServerModel], None]) -> None:
        self.model = ServerModel(name, ServerState.STOPPED)
        self._on_change = on_change

    def tell(
        self,
        state: ServerState,
        error: ReactiveError | None = None,
        cause: EndCause | None = None,
    ) -> None:
        """Tell a new state.

        A start that follows an end keeps what was said about it, so that its pages can say it.

        Args:
            state: what it does now.
            error: what went wrong.
            cause: why it has ended.
        """
        before = self.model
        follows = state in {ServerState.STARTING, ServerState.RUNNING} and error is None
        if state is ServerState.RUNNING:
            started: str | None = datetime.now(timezone.utc).isoformat()
        else:
            started = before.started if state is ServerState.STOPPING else None
        self._publish(
            ServerModel(
                name=before.name,
                state=state,
                started=started,
                message=error.message if error else before.message if follows else None,
                remedy=error.remedy if error else before.remedy if follows else None,
                cause=cause or before.cause,
            )
        )

    def tell_silence(self, *, is_silent: bool) -> None:
        """Tell that a running server does not answer at the moment, or does again."""
        message = remedy = None
        if is_silent:
            message = _("The marimo server does not answer at the moment.")
            remedy = _("It may be very busy: wait a little, or restart it.")
        self._publish(replace(self.model, message=message, remedy=remedy))

    def _publish(self, model: ServerModel) -> None:
        if model != self.model:
            self.model = model
            self._on_change(model)
