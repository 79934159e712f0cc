"""``jupyter reactive``: its subcommands."""

from __future__ import annotations

import sys
from collections.abc import Generator

from jupyter_core.application import JupyterApp
from traitlets import import_item

from .. import __version__

# Each is loaded when it is asked for: all of them take half a second of a processor.
COMMANDS = {
    "changes": "released.ChangesApp",
    "convert": "convert.ConvertApp",
    "doctor": "doctor.DoctorApp",
    "export": "export.ExportApp",
    "hook": "hook.HookApp",
    "link": "link.LinkApp",
    "readme": "readme.ReadmeApp",
    "reset": "released.ResetApp",
    "setup": "setup.SetupApp",
    "start": "start.StartApp",
    "status": "status.StatusApp",
    "warm": "warm.WarmApp",
}


def application(name: str) -> type[JupyterApp]:
    """The application of a subcommand.

    Args:
        name: of the subcommand.

    Raises:
        KeyError: there is none of that name.
    """
    app: type[JupyterApp] = import_item(_place(name))
    return app


def _place(name: str) -> str:
    return f"{__package__}.{COMMANDS[name]}"


class ReactiveCommand(JupyterApp):
    """``jupyter reactive``."""

    name = "jupyter-reactive"
    version = __version__
    description = "Reactive notebooks (marimo) in Jupyter."
    subcommands = {name: (_place(name), "") for name in COMMANDS}

    def emit_subcommands_help(self) -> Generator[str, None, None]:
        """Tell what each subcommand is for, by the first line of its description."""
        for name in COMMANDS:
            app = application(name)
            self.subcommands[name] = (app, app.description.partition("\n")[0])
        yield from super().emit_subcommands_help()

    def start(self) -> None:
        """Run the subcommand, or show what there is."""
        super().start()
        self.print_help()
        sys.exit(1)


main = ReactiveCommand.launch_instance
