"""Says what to run for apps: our own file, with the Python of the notebooks. Starts nothing."""

from __future__ import annotations

import json
import secrets
import tempfile
from pathlib import Path

from traitlets import Bool, Instance, Integer, Unicode

from .launcher import EditServerLauncher, Launcher, LaunchSpec
from .masking import Secret

SCRIPT = Path(__file__).parent.parent / "notebooks" / "marimo_app_server.py"


class AppServerLauncher(Launcher):
    """How a server of apps is started: in the environment of the notebooks, on a private socket.

    Owned by the server manager. Environment and time limits are those of the edit server.
    """

    python = Unicode(
        "",
        config=True,
        help="""
        The Python that runs apps; marimo has to be installed there, this package not. Default: ""
        (that of `c.EditServerLauncher.command`: the `python` beside a single program, or Jupyter's
        own where nothing is set).
        """,
    )

    session_ttl = Integer(
        120,
        min=1,
        config=True,
        help="""
        Seconds that the session of an app's page stays after the page has left. Who loads the page
        again within it goes on where they were. Default: 120.
        """,
    )

    include_code = Bool(
        default_value=False,
        config=True,
        help="""
        Whether visitors of an app may see its code. Default: False.
        """,
    )

    show_tracebacks = Bool(
        default_value=False,
        config=True,
        help="""
        Whether visitors of an app see the traceback of a cell that fails. It may show code and
        paths. Default: False (they see that it has failed).
        """,
    )

    watch = Bool(
        default_value=True,
        config=True,
        help="""
        Whether the pages of an app are loaded anew when its file is saved. Default: True.
        """,
    )

    notebooks = Instance(EditServerLauncher)

    def spec(self, folder: Path) -> LaunchSpec:
        """What to run for a server of apps, with a new socket and a new secret.

        Raises:
            PythonUnknown: there is no telling which Python the notebooks have.
            MarimoMissing: the command of the notebooks is not there.
            MarimoTooOld: the marimo of this environment is below what we can drive.
        """
        python = self._python()
        # Nobody else may enter it (mode 0700); short, as the address of a socket has to be.
        socket = Path(tempfile.mkdtemp(prefix="reactive-")) / "apps"
        secret = Secret(secrets.token_urlsafe(32))
        options = {
            "socket": str(socket),
            "secret": secret,
            "session_ttl": self.session_ttl,
            "include_code": self.include_code,
            "show_tracebacks": self.show_tracebacks,
            "watch": self.watch,
        }
        return LaunchSpec(
            command=(python, str(SCRIPT)),
            folder=folder,
            environment=self.notebooks.child_environment(),
            # Of no meaning on a socket; requests need some.
            host="localhost",
            port=80,
            secret=secret,
            input=Secret(json.dumps(options)),
            start_timeout=self.notebooks.start_timeout,
            stop_timeout=self.notebooks.stop_timeout,
            socket=socket,
        )

    def _python(self) -> str:
        if self.python:
            return str(Path(self.python).expanduser())
        return self.notebooks.python()
