"""``jupyter reactive hook``: runs what the operator has set for a lesson, from a terminal."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from jupyter_core.application import JupyterApp
from traitlets import Bool, default

from .. import __version__
from ..errors import InvalidRequest, NotebookMissing, ReactiveError
from ..models.lessons import TaskState
from ..servers.hooks import ACTIONS, LessonHooks, can_be_new
from ..translation import _
from .refusing import refuse

DONE, FAILED = 0, 1


class HookApp(JupyterApp):
    """``jupyter reactive hook``: fetch, validate or submit, by the operator's command."""

    name = "jupyter-reactive-hook"
    version = __version__
    description = f"""Run what the operator has set for a lesson: {", ".join(ACTIONS)}.

    The commands stand in jupyter_server_config.py, c.LessonHooks.commands. They get a notebook or
    a folder; a folder that is fetched need not be there. Exit status: 0 the command has
    succeeded, 1 it has failed, 2 there is none.
    """
    examples = """
    jupyter reactive hook fetch week1
    jupyter reactive hook validate lesson.py
    jupyter reactive hook submit lesson.py --json
    """
    classes = [LessonHooks]
    flags = {"json": ({"HookApp": {"as_json": True}}, "Print how it ended for programs.")}

    as_json = Bool(config=True, help="Whether to print JSON. Default: False.")

    @default("config_file_name")
    def _default_config_file_name(self) -> str:
        # The commands stand in the server's own file.
        return "jupyter_server_config"

    def start(self) -> None:
        """Run the command, and exit with the status."""
        super().start()
        try:
            sys.exit(self._run())
        except ReactiveError as e:
            refuse(e)

    def _run(self) -> int:
        if len(self.extra_args) != 2:
            raise InvalidRequest(
                _("Name one of {actions}, and a notebook or a folder.").format(
                    actions=", ".join(ACTIONS)
                )
            )
        action, name = self.extra_args
        file = Path(name).absolute()
        is_new = can_be_new(action, name) and file.parent.is_dir()
        if not file.exists() and not is_new:
            raise NotebookMissing(
                _("There is no file “{name}”.").format(name=name), _("Check the spelling.")
            )
        event = asyncio.run(LessonHooks(parent=self).run(action, file, name, Path.cwd()))
        if self.as_json:
            print(json.dumps(event.to_json(), indent=2))
        else:
            print("\n".join(event.lines))
        if event.state is TaskState.DONE:
            return DONE
        if not self.as_json:
            print(f"{event.message} {event.remedy}", file=sys.stderr)
        return FAILED
