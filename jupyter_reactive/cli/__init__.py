"""The command line: ``jupyter reactive …``."""

from .app import main

__all__ = ["main"]
