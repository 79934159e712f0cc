"""Reads a form that brings one file, piece by piece: its small fields first, then what follows.

Knows the form (RFC 7578) and nothing of who sends it. It takes less than a parser would: what two
readers could understand differently is refused.
"""

from __future__ import annotations

import re

from .errors import InvalidRequest
from .translation import _

# What the small fields and their headers may take together.
MAX_HEAD_BYTES = 64 * 1024
_CONTENT_TYPE = re.compile(
    r"multipart/form-data; ?boundary=(\"?)([0-9A-Za-z'()+_,./:=?-]{1,70})\1", re.IGNORECASE
)
_FIELD = re.compile(rb'form-data; ?name="([A-Za-z_]+)"', re.IGNORECASE)
_FILE = re.compile(
    rb'form-data; ?name="([A-Za-z_]+)"; ?filename="[^"\\\r\n]*"(?:; ?filename\*=[^;"\\\r\n]*)?',
    re.IGNORECASE,
)
_PART_HEADERS = frozenset({b"content-disposition", b"content-type"})
_END = b"--"
_BREAK = b"\r\n"


class Form:
    """One form on its way.

    Invariant: nothing of it goes on before `fields` is complete, and no field comes after the file.

    Args:
        content_type: the header of the request.
        file_field: the name of the field that holds the file.

    Raises:
        InvalidRequest: it is no such form.
    """

    def __init__(self, content_type: str, file_field: str) -> None:
        match = _CONTENT_TYPE.fullmatch(content_type)
        if match is None:
            raise _no_form()
        self._file_field = file_field.encode()
        self._delimiter = b"\r\n--" + match[2].encode()
        # The first delimiter has no line before it.
        self._head = bytearray(_BREAK)
        self._read = 0
        self._tail = b""
        self._rest_has_begun = False
        self._ended = False
        self.fields: dict[str, str] = {}
        self.is_known = False

    def feed(self, piece: bytes) -> bytes:
        """Take the next piece; returns what may go on, nothing as long as fields are missing.

        Raises:
            InvalidRequest: it has another form, or a field comes after the file.
        """
        if self.is_known:
            self._watch(piece)
            return piece
        self._head += piece
        while self._take_part():
            if self._rest_has_begun:
                break
        else:
            if len(self._head) > MAX_HEAD_BYTES:
                raise _no_form()
            return b""
        self.is_known = True
        head = bytes(self._head[len(_BREAK) :])
        self._head.clear()
        return head

    def close(self) -> None:
        """Hear that nothing more comes.

        Raises:
            InvalidRequest: something is missing.
        """
        if not (self._ended and self._tail.startswith(_END)):
            raise _no_form()

    def _take_part(self) -> bool:
        """Read one field, or the beginning of the file; False when more is needed for it."""
        head, start = self._head, self._read
        begin = start + len(self._delimiter)
        if len(head) < begin + len(_END):
            return False
        if head.startswith(self._delimiter + _END, start):
            self._begin_rest(bytes(head[start:]))
            return True
        if not head.startswith(self._delimiter + _BREAK, start):
            raise _no_form()
        end = head.find(_BREAK * 2, begin)
        if end < 0:
            return False
        disposition = _disposition(bytes(head[begin + len(_BREAK) : end]))
        if (match := _FILE.fullmatch(disposition)) and match[1] == self._file_field:
            self._begin_rest(bytes(head[end + len(_BREAK) :]))
            return True
        return self._take_field(disposition, end + len(_BREAK * 2))

    def _take_field(self, disposition: bytes, begin: int) -> bool:
        match = _FIELD.fullmatch(disposition)
        if match is None or (name := match[1].decode()) in self.fields:
            raise _no_form()
        end = self._head.find(self._delimiter, begin)
        if end < 0:
            return False
        try:
            self.fields[name] = self._head[begin:end].decode("utf-8")
        except UnicodeDecodeError as e:
            raise _no_form() from e
        self._read = end
        return True

    def _begin_rest(self, rest: bytes) -> None:
        self._rest_has_begun = True
        self._watch(rest)

    def _watch(self, piece: bytes) -> None:
        """See that nothing but the end follows the file."""
        # A line feed alone before it could be enough for another reader.
        mark = self._delimiter[1:]
        seen = self._tail + piece
        if not self._ended:
            found = seen.find(mark)
            if found < 0:
                self._tail = seen[-(len(mark) - 1) :]
                return
            seen = seen[found + len(mark) :]
            self._ended = True
        expected = _END + _BREAK
        if not expected.startswith(seen):
            raise _no_form()
        self._tail = seen


def _disposition(lines: bytes) -> bytes:
    """What the header of a part says of it; a part may name its type besides, and nothing else."""
    headers: dict[bytes, bytes] = {}
    for line in lines.split(_BREAK):
        name, _colon, value = line.partition(b":")
        if name.lower() in headers or name.lower() not in _PART_HEADERS:
            raise _no_form()
        headers[name.lower()] = value.strip(b" ")
    return headers.get(b"content-disposition", b"")


def _no_form() -> InvalidRequest:
    return InvalidRequest(
        _("The upload is no form of the kind that is read here."),
        _("Send multipart/form-data: each small field once, and then the file."),
    )
