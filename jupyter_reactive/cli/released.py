"""``jupyter reactive changes`` and ``reset``: a notebook and what was released of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jupyter_server.serverapp import list_running_servers
from traitlets import Bool

from .. import __version__
from ..errors import InvalidRequest, NotebookMissing, ReactiveError
from ..releases.changes import Change, Kind
from ..releases.comparison import Comparison, compare
from ..releases.reset import reset
from ..translation import _
from .asking import ask
from .refusing import RefusingApp, refuse

SAME, CHANGED = 0, 1


class _NotebookApp(RefusingApp):
    """A command about one notebook of this machine."""

    version = __version__

    def start(self) -> None:
        """Do it, and exit with the status."""
        super().start()
        try:
            status = self.run(self._notebook())
        except ReactiveError as e:
            refuse(e)
        sys.exit(status)

    def run(self, notebook: Path) -> int:
        """Do it; returns the exit status."""
        raise NotImplementedError

    def _notebook(self) -> Path:
        if len(self.extra_args) != 1:
            raise InvalidRequest(_("Name one notebook."))
        notebook = Path(self.extra_args[0]).absolute()
        if not notebook.is_file():
            raise NotebookMissing(
                _("There is no file “{name}”.").format(name=self.extra_args[0]),
                _("Check the spelling."),
            )
        return notebook


class ChangesApp(_NotebookApp):
    """``jupyter reactive changes``: what differs from the released version, cell by cell."""

    name = "jupyter-reactive-changes"
    description = """Show what has changed in a notebook since it was released, cell by cell.

    The released version is the file in the branch that the git checkout follows, as it was fetched
    last: nobody is asked, and nothing is run. Exit status: 0 no difference, 1 some, 2 there is no
    released version.
    """
    examples = """
    jupyter reactive changes lesson.py
    jupyter reactive changes lesson.ipynb --json
    """
    flags = {"json": ({"ChangesApp": {"as_json": True}}, "Print the changes for programs.")}

    as_json = Bool(config=True, help="Whether to print JSON. Default: False.")

    def run(self, notebook: Path) -> int:
        """Print the changes."""
        found = compare(notebook)
        if self.as_json:
            print(json.dumps(found.to_json(), indent=2))
        else:
            print("\n".join(_report(notebook.name, found)))
        return SAME if found.is_same else CHANGED


class ResetApp(_NotebookApp):
    """``jupyter reactive reset``: the released version in place, what was there beside it."""

    name = "jupyter-reactive-reset"
    description = """Put the released version of a notebook in its place; keep yours beside it.

    The released version is the file in the branch that the git checkout follows, as it was fetched
    last. Yours gets a free name, lesson_mine.py for example, and nothing is overwritten. Exit
    status: 0 done, 2 refused, and then nothing is changed.
    """
    examples = "jupyter reactive reset lesson.py"

    def run(self, notebook: Path) -> int:
        """Reset the notebook, unless a Jupyter server has it open."""
        if _is_open(notebook):
            raise InvalidRequest(
                _("“{name}” is open in Jupyter, which would write over it.").format(
                    name=notebook.name
                ),
                _("Shut it down in the Running panel, or reset it there by a right click."),
            )
        try:
            kept = reset(notebook)
        except OSError as e:
            raise InvalidRequest(
                _("{path} cannot be read: {error}.").format(path=notebook, error=e)
            ) from e
        if kept is None:
            print(_("“{name}” is as it was released.").format(name=notebook.name))
        else:
            print(
                _("“{name}” is as it was released. Yours is “{kept}”.").format(
                    name=notebook.name, kept=kept.name
                )
            )
        return SAME


def _is_open(notebook: Path) -> bool:
    """Whether a Jupyter server that runs here says that it has a session of the notebook."""
    for server in list_running_servers():
        root = Path(server["root_dir"]).resolve()
        if not notebook.resolve().is_relative_to(root):
            continue
        try:
            sessions: list[dict[str, Any]] = ask(
                server["url"], server["token"], "reactive/api/sessions"
            )
        except OSError:
            # It has no reactive notebooks, or does not let us look.
            continue
        path = notebook.resolve().relative_to(root).as_posix()
        if any(session["path"] == path for session in sessions):
            return True
    return False


def _report(name: str, found: Comparison) -> list[str]:
    release = found.release
    head = _("{name}, beside {ref} of {date} ({commit}):").format(
        name=name, ref=release.ref, date=release.date[:10], commit=release.commit[:10]
    )
    if found.is_same:
        return [head, _("No difference.")]
    if not found.changes:
        return [head, _("The code of the cells is the same; only outputs or settings differ.")]
    lines = [head]
    for change in found.changes:
        lines += ["", _title(change), *(f"  {line}" for line in change.lines)]
    return lines


def _title(change: Change) -> str:
    name = f" ({change.name})" if change.name else ""
    return {
        Kind.ADDED: _("Cell {cell}{name} is new:"),
        Kind.REMOVED: _("Cell {released}{name} of the release is gone:"),
        Kind.CHANGED: _("Cell {cell}{name} is changed:"),
        Kind.MOVED: _("Cell {cell}{name} was cell {released} in the release."),
    }[change.kind].format(cell=change.cell, released=change.released_cell, name=name)
