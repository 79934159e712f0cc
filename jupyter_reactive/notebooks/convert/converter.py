"""Converts in a child process with limits, again and again; the child ends with its owner."""

from __future__ import annotations

import base64
import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

from ... import errors
from ...translation import _

SECONDS = 60.0


@dataclass(frozen=True)
class Converted:
    """A converted notebook, as a child tells of it.

    Attributes:
        text: of the new file.
        name: the new file's, without its suffix.
        report: what was done, in the form of `report.to_json`.
    """

    text: str
    name: str
    report: dict[str, Any]


class Converter:
    """One child that converts one notebook at a time; close it afterwards.

    Args:
        seconds: how long a notebook may take.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[str] | None = None
        self._is_cancelled = False

    def convert(self, content: bytes, name: str, folder: Path | None = None) -> Converted:
        """Convert a notebook.

        Args:
            content: of the `.ipynb` file.
            name: of that file, without its suffix.
            folder: where it stands; None for nowhere.

        Raises:
            BrokenNotebook: it is no JSON.
            NotANotebook: it is JSON, but no notebook.
            ForeignKernel: its cells are in another language than Python.
            ConversionFailed: it takes too long or too much memory, or a fault of ours.
        """
        return self._converted(_request(content, name, folder))

    def convert_back(
        self, content: bytes, name: str, old: bytes | None = None, folder: Path | None = None
    ) -> Converted:
        """Convert a reactive notebook into one for Jupyter.

        Args:
            content: of the `.py` file.
            name: of that file, without its suffix.
            old: the `.ipynb` file that it was converted from; None if it is not known.
            folder: where it stands; None for nowhere.

        Raises:
            BrokenNotebook: it is no Python, or the old one is no JSON.
            NotANotebook: it is Python, but no marimo notebook.
            ForeignKernel: the old notebook is in another language than Python.
            ConversionFailed: it takes too long or too much memory, or a fault of ours.
        """
        kept = base64.b64encode(old).decode() if old is not None else None
        return self._converted({**_request(content, name, folder), "back": kept})

    def _converted(self, request: dict[str, Any]) -> Converted:
        answer = self._ask(json.dumps(request))
        if "refused" in answer:
            kind, message, remedy = answer["refused"]
            raise getattr(errors, kind)(message, remedy)
        if "failed" in answer:
            raise errors.ConversionFailed(
                _("The conversion failed: {error}.").format(error=answer["failed"]),
                _("Please report it, with the notebook if you may share it."),
            )
        return Converted(answer["text"], answer["name"], answer["report"])

    def cancel(self) -> None:
        """Let whatever is being converted in another thread fail, now and from now on."""
        self._is_cancelled = True
        if (child := self._child) is not None:
            child.kill()

    def close(self) -> None:
        """End the child."""
        if self._child is None:
            return
        child, self._child = self._child, None
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()

    def _ask(self, request: str) -> dict[str, Any]:
        child = self._child = self._child or _started()
        if self._is_cancelled:
            child.kill()
        assert child.stdin is not None
        assert child.stdout is not None
        clock = Timer(self._seconds, child.kill)
        clock.start()
        try:
            child.stdin.write(request + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            late = not clock.is_alive()
            clock.cancel()
            clock.join()
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        self.close()
        if late:
            raise errors.ConversionFailed(
                _("The conversion took longer than {seconds:g} seconds.").format(
                    seconds=self._seconds
                ),
                _("Split the notebook, or allow more time."),
            )
        raise errors.ConversionFailed(
            _("The process that converts ended before it was done."),
            _("The notebook may need more memory than there is: split it, or clear its outputs."),
        )


def _request(content: bytes, name: str, folder: Path | None) -> dict[str, Any]:
    return {
        "content": base64.b64encode(content).decode(),
        "name": name,
        "folder": str(folder.absolute()) if folder is not None else None,
    }


# With `-m` a file of the current folder could take the place of any module.
_PROGRAM = f"""\
import sys
sys.path[:] = [place for place in sys.path if place]
from {__package__}.child import main
main()
"""


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
