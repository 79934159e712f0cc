"""Says what to run: command, environment, folder, secret. Starts nothing."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
from traitlets import Dict, Float, List, TraitError, Unicode, default, validate
from traitlets.config import LoggingConfigurable

from ..interpreters import interpreter_of
from ..notebooks.marimo import EDIT_COMMAND, MINIMUM_VERSION, installed_version, is_too_old
from .masking import Secret

# An address, not a name: `localhost` may be IPv6 on one side and IPv4 on the other.
HOST = "127.0.0.1"
SNAPSHOT_SCRIPT = Path(__file__).parent.parent / "notebooks" / "marimo_edit_server.py"


@dataclass(frozen=True)
class LaunchSpec:
    """Everything that is needed to start one marimo server.

    Attributes:
        command: program and arguments; holds no secret.
        folder: the working folder, which is the server's root.
        environment: the child's whole environment.
        host: the address that it listens on.
        port: the port that it listens on.
        secret: what opens its routes.
        start_timeout: seconds until it has to answer.
        stop_timeout: seconds between SIGTERM and SIGKILL.
        extra_args: the end of the command, which the operator added.
        socket: the unix socket that it listens on, in a folder of its own that goes with the
            child; None for one that listens on TCP.
        input: what is written to the child's standard input instead of the secret alone.
    """

    command: tuple[str, ...]
    folder: Path
    environment: dict[str, str] = field(repr=False)
    host: str
    port: int
    secret: Secret = field(repr=False)
    start_timeout: float
    stop_timeout: float
    extra_args: tuple[str, ...] = ()
    socket: Path | None = None
    input: Secret | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where the child answers."""
        return f"http://{self.host}:{self.port}"


class Launcher(LoggingConfigurable):
    """How a server is started. Asked again at each start, so that each has its own secret."""

    def spec(self, folder: Path) -> LaunchSpec:
        """What to run for the server of a folder.

        Args:
            folder: the contents root.

        Raises:
            StartFailed: it is known already that it cannot be run.
        """
        raise NotImplementedError


