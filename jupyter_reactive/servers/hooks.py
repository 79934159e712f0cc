"""Runs what an operator has set for fetching, validating and submitting: a grader's own commands.

We are no grader: what a command does with the notebook, and where it goes, is its business.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import shutil
import string
from collections.abc import Callable
from pathlib import Path

from traitlets import Callable as CallableTrait
from traitlets import Dict, Float, List, TraitError, Unicode, validate
from traitlets.config import LoggingConfigurable

from ..errors import ReactiveError, SwitchedOff
from ..models.lessons import LessonEvent, TaskState
from ..translation import _

ACTIONS = ("fetch", "validate", "submit")
PLACES = ("file", "folder", "path", "root")


class LessonHooks(LoggingConfigurable):
    """The operator's commands for lessons.

    Owned by the extension app.
    """

    commands = Dict(
        key_trait=Unicode(),
        value_trait=List(Unicode()),
        config=True,
        help="""
        What runs when a user fetches, validates or submits a lesson: `fetch`, `validate` and
        `submit` to program and arguments. In these `{file}` stands for the notebook (or the
        folder that was chosen), `{folder}` for the folder that it is in, where the command runs,
        `{path}` for the path that Jupyter shows, `{root}` for the folder that Jupyter shows.
        The standard input is a JSON object with the same, and `action`. No shell reads it.
        Exit status 0 is success; what it prints, the user sees. Default: {} (no such commands).

        For example `{"validate": ["nbgrader", "validate", "{file}"]}`.
        """,
    )

    seconds = Float(
        60,
        min=0,
        config=True,
        help="""
        How many seconds such a command may take; then it is ended with everything that it has
        started. Default: 60. 0: no limit.
        """,
    )

    on_change = CallableTrait(
        default_value=None,
        allow_none=True,
        help="Called with a `LessonEvent` when a command begins and when it has ended.",
    )

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._running = asyncio.Lock()

    @validate("commands")
    def _validate_commands(self, proposal: dict[str, dict[str, list[str]]]) -> dict[str, list[str]]:
        for action, command in proposal["value"].items():
            if action not in ACTIONS:
                raise TraitError(
                    f"LessonHooks.commands: {action!r} is none of {', '.join(ACTIONS)}."
                )
            if not command:
                raise TraitError(f"LessonHooks.commands: {action!r} names no program.")
            for word in command:
                _filled(word, dict.fromkeys(PLACES, ""))
        return proposal["value"]

    @property
    def actions(self) -> list[str]:
        """What users can do here."""
        return [action for action in ACTIONS if action in self.commands]

    async def run(self, action: str, file: Path, path: str, root: Path) -> LessonEvent:
        """Run a command; one at a time.

        Args:
            action: one of `actions`.
            file: the notebook or folder.
            path: its contents path.
            root: what that begins at.

        Returns:
            How it ended, also where it failed.

        Raises:
            SwitchedOff: the operator has set none.
        """
        if action not in self.commands:
            raise SwitchedOff(
                _("Nothing is set for “{action}” on this server.").format(action=action),
                _("Ask its operator for c.LessonHooks.commands if you need it."),
            )
        folder = file if file.is_dir() else file.parent
        places = {"file": str(file), "folder": str(folder), "path": path, "root": str(root)}
        async with self._running:
            self._tell(LessonEvent(action, path, TaskState.RUNNING))
            event = await self._ended(action, folder, places)
        self._tell(event)
        return event

    async def _ended(self, action: str, folder: Path, places: dict[str, str]) -> LessonEvent:
        # Only here: an idle Jupyter holds nothing of what runs programs.
        from .failures import reason  # noqa: PLC0415
        from .one_shot import one_shot, run_to_end  # noqa: PLC0415

        command = [_filled(word, places) for word in self.commands[action]]
        words = json.dumps({"action": action, **places})

        def failed(message: str, remedy: str, code: int | None = None, *lines: str) -> LessonEvent:
            return LessonEvent(
                action, places["path"], TaskState.FAILED, None, code, lines, message, remedy
            )

        if shutil.which(command[0], path=os.environ.get("PATH")) is None:
            return failed(
                _("The program “{name}” is not installed here.").format(name=command[0]),
                _("Tell the operator of this server: c.LessonHooks.commands names it."),
            )
        spec = one_shot(command, folder, dict(os.environ), words)
        self.log.debug("%s %s: %s", action, places["path"], shlex.join(command))
        try:
            code, lines = await run_to_end(spec, self.log, self.seconds)
        except asyncio.TimeoutError:
            return failed(
                _("“{action}” took longer than {seconds:g} seconds and was ended.").format(
                    action=action, seconds=self.seconds
                ),
                _("Try again; if it stays so, tell the operator of this server."),
            )
        except ReactiveError as e:
            return failed(e.message, e.remedy)
        if code:
            return failed(
                _("“{action}” has failed ({reason}).").format(action=action, reason=reason(code)),
                _("Read what it says, and try again."),
                code,
                *lines,
            )
        return LessonEvent(
            action, places["path"], TaskState.DONE, exit_code=code, lines=tuple(lines)
        )

    def _tell(self, event: LessonEvent) -> None:
        tell: Callable[[LessonEvent], None] | None = self.on_change
        if tell is not None:
            tell(event)


def _filled(word: str, places: dict[str, str]) -> str:
    """A word of a command with what stands for something in it; each field is a whole name.

    Raises:
        TraitError: it holds a field that means nothing, or a brace alone.
    """
    try:
        fields = [name for _text, name, _spec, _conversion in string.Formatter().parse(word)]
    except ValueError as e:
        raise TraitError(f"LessonHooks.commands: {word!r}: {e}; write {{{{ for a brace.") from e
    for name in fields:
        if name is not None and name not in places:
            raise TraitError(
                f"LessonHooks.commands: {{{name}}} means nothing; there are {', '.join(PLACES)}."
            )
    return word.format_map(places)
