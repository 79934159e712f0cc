"""What may keep the reactive notebooks from working here: the same checks for command and page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .engine import engine, engine_python
from .findings import Finding, Level, to_json, worst
from .machine import disk, folder, memory, python, temporary_files, variables

__all__ = ["Finding", "Level", "examine", "to_json", "worst"]


def examine(
    command: Sequence[str], folders: Mapping[str, Path], environment: Mapping[str, str]
) -> list[Finding]:
    """Every check of this machine. May take seconds: another marimo is asked for its version.

    Args:
        command: the marimo to run, as `EditServerLauncher.command` has it.
        folders: what is written to, with the words for it.
        environment: the variables that marimo gets.
    """
    findings = [engine(command, environment), python(), engine_python(command)]
    findings += variables(environment)
    for name, path in folders.items():
        findings += [folder(name, path), disk(name, path)]
    findings += [temporary_files(), memory()]
    return [finding for finding in findings if finding is not None]
