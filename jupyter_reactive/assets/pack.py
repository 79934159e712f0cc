"""Many files in one, so that a slow line is asked once.

A line of JSON, a list of name and size in bytes of each file, then the files one after the other.
`pages/static/worker.js` takes it apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """The pack of some files.

    Args:
        files: names and contents, in the order in which they shall come.
    """
    contents = dict(files)
    index = json.dumps([(name, len(data)) for name, data in contents.items()])
    return b"".join([index.encode(), b"\n", *contents.values()])
