"""A secret between Jupyter and marimo that a test knows, and so can look for."""

from __future__ import annotations

SECRET = "known-to-this-test-aGVsbG8gd29ybGQ"
# The user's own configuration sets it.
CONFIG = f"""
import dataclasses
from jupyter_reactive.servers.launcher import EditServerLauncher
from jupyter_reactive.servers.masking import Secret

class KnownSecret(EditServerLauncher):
    def spec(self, folder):
        return dataclasses.replace(super().spec(folder), secret=Secret({SECRET!r}))

c.ServerManager.launcher_class = KnownSecret
"""
