"""Examines what the edit server of this Jupyter needs, and what became of its last start."""

from __future__ import annotations

import asyncio
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

from ..diagnosis import Finding, Level, examine
from ..models.servers import ServerState
from ..translation import _
from .manager import EDIT_SERVER, ServerManager


async def check_up(servers: ServerManager, root: Path, base_url: str) -> list[Finding]:
    """Every finding about this Jupyter server.

    Args:
        servers: whose launcher says what is run.
        root: the contents root.
        base_url: of the Jupyter server.
    """
    launcher = servers.launcher
    findings = [
        Finding("base_url", Level.OK, _("The base URL is {url}.").format(url=base_url)),
        _last_start(servers),
    ]
    folders = {
        _("folder of the notebooks"): root,
        _("folder for the running servers of Jupyter"): Path(jupyter_runtime_dir()),
    }
    return findings + await asyncio.to_thread(
        examine, list(launcher.command), folders, launcher.child_environment()
    )


def _last_start(servers: ServerManager) -> Finding:
    server = servers.get(EDIT_SERVER)
    if server.message:
        level = Level.PROBLEM if server.state is ServerState.FAILED else Level.WARNING
        return Finding("server", level, server.message, server.remedy or "")
    return Finding(
        "server", Level.OK, _("The marimo server is {state}.").format(state=server.state.value)
    )