class EditServerLauncher(Launcher):
    """How the edit server is started: on a new port each time.

    Owned by the server manager.
    """

    command = List(
        Unicode(),
        config=True,
        help="""
        The marimo to run, as a list of program and first arguments. Default: [] (the marimo of
        Jupyter's own environment). A single program, for example
        `["/opt/conda/envs/course/bin/marimo"]`, runs the notebooks in that environment. A script
        around marimo must stay in its process group: marimo's socket is known by that.
        """,
    )

    extra_args = List(
        Unicode(),
        config=True,
        help="""
        Further arguments for `marimo edit`, for example `["--watch"]`. Default: [].
        The address and the secret are ours and cannot be set here.
        """,
    )

    environment = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        config=True,
        help="""
        Environment variables for the edit server and its kernels, added to Jupyter's own.
        Default: {}.
        """,
    )

    start_timeout = Float(
        60,
        min=1,
        config=True,
        help="""
        Seconds until a started server has to answer; then the start has failed. Default: 60.
        """,
    )

    stop_timeout = Float(
        5,
        min=0,
        config=True,
        help="""
        Seconds that a server has to end by itself (SIGTERM) before it is killed with everything
        that it started. Default: 5. 0: kill at once.
        """,
    )

    snapshot_dir = Unicode(
        config=True,
        help="""
        The folder for what notebooks have shown last, so that they show it again when they are
        opened, until they are run. Nobody else may enter it; what has not been opened for 90 days
        is deleted. Default: `jupyter-reactive/snapshots` in the user's cache folder (on Linux
        `~/.cache/jupyter-reactive/snapshots`). "": marimo's own place, `__marimo__/session` beside
        the notebook, where whoever may read the notebook reads and is shown them too. It is
        marimo's own place as well with a `command` that is neither `python -m marimo` nor a Python
        script; `PYTHONPYCACHEPREFIX` in `environment` moves it then.
        """,
    )

    @default("snapshot_dir")
    def _default_snapshot_dir(self) -> str:
        return str(
            Path(platformdirs.user_cache_dir("jupyter-reactive", appauthor=False), "snapshots")
        )

    @validate("extra_args")
    def _validate_extra_args(self, proposal: dict[str, list[str]]) -> list[str]:
        reserved = {"--host", "--port", "-p", "--token-password", "--token-password-file"}
        reserved |= {"--token", "--no-token", "--base-url", "--no-skew-protection", "--sandbox"}
        for argument in proposal["value"]:
            if argument.split("=")[0] in reserved or argument.startswith("-p"):
                raise TraitError(
                    f"EditServerLauncher.extra_args: {argument.split('=')[0]} is set by "
                    "jupyter-reactive and cannot be changed."
                )
        return proposal["value"]

    def spec(self, folder: Path) -> LaunchSpec:
        """What to run for the edit server, with a new port and a new secret.

        Raises:
            MarimoMissing: the command is not there.
            MarimoTooOld: the marimo of this environment is below what we can drive.
        """
        port = _free_port()
        return LaunchSpec(
            command=(
                *self._keeping_snapshots(self.program()),
                EDIT_COMMAND,
                str(folder),
                "--headless",
                "--skip-update-check",
                "--no-sandbox",
                *("--host", HOST),
                *("--port", str(port)),
                *("--token-password-file", "-"),
                *self.extra_args,
            ),
            folder=folder,
            environment=self.child_environment(),
            host=HOST,
            port=port,
            secret=Secret(secrets.token_urlsafe(32)),
            start_timeout=self.start_timeout,
            stop_timeout=self.stop_timeout,
            extra_args=tuple(self.extra_args),
        )

    def child_environment(self) -> dict[str, str]:
        """The variables that the edit server and its kernels get."""
        return {**os.environ, **self.environment}

    def program(self) -> list[str]:
        """The marimo to run: a program and its first arguments.

        Raises:
            MarimoMissing: it is not there.
            MarimoTooOld: the marimo of this environment is below what we can drive.
        """
        # Not at the top: an idle Jupyter holds nothing of how starts fail.
        from ..start_errors import MarimoMissing, MarimoTooOld  # noqa: PLC0415

        if not self.command:
            found = installed_version()
            if found is None:
                raise MarimoMissing(f"{sys.executable} -m marimo")
            if is_too_old(found):
                raise MarimoTooOld(found, MINIMUM_VERSION)
            return [sys.executable, "-m", "marimo"]
        program = shutil.which(str(Path(self.command[0]).expanduser()))
        if program is None:
            raise MarimoMissing(self.command[0])
        return [program, *self.command[1:]]

    def _keeping_snapshots(self, program: list[str]) -> list[str]:
        """The program, run by our script where that can take its place."""
        if not self.snapshot_dir:
            return program
        script = [str(SNAPSHOT_SCRIPT), str(Path(self.snapshot_dir).expanduser())]
        first, *rest = program
        python = _interpreter(first)
        if python == first and rest == ["-m", "marimo"]:
            return [python, *script, *rest]
        if python not in {None, first} and not rest:
            return [str(python), *script, first]
        return program

    def python(self) -> str:
        """The Python that runs the notebooks.

        Raises:
            PythonUnknown: there is no telling.
            MarimoMissing: the command is not there.
            MarimoTooOld: the marimo of this environment is below what we can drive.
        """
        from ..start_errors import PythonUnknown  # noqa: PLC0415

        program, *rest = self.program()
        python = _interpreter(program)
        if python == program:
            return python
        # A script that the shell begins stands beside its Python.
        python = python or shutil.which("python", path=str(Path(program).parent))
        if python is None or rest:
            raise PythonUnknown(program)
        return python


def _interpreter(program: str) -> str | None:
    """The Python that runs a program, as far as the program tells."""
    try:
        return interpreter_of(program)
    except OSError:
        return None


def _free_port() -> int:
    """A port that nobody uses now. Somebody may take it before the child does: see the manager."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port
