"""Files for the places that `jupyter reactive setup` knows, written without the command."""

from __future__ import annotations

from pathlib import Path

from traitlets.config import Config

from jupyter_reactive.setup.places import PLACES, Options, files_for
from jupyter_reactive.setup.writing import apply, changes

DEFAULTS = Options()


def set_up(place: str, folder: Path, options: Options = DEFAULTS) -> list[str]:
    """Write a place's files; gives the names of those that were different."""
    planned = changes(files_for(PLACES[place], options), folder)
    apply(planned)
    return [change.path.name for change in planned if change.is_needed]


def written(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


def spawner_args(config: Config) -> list[str]:
    """What the spawner gets in the end, of a list or of what is to be added to one."""
    args = config.Spawner.args
    return args if isinstance(args, list) else args.get_value([])
