"""A visitor of an app, and what their tab hears."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from jupyter_reactive.notebooks.marimo import server_token


class Tab:
    """A visitor's tab: a page, its session and what it hears."""

    def __init__(self, socket: Any, page: str, session: str, who: str) -> None:
        self.socket, self.page, self.session, self.who = socket, page, session, who
        self.heard = ""

    @property
    def token(self) -> str:
        found = re.search(r'"serverToken": "([^"]+)"', self.page)
        assert found is not None
        assert found[1] == server_token(self.page)
        return found[1]

    async def hear(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """Listen until something was said."""
        while not (found := re.search(pattern, self.heard)):
            try:
                message = await asyncio.wait_for(self.socket.read_message(), seconds)
            except asyncio.TimeoutError:
                message = None
            assert message is not None, f"{pattern} was not heard: {self.heard[-1500:]}"
            self.heard += message
        return found

    async def echo(self) -> dict[str, Any]:
        found = await self.hear(r"ECHO (.*?) END")
        text = found[1].replace("\\u0026", "&").replace("&quot;", '"').replace('\\"', '"')
        return json.loads(re.sub(r"</?[a-z]+>", "", text))


async def value_of(tab, act, app, value, heard=None):
    """Set the slider of a tab; gives what the app says then."""
    element = (await tab.hear(r"object-id='([^']+)'"))[1]
    body = {"objectIds": [element], "values": [value]}
    reply = await act(app, tab, "/api/kernel/set_ui_element_value", body)
    assert reply.status == 200, reply.text
    await tab.hear(heard or f"value {value} END")
