"""`pip install` and its like: what they install becomes a requirement of the notebook."""

from __future__ import annotations

import re
import shlex

from ....translation import _
from .work import Rewrite, Work, commented

_PIP = re.compile(
    r"(?:sudo\s+)?(?:(?:uv\s+)?pip[\d.]*|(?:python[\d.]*|\{sys\.executable\}|\"\{sys\.executable\}\")"
    r"\s+-m\s+(?:uv\s+)?pip)\s+(?P<verb>install|uninstall)\b(?P<rest>.*)",
    re.DOTALL,
)
_UV = re.compile(r"uv\s+(?P<verb>add)\b(?P<rest>.*)", re.DOTALL)
_CONDA = re.compile(r"(?:conda|mamba|micromamba)\s+(?P<verb>install)\b(?P<rest>.*)", re.DOTALL)
_FORMS = (_PIP, _UV, _CONDA)
_WITH_VALUE = """
    -r --requirement -c --constraint --channel -i --index-url --extra-index-url -f --find-links
    -t --target -e --editable -n --name --prefix -p --trusted-host --progress-bar --root
    --platform --python-version
"""
# PEP 508: a name, extras, versions, a marker.
_REQUIREMENT = re.compile(
    r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?:\[[\w, .-]+\])?\s*"
    r"(?:(?:[<>=!~]=?=?)\s*[\w.*+!-]+,?\s*)*(?:;.*)?"
)
_REPOSITORY = re.compile(r"git\+\S*?/(?P<name>[\w.-]+?)(?:\.git)?(?:@[^#]*)?(?:#.*)?")


def installation(command: str, work: Work, sign: str) -> Rewrite | None:
    """Turn a command that installs packages into requirements; None for any other.

    Args:
        command: as a shell would get it.
        work: takes the requirements and the notes.
        sign: what stood before the command, % or !.
    """
    match = next((m for form in _FORMS if (m := form.fullmatch(command.strip()))), None)
    if match is None:
        return None
    verb, rest = match["verb"], match["rest"]
    requirements, odd = _requirements(rest) if verb != "uninstall" else ([], [])
    work.notebook.require(*requirements)
    if requirements:
        work.changed(
            "packages",
            _("The notebook names {packages} as what it needs; the command is a comment.").format(
                packages=", ".join(requirements)
            ),
        )
    else:
        work.changed(
            "packages", _("The command is a comment: nothing is installed while cells run.")
        )
    if odd:
        work.needs_you(
            "packages-by-hand",
            _("Not understood in the command: {words}.").format(words=" ".join(odd)),
            _("Name the packages in the script block at the head of the notebook."),
        )
    return Rewrite(commented(sign + command.strip()))


def _requirements(rest: str) -> tuple[list[str], list[str]]:
    """The packages that a command names, and the words that name none."""
    try:
        words = shlex.split(re.split(r"\s*(?:&&|\|\||[|>;](?!=)|\d>)", rest)[0], comments=True)
    except ValueError:
        return [], [rest.strip()]
    found, odd = [], []
    expected = ""
    for word in words:
        if expected:
            if expected in {"-r", "--requirement", "-e", "--editable"}:
                odd += [expected, word]
            expected = ""
        elif word.startswith("-"):
            expected = word if word in _WITH_VALUE.split() else ""
        elif _REQUIREMENT.fullmatch(word):
            found.append(re.sub(r"(?<![=<>!~])=(?!=)", "==", word))
        elif repository := _REPOSITORY.fullmatch(word):
            found.append(f"{repository['name']} @ {word}")
        else:
            odd.append(word)
    return found, odd
