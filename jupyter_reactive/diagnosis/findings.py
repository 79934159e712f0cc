"""What one check found, and how findings are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from ..errors import ReactiveError


class Level(str, Enum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        check: which check, a word for programs.
        level: how bad it is.
        message: what was found, in a sentence.
        remedy: what to do about it; empty when all is well.
    """

    check: str
    level: Level
    message: str
    remedy: str = ""

    @classmethod
    def of_error(cls, check: str, error: ReactiveError) -> Finding:
        """A problem in the words of the error that it will cause, or has caused."""
        return cls(check, Level.PROBLEM, error.message, error.remedy)

    def to_json(self) -> dict[str, Any]:
        """The finding as it goes over the wire."""
        return {**asdict(self), "level": self.level.value}


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level among them."""
    levels = {finding.level for finding in findings}
    return next((level for level in (Level.PROBLEM, Level.WARNING) if level in levels), Level.OK)


def to_json(findings: list[Finding]) -> dict[str, Any]:
    """Findings and their worst level as they go over the wire."""
    return {
        "level": worst(findings).value,
        "findings": [finding.to_json() for finding in findings],
    }
