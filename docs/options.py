"""Writes the table of options into README.md, from the traits themselves.

Run it after a change to a trait: `.venv/bin/python docs/options.py`. With `--check` it changes
nothing and fails when the table is stale; a test does that.
"""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

from traitlets.config import Configurable

from jupyter_reactive.app import ReactiveApp
from jupyter_reactive.app_pages import AppPages
from jupyter_reactive.assets.store import AssetStore
from jupyter_reactive.contents import NotebookFiles
from jupyter_reactive.conversions import NotebookConversions
from jupyter_reactive.exporter import ReactiveExporter
from jupyter_reactive.exports import NotebookExports
from jupyter_reactive.forwarding import Forwarding
from jupyter_reactive.gallery import ReactiveGallery
from jupyter_reactive.output_notebooks import OutputNotebooks
from jupyter_reactive.policy import Policy
from jupyter_reactive.request_limits import RequestLimits
from jupyter_reactive.servers.activity import ActivityMonitor
from jupyter_reactive.servers.app_launcher import AppServerLauncher
from jupyter_reactive.servers.app_sessions import AppSessions
from jupyter_reactive.servers.apps import AppServers
from jupyter_reactive.servers.hooks import LessonHooks
from jupyter_reactive.servers.launcher import EditServerLauncher
from jupyter_reactive.servers.limits import SessionLimits
from jupyter_reactive.servers.liveness import LivenessProbe
from jupyter_reactive.servers.manager import ServerManager
from jupyter_reactive.servers.prestart import Prestart
from jupyter_reactive.servers.restarts import RestartPolicy
from jupyter_reactive.servers.sessions import SessionMonitor

README = Path(__file__).parent.parent / "README.md"
BEGIN = "<!-- options: written by docs/options.py -->"
END = "<!-- end of options -->"
CLASSES: tuple[type[Configurable], ...] = (
    EditServerLauncher,
    Prestart,
    LivenessProbe,
    RestartPolicy,
    ActivityMonitor,
    SessionLimits,
    NotebookFiles,
    NotebookConversions,
    ReactiveExporter,
    NotebookExports,
    SessionMonitor,
    Forwarding,
    AssetStore,
    Policy,
    OutputNotebooks,
    RequestLimits,
    AppServerLauncher,
    AppServers,
    AppSessions,
    AppPages,
    ReactiveGallery,
    LessonHooks,
    ServerManager,
    ReactiveApp,
)


def table() -> str:
    """The options of all classes as a table in Markdown."""
    rows = ["| option | what it does |", "|---|---|"]
    for cls in CLASSES:
        for name, trait in sorted(cls.class_own_traits(config=True).items()):
            text = " ".join(dedent(trait.help).split())
            rows.append(f"| `c.{cls.__name__}.{name}` | {text} |")
    return "\n".join(rows)


def main() -> int:
    """Write the table, or only look."""
    old = README.read_text("utf-8")
    head, _, rest = old.partition(BEGIN)
    _, _, tail = rest.partition(END)
    new = f"{head}{BEGIN}\n\n{table()}\n\n{END}{tail}"
    if "--check" not in sys.argv:
        README.write_text(new, "utf-8")
    elif new != old:
        print("README.md: the table of options is stale; run: .venv/bin/python docs/options.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
