"""The plain facts that the layers share: no behaviour but their JSON, no imports of ours.

A module for each of what they are about: a Jupyter whose users open nothing loads few of them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any


@dataclass(frozen=True)
class Model:
    """Base of all facts that go over the wire."""

    def to_json(self) -> dict[str, Any]:
        """The fact as the REST API and the schemas of the events have it."""
        return asdict(self, dict_factory=_of_json)


def _of_json(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """The fields of a model, of kinds that JSON and its schemas know."""
    return {name: _plain(value) for name, value in fields}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value
