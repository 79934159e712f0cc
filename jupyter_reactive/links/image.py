"""Looks whether the image that Binder builds of a repository would have this package."""

from __future__ import annotations

from pathlib import Path

from ..setup.repo2docker import FOLDERS
from . import git

# Where repo2docker looks for what an image needs:
# https://repo2docker.readthedocs.io/en/latest/configuration/
FILES = (
    *("environment.yml", "requirements.txt", "pyproject.toml", "setup.py", "setup.cfg"),
    *("Pipfile", "postBuild", "Dockerfile"),
)


def names_us(root: Path, commit: str = "") -> bool:
    """Whether what repo2docker builds an image from names this package.

    Args:
        root: of a checkout.
        commit: which is asked; empty for the files that are checked out.
    """
    words = ("grep", "--quiet", "-i", "-E", "-e", "jupyter[-_]reactive", *filter(None, [commit]))
    return git.ask(root, *words, "--", *(_image_folder(root, commit) or FILES)).ok


def _image_folder(root: Path, commit: str) -> list[str]:
    """The folder that repo2docker reads in place of the repository's own, if there is one."""
    if commit:
        folders = git.ask(root, "ls-tree", "-d", "--name-only", commit, "--", *FOLDERS).text
        return folders.splitlines()
    return [name for name in FOLDERS if (root / name).is_dir()]
