"""A server that answers, and what outlives it: the pages that it served."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from .launcher import LaunchSpec

# An idle Jupyter has not loaded them.
if TYPE_CHECKING:
    from .client import MarimoClient
    from .process import ChildProcess

# Tabs that are kept open for days meet many servers.
REMEMBERED_PAGES = 1000
REMEMBERED_TOKENS = 20


class RunningServer:
    """A server that answered its readiness probe: where it is and how to speak to it.

    Args:
        spec: how it was started.
        process: the child.
        client: speaks to it.
        version: of its marimo.
        token: of marimo's guard, which the pages of this server carry.
    """

    def __init__(
        self,
        spec: LaunchSpec,
        process: ChildProcess,
        client: MarimoClient,
        version: str,
        token: str,
    ) -> None:
        self.spec = spec
        self.process = process
        self.client = client
        self.version = version
        self.token = token
        # Whether a request of anybody's has come for it.
        self.is_used = False
        # The ids of the pages that spoke to it.
        self.pages: set[str] = set()


class EarlierServers:
    """The pages and guard tokens of servers that are gone.

    A page outlives its server. It goes on with the next one, with everything that was typed into
    it, if that runs the same marimo: the page's own program fits, and its token shows that a
    server of ours served it.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[str, str] = OrderedDict()
        self._tokens: OrderedDict[str, str] = OrderedDict()

    def remember(self, server: RunningServer) -> None:
        """Take in a server that has ended."""
        self._tokens[server.token] = server.version
        self._pages.update(dict.fromkeys(server.pages, server.version))
        for memory, limit in ((self._pages, REMEMBERED_PAGES), (self._tokens, REMEMBERED_TOKENS)):
            while len(memory) > limit:
                memory.popitem(last=False)

    def version_of(self, page_id: str) -> str | None:
        """The version of marimo that served a page; None for a page of no earlier server."""
        return self._pages.get(page_id)

    def knows(self, token: str, version: str) -> bool:
        """Whether a server of that version of marimo gave out this token."""
        return self._tokens.get(token) == version

    def forget(self, page_id: str) -> bool:
        """Take a page out: it belongs to the running server now. Whether it was there."""
        return self._pages.pop(page_id, None) is not None
