"""The child that converts ends with whoever asked it."""

from __future__ import annotations

import base64
import json
import subprocess
import sys

from jupyter_reactive.notebooks.convert.converter import _PROGRAM


def test_child_does_not_finish_what_nobody_waits_for():
    cells = [{"cell_type": "code", "source": f"x{n} = {n}"} for n in range(5000)]
    request = {
        "content": base64.b64encode(json.dumps({"cells": cells}).encode()).decode(),
        "name": "large",
        "folder": None,
    }
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        input=json.dumps(request) + "\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert (ended.returncode, ended.stdout) == (0, "")
