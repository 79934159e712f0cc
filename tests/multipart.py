"""A form with a file, as a browser sends it."""

from __future__ import annotations

from collections.abc import Iterable

BOUNDARY = "one-part-ends"
FORM_HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(fields: Iterable[tuple[str, str]], content: bytes | None = b"x") -> bytes:
    """The fields, then the file; without one when its content is None."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + value.encode("utf-8", "surrogatepass")
        for name, value in fields
    ]
    if content is not None:
        parts.append(
            b'Content-Disposition: form-data; name="file"; filename="x"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n" + content
        )
    delimiter = f"--{BOUNDARY}".encode()
    return b"".join(b"%s\r\n%s\r\n" % (delimiter, part) for part in parts) + delimiter + b"--\r\n"
