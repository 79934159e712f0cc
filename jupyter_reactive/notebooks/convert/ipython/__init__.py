"""From IPython's cells to Python: magics, shell, help, display, text, tags."""

from .translate import translate

__all__ = ["translate"]
