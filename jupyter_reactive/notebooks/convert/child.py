"""The program of a child that converts: it reads a request a line, and writes an answer a line.

Analysis of somebody's file may take long or much memory; here it can be ended without a loss.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import sys
import tokenize
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from ...errors import BrokenNotebook, ReactiveError
from ...translation import _
from .back import back
from .pipeline import convert
from .report import to_json

# Far more than the largest notebooks took (bytes of address space).
MEMORY = 4 << 30


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Convert what a request names.

    Args:
        request: `content` in base64, `name`, and `folder` or None; with `back`, which is the old
            notebook in base64 or None, the content is a reactive notebook.
    """
    folder = Path(request["folder"]) if request["folder"] is not None else None
    content = base64.b64decode(request["content"])
    try:
        if "back" in request:
            old = request["back"]
            way = back(_text(content), base64.b64decode(old) if old is not None else None, folder)
            return {"text": way.text, "name": request["name"], "report": to_json(way.report)}
        conversion = convert(content, request["name"], folder)
    except ReactiveError as e:
        return {"refused": [type(e).__name__, e.message, e.remedy]}
    except Exception as e:  # noqa: BLE001  # told to whoever asked, and the next request goes on
        return {"failed": f"{type(e).__name__}: {e}"}
    return {
        "text": conversion.text,
        "name": conversion.name,
        "report": to_json(conversion.report),
    }


def _text(content: bytes) -> str:
    """The text of a Python file, in the encoding that it says."""
    try:
        encoding, _lines = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding)
    except (SyntaxError, UnicodeDecodeError) as e:
        raise BrokenNotebook(
            _("The file cannot be read as Python: {error}.").format(error=e),
            _("Save it as UTF-8 in a text editor."),
        ) from e


def main() -> None:
    """Answer until the input ends."""
    _limit()
    requests: SimpleQueue[str] = SimpleQueue()
    Thread(target=_take, args=(requests,), daemon=True).start()
    answers, sys.stdout = sys.stdout, sys.stderr
    while True:
        answers.write(json.dumps(answer(json.loads(requests.get()))) + "\n")
        answers.flush()


def _take(requests: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        requests.put(line)
    # Whoever asked is gone, and nobody waits for what is being converted.
    os._exit(0)


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415  # not there on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
