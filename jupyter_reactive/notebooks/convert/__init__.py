"""Notebooks of Jupyter into marimo's, with a report of what became of each cell."""

from __future__ import annotations

from .model import Conversion
from .pipeline import convert

__all__ = ["Conversion", "convert"]
