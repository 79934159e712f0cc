"""Why a marimo server cannot be started: a branch of the tree of errors.py.

StartFailed           it cannot be started
├── MarimoMissing     the command is not there
├── MarimoTooOld      its version is below what we can drive
├── PythonUnknown     there is no telling which Python runs the apps
├── MarimoBroken      it is there, but Python cannot load it
├── OptionUnknown     it does not know an argument that the operator added
├── PortTaken         another program has its port
├── FolderUnreadable  the contents root is gone or may not be entered
├── AccessDenied      the operating system refuses something else that it needs
├── DiskFull          no space is left, or a quota is used up
├── OutOfMemory       the machine gives it no memory
├── ProcessLimit      no more processes or open files are allowed
├── Killed            something ended it from outside while it started
└── StartTimeout      it did not answer in time
"""

from __future__ import annotations

from .errors import ServerError
from .translation import _


class StartFailed(ServerError):
    """A marimo server cannot be started."""


class MarimoMissing(StartFailed):
    """The marimo command is not there."""

    def __init__(self, command: str) -> None:
        super().__init__(
            _("marimo was not found: “{command}” cannot be run.").format(command=command),
            _(
                "Install it with “pip install marimo” in the environment of Jupyter, or set "
                "c.EditServerLauncher.command to a marimo that is there."
            ),
        )


class MarimoTooOld(StartFailed):
    """The version of marimo is below what we can drive."""

    def __init__(self, found: str, needed: str) -> None:
        super().__init__(
            _("marimo {found} is too old.").format(found=found),
            _("Install marimo {needed} or newer: pip install --upgrade marimo").format(
                needed=needed
            ),
        )


class PythonUnknown(StartFailed):
    """The command of the notebooks does not say which Python runs them."""

    def __init__(self, command: str) -> None:
        super().__init__(
            _("It is not known which Python belongs to “{command}”.").format(command=command),
            _("Set c.AppServerLauncher.python to the Python of the notebooks' environment."),
        )


class MarimoBroken(StartFailed):
    """marimo is there, but Python cannot load it or something that it needs."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            _("marimo is installed, but cannot be loaded: {reason}").format(reason=reason),
            _(
                "Install it again with what it needs, in the environment that it runs in: "
                "pip install --upgrade --force-reinstall marimo"
            ),
        )


class OptionUnknown(StartFailed):
    """marimo does not know an argument that it was given."""

    def __init__(self, option: str) -> None:
        super().__init__(
            _("marimo does not know the option “{option}”.").format(option=option),
            _(
                "Take it out of c.EditServerLauncher.extra_args, or install a marimo that knows "
                "it: pip install --upgrade marimo"
            ),
        )


class PortTaken(StartFailed):
    """Another program listens on the port that was chosen."""

    def __init__(self, port: int) -> None:
        super().__init__(
            _("Another program has taken port {port}, on which marimo was to listen.").format(
                port=port
            ),
            _("Try again; another port will be chosen."),
        )


class FolderUnreadable(StartFailed):
    """The folder of the server is gone, or this user may not enter it."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            _("The folder “{folder}” cannot be read.").format(folder=folder),
            _("Check that it is there and that you may read it."),
        )


class AccessDenied(StartFailed):
    """The operating system does not let marimo read, write or run something."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            _("marimo was refused something that it needs: {reason}").format(reason=reason),
            _("Give the user of this Jupyter server the right to it, or another place for it."),
        )


class DiskFull(StartFailed):
    """No space is left for what marimo has to write, or a quota is used up."""

    def __init__(self) -> None:
        super().__init__(
            _("The disk is full, or your quota is used up: marimo cannot write what it needs."),
            _("Delete files in your home folder and in the folder for temporary files."),
        )


class OutOfMemory(StartFailed):
    """There is not enough memory to start."""

    def __init__(self) -> None:
        super().__init__(
            _("There is not enough memory to start marimo."),
            _("Shut down kernels and notebooks that you do not need, or ask for more memory."),
        )


class ProcessLimit(StartFailed):
    """This user may have no further process or open file."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            _("This machine allows no further process or open file: {reason}.").format(
                reason=reason
            ),
            _("Shut down kernels and terminals that you do not need, then try again."),
        )


class Killed(StartFailed):
    """Something ended marimo from outside while it was starting."""

    def __init__(self) -> None:
        super().__init__(
            _("marimo was killed while it was starting, most likely because memory ran out."),
            _(
                "Shut down kernels and notebooks that you do not need, or ask for more memory; "
                "then try again."
            ),
        )


class StartTimeout(StartFailed):
    """The marimo server did not answer in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            _("The marimo server did not answer within {seconds:g} seconds.").format(
                seconds=seconds
            ),
            _(
                "Try again; on a busy or slow machine raise c.EditServerLauncher.start_timeout. "
                "The log below says how far it came."
            ),
        )
