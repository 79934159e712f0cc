"""Knows in which folder of a repository repo2docker looks for what an image needs.

It reads one folder alone: with `binder/`, what lies beside the notebooks counts no more.
https://repo2docker.readthedocs.io/en/latest/configuration/
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ..errors import InvalidRequest
from ..translation import _
from .blocks import SetupFile

FOLDERS = ("binder", ".binder")
# With one of these it reads no requirements.txt.
_INSTEAD = ("Dockerfile", "default.nix", "environment.yml", "Pipfile", "Pipfile.lock")
_OTHERS = (
    *("requirements.txt", "runtime.txt", "apt.txt", "postBuild", "start", "setup.py"),
    *("pyproject.toml", "install.R", "DESCRIPTION", "Project.toml", "REQUIRE"),
)


def placed(files: Iterable[SetupFile], repository: Path) -> list[SetupFile]:
    """The files of `binder/`, where repo2docker looks for them in this repository.

    Raises:
        InvalidRequest: it would not read them there.
    """
    found = [name for name in FOLDERS if (repository / name).is_dir()]
    if len(found) > 1:
        raise InvalidRequest(
            _("Binder builds nothing where both “binder” and “.binder” are."),
            _("Put into one of them what the other holds, and remove that one."),
        )
    folder = found[0] if found else _new_folder(repository)
    for name in _INSTEAD:
        if (repository / folder / name).is_file():
            raise InvalidRequest(
                _("Binder builds from {path} here, and reads no requirements.txt.").format(
                    path=PurePosixPath(folder, name)
                ),
                _("Add to it what pip is to install: jupyter-reactive and jupyterlab>=4.6"),
            )
    return [
        replace(file, path=str(PurePosixPath(folder, PurePosixPath(file.path).name)))
        for file in files
    ]


def _new_folder(repository: Path) -> str:
    """`binder`, or the repository's own folder where it holds what an image needs."""
    is_used = any((repository / name).is_file() for name in (*_INSTEAD, *_OTHERS))
    return "" if is_used else FOLDERS[0]
