"""Converts one notebook, for `convert.py`: its path, the new file, the report's."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jupyter_reactive.notebooks.convert.pipeline import convert
from jupyter_reactive.notebooks.convert.report import to_json

if __name__ == "__main__":
    source, new, told = map(Path, sys.argv[1:])
    conversion = convert(source.read_bytes(), source.stem, source.parent)
    told.write_text(json.dumps(to_json(conversion.report)), "utf-8")
    new.write_text(conversion.text, "utf-8")
