"""Runs what an operator has set for fetching, validating and submitting: a grader's own commands.

We are no grader: what a command does with the notebook, and where it goes, is its business.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import string
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets import Callable as CallableTrait
from traitlets import Dict, Enum, Float, List, TraitError, Unicode, validate
from traitlets.config import LoggingConfigurable

from ..errors import ReactiveError, SwitchedOff
from ..models.lessons import LessonEvent, TaskState
from ..notebooks.convert.targets import OLD_SUFFIX
from ..notebooks.marimo import NOTEBOOK_SUFFIXES
from ..translation import _

if TYPE_CHECKING:
    from .lesson_folder import Work

FETCH, VALIDATE, SUBMIT = ACTIONS = ("fetch", "validate", "submit")
PLACES = ("file", "folder", "folder_name", "parent", "path", "root")


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
        `{folder_name}` for the last part of that, `{parent}` for the folder around it, `{path}`
        for the path that Jupyter shows, `{root}` for the folder that Jupyter shows. A folder that
        is fetched need not be there: then the command runs in `{parent}`. The standard input is
        a JSON object with the same, and `action`. No shell reads it. Exit status 0 is success;
        what it prints, the user sees. Default: {} (no such commands).

        For example `{"submit": ["nbgrader", "submit", "{folder_name}", "--course=physics101",
        "--Exchange.assignment_dir={parent}"]}`.
        """,
    )

    for_jupyter = List(
        Enum((VALIDATE, SUBMIT)),
        config=True,
        help="""
        Actions whose command knows Jupyter's own notebooks alone, as nbgrader does. It gets a
        copy of the folder, of the same name, in which a reactive notebook (`.py`) stands as
        `.ipynb`, with the metadata of the old notebook beside it: `{file}`, `{folder}` and
        `{parent}` are those of the copy, which goes away afterwards. Nothing of the user's own is
        changed. Where a notebook is there in both kinds the chosen one counts, else the one
        that was saved last. Default: [] (the folder as it is).

        For example `["validate", "submit"]`.
        """,
    )

    failures = Dict(
        key_trait=Enum(ACTIONS),
        value_trait=Unicode(),
        config=True,
        help="""
        What commands say that fail with exit status 0: the action to a regular expression.
        Where it is found in what the command prints, the action has failed. Default: {} (the
        exit status alone counts).

        For example `{"validate": "VALIDATION FAILED"}` for nbgrader.
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

    @validate("failures")
    def _validate_failures(self, proposal: dict[str, dict[str, str]]) -> dict[str, str]:
        for words in proposal["value"].values():
            _check_pattern(words)
        return proposal["value"]

    @property
    def actions(self) -> list[str]:
        """What users can do here."""
        return [action for action in ACTIONS if action in self.commands]

    async def run(self, action: str, file: Path, path: str, root: Path) -> LessonEvent:
        """Run a command; one at a time.

        Args:
            action: one of `actions`.
            file: the notebook or folder; a folder that is fetched need not be there.
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
        async with self._running:
            self._tell(LessonEvent(action, path, TaskState.RUNNING))
            event = await self._ended(action, file, {"path": path, "root": str(root)})
        self._tell(event)
        return event

    async def _ended(self, action: str, file: Path, paths: dict[str, str]) -> LessonEvent:
        # Only here: an idle Jupyter holds nothing of what converts.
        from .lesson_folder import for_jupyter, in_place, keeping_mine  # noqa: PLC0415

        work = in_place(file)
        surroundings: AbstractAsyncContextManager[Work] = nullcontext(work)
        if action == FETCH:
            surroundings = keeping_mine(work)
        elif action in self.for_jupyter:
            surroundings = for_jupyter(work)
        try:
            async with surroundings as work:
                event = await self._run(action, work, paths)
        except ReactiveError as e:
            event = _failed(action, paths["path"], e.message, e.remedy)
        return replace(event, lines=(*work.said, *event.lines))

    async def _run(self, action: str, work: Work, paths: dict[str, str]) -> LessonEvent:
        # Only here: an idle Jupyter holds nothing of what runs programs.
        from .failures import reason  # noqa: PLC0415
        from .one_shot import one_shot, run_to_end  # noqa: PLC0415

        path, places = paths["path"], {**work.places, **paths}
        command = [_filled(word, places) for word in self.commands[action]]
        if shutil.which(command[0], path=os.environ.get("PATH")) is None:
            return _failed(
                action,
                path,
                _("The program “{name}” is not installed here.").format(name=command[0]),
                _("Tell the operator of this server: c.LessonHooks.commands names it."),
            )
        words = json.dumps({"action": action, **places})
        spec = one_shot(command, work.cwd, dict(os.environ), words)
        self.log.debug("%s %s: %s", action, path, shlex.join(command))
        try:
            code, lines = await run_to_end(spec, self.log, self.seconds)
        except asyncio.TimeoutError:
            return _failed(
                action,
                path,
                _("“{action}” took longer than {seconds:g} seconds and was ended.").format(
                    action=action, seconds=self.seconds
                ),
                _("Try again; if it stays so, tell the operator of this server."),
            )
        if code:
            message = _("“{action}” has failed ({reason}).").format(
                action=action, reason=reason(code)
            )
        elif (sign := self.failures.get(action)) and re.search(sign, "\n".join(lines)):
            message = _("“{action}” says that it has failed.").format(action=action)
        else:
            return LessonEvent(action, path, TaskState.DONE, exit_code=code, lines=tuple(lines))
        remedy = _("Read what it says, and try again.")
        return replace(_failed(action, path, message, remedy), exit_code=code, lines=tuple(lines))

    def _tell(self, event: LessonEvent) -> None:
        tell: Callable[[LessonEvent], None] | None = self.on_change
        if tell is not None:
            tell(event)


def can_be_new(action: str, path: str) -> bool:
    """Whether what is not there yet may be meant: a folder that is fetched, not a notebook."""
    return action == FETCH and Path(path).suffix not in {OLD_SUFFIX, *NOTEBOOK_SUFFIXES}


def _failed(action: str, path: str, message: str, remedy: str) -> LessonEvent:
    return LessonEvent(action, path, TaskState.FAILED, message=message, remedy=remedy)


def _check_pattern(words: str) -> None:
    try:
        re.compile(words)
    except re.error as e:
        raise TraitError(f"LessonHooks.failures: {words!r} is no regular expression: {e}.") from e


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
