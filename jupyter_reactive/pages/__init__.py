"""The pages that people see before marimo's own: links, waiting, errors."""

from pathlib import Path

TEMPLATES = str(Path(__file__).parent / "templates")
STATIC = str(Path(__file__).parent / "static")
