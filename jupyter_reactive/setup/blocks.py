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
    r"^# >>> jupyter-reactive setup (?P<digest>[0-9a-f]*) >>>\n(?P<body>.*?)"
    r"^# <<< jupyter-reactive setup <<<\n",
    re.MULTILINE | re.DOTALL,
)


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
        InvalidRequest: it is somebody else's, or somebody has changed our lines.
    """
    first, _newline, rest = file.text.partition("\n")
    head, body = (f"{first}\n", rest) if file.is_program else ("", file.text)
    block = f"{_BEGIN.format(digest=_digest(body))}\n{body}{_END}\n"
    if old is None:
        return head + block
    found = _BLOCK.search(old)
    if found is not None:
        if _digest(found["body"]) != found["digest"]:
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
    gap = "" if not old or old.endswith("\n") else "\n"
    return f"{old}{gap}{block}"


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:12]
