"""Knows what of a file is ours: the lines between two marks, as we wrote them.

What stands around them is somebody else's and stays, and what somebody has changed between them
is not written over. Pure functions over texts.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from ..errors import InvalidRequest
from ..translation import _

_BEGIN = "# >>> jupyter-reactive setup {digest} >>>"
_END = "# <<< jupyter-reactive setup <<<"
_BLOCK = re.compile(
    r"^# >>> jupyter-reactive setup (?P<digest>[0-9a-f]*) >>>\r?\n(?P<body>.*?)"
    r"^# <<< jupyter-reactive setup <<<(?:\r?\n|\Z)",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(r"^# (?:>>>|<<<) jupyter-reactive setup\b", re.MULTILINE)
_SHELL = re.compile(r"#!.*\b(?:ba|da|z)?sh\b")


@dataclass(frozen=True)
class SetupFile:
    """One file that a place needs.

    Attributes:
        path: where it goes, below the folder that is set up.
        text: what it holds; `#` begins a comment in it.
        is_shared: whether others write into it too, so that ours is added to theirs.
    """

    path: str
    text: str
    is_shared: bool = False

    @property
    def is_program(self) -> bool:
        """Whether it is run by its name."""
        return self.text.startswith("#!")


def merged(file: SetupFile, old: str | None) -> str:
    """What the file holds afterwards.

    Args:
        file: what is ours.
        old: what it holds now; None where it is not there.

    Raises:
        InvalidRequest: it is somebody else's, or somebody has changed our lines, or it is a program
            in which our lines would mean something else.
    """
    first, _newline, rest = file.text.partition("\n")
    head, body = (f"{first}\n", rest) if file.is_program else ("", file.text)
    block = f"{_BEGIN.format(digest=_digest(body))}\n{body}{_END}\n"
    if old is None:
        return head + block
    ends = "\r\n" if "\r\n" in old else "\n"
    block = block.replace("\n", ends)
    found = _BLOCK.search(old)
    if len(_MARK.findall(old)) != (2 if found else 0):
        raise InvalidRequest(
            _("The marks of jupyter-reactive in {path} are no pair.").format(path=file.path),
            _("Remove the lines “# … jupyter-reactive setup …”, and run the command again."),
        )
    if found is not None:
        if _digest(found["body"].replace("\r\n", "\n")) != found["digest"]:
            raise InvalidRequest(
                _("{path} was changed between the marks of jupyter-reactive.").format(
                    path=file.path
                ),
                _(
                    "Move your lines above or below the marks, or the file away, and run the "
                    "command again."
                ),
            )
        return old[: found.start()] + block + old[found.end() :]
    if not file.is_shared:
        raise InvalidRequest(
            _("{path} is there already, and not from jupyter-reactive.").format(path=file.path),
            _("Move it away, or choose another folder with --to."),
        )
    if file.is_program and not _SHELL.match(old):
        raise InvalidRequest(
            _("{path} is no shell script, so that a line for a shell cannot be added.").format(
                path=file.path
            ),
            _("Let it run this too: jupyter reactive warm"),
        )
    gap = "" if not old or old.endswith("\n") else ends
    return f"{old}{gap}{block}"


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:12]
