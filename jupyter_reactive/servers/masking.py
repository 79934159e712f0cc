"""Takes secrets out of what a child prints, before anybody keeps or shows it.

Known secrets go wherever they stand; unknown ones by the shape of what is around them. Rather too
much is taken than too little. No pattern starts with a repetition: lines may be long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..notebooks.marimo import mask_log

MASK = "***"
# A shorter value is likelier a word that stands in a log for another reason.
SHORTEST = 8

_NAMES = r"token|secret|passw(?:or)?d|api[-_]?key|private[-_]?key|xsrf|signature|credential"
_SECRET_VARIABLE = re.compile(_NAMES, re.IGNORECASE)

_SHAPES = (
    # Authorization: Bearer …, wherever it is quoted.
    (re.compile(r"\b(bearer|basic|token)\s+[\w.~+/=-]{16,}", re.IGNORECASE), rf"\1 {MASK}"),
    # {"token": "…"}, (b'authorization', b'…')
    (
        re.compile(
            rf"((?:{_NAMES}|authorization|cookie)[\"']\s*[:=,]\s*b?)([\"'])(?:\\.|(?!\2).)*",
            re.IGNORECASE,
        ),
        rf"\1\2{MASK}",
    ),
    # Of a header, the rest of the line.
    (
        re.compile(
            rf"(authorization|cookie|-(?:{_NAMES}){{1,2}})(\s*:\s*)[^\"'\r\n]+", re.IGNORECASE
        ),
        rf"\1\2{MASK}",
    ),
    # ?token=…&, TOKEN=…, data-token="…", --token-password=…
    (
        re.compile(
            rf"((?:{_NAMES})(?:[-_][a-z]{{1,20}}){{0,2}}\s?=\s?)([\"']?)[^\s&#\"'<>,;)]+",
            re.IGNORECASE,
        ),
        rf"\1\2{MASK}",
    ),
    # https://user:password@host
    (re.compile(r"://(?:[^\s/@:]*:[^\s@]{1,200}|[^\s/@]{1,200})@"), f"://{MASK}@"),
)


class Secret(str):
    """A string that shows itself only to who prints it on purpose.

    What prints the variables of a failed function, or a whole dictionary of headers, shows a mask.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(MASK)


class Mask:
    """The mask for the output of one child.

    Args:
        secret: the child's own.
        environment: its variables, some of which are secrets of Jupyter, the Hub or the user.
    """

    def __init__(self, secret: str, environment: Mapping[str, str]) -> None:
        known = {
            value
            for name, value in environment.items()
            if _SECRET_VARIABLE.search(name) and len(value) >= SHORTEST
        }
        # The longest first: one may be a part of another.
        self._known = sorted({secret, *known}, key=len, reverse=True)

    def line(self, text: str, *, cut: bool = False) -> str:
        """A line without secrets.

        Args:
            text: the line.
            cut: whether it is the beginning of a longer one: the cut may have gone through a
                secret, which nobody knows by its beginning, so the end is left out.
        """
        masked = mask_log(text)
        for secret in self._known:
            masked = masked.replace(secret, MASK)
        for shape, masking in _SHAPES:
            masked = shape.sub(masking, masked)
        return masked[: -len(self._known[0])] if cut else masked
