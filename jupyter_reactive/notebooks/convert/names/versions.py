"""The values of each name in the course of a notebook: a version for each cell that binds it."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import dataclass, field

from .usage import Origin, Usage

BUILTINS = frozenset(dir(builtins)) | {"__file__", "__builtins__", "__doc__", "__name__"}
_IMPORTS = {"import", "import as"}


@dataclass(eq=False)
class Version:
    """What a name means from one cell that binds it to the next.

    Attributes:
        name: in the old notebook.
        cell: the index of the cell that binds it.
        before: what the name meant before that cell; None for nothing.
        origin: where it is imported from, if all that the cell does is to import it.
        read: whether another cell reads it.
        final: its name in the new notebook.
    """

    name: str
    cell: int
    before: Version | None
    origin: Origin | None = None
    read: bool = False
    final: str = ""


@dataclass
class History:
    """The versions of one name.

    Attributes:
        name: as it is in the old notebook.
        versions: in the order of their cells.
        entry: by cell, what the name means when the cell begins; None for nothing.
        made: by cell, the version that it makes.
        late: by cell, what the functions in it read when they are called.
        again: cells that import what is imported already.
        unbound: cells that read it at once while it means nothing at all.
        ahead: by cell, what it reads at once that only a later cell binds.
        reserved: whether no version may have the plain name: somewhere it is to mean nothing.
    """

    name: str
    versions: list[Version] = field(default_factory=list)
    entry: dict[int, Version | None] = field(default_factory=dict)
    made: dict[int, Version] = field(default_factory=dict)
    late: dict[int, Version | None] = field(default_factory=dict)
    again: set[int] = field(default_factory=set)
    unbound: set[int] = field(default_factory=set)
    ahead: dict[int, Version] = field(default_factory=dict)
    reserved: bool = False

    def at_end(self, cell: int) -> Version | None:
        """What the name means when a cell has run."""
        return self.made.get(cell, self.entry.get(cell))


def trace(usages: Sequence[Usage | None]) -> dict[str, History]:
    """Follow each name through the cells, from the first to the last.

    Args:
        usages: by cell; None for a cell without Python.
    """
    names = sorted({name for usage in usages if usage is not None for name in usage.bound})
    histories = {name: History(name) for name in names}
    for history in histories.values():
        _trace(history, usages)
    return histories


def _trace(history: History, usages: Sequence[Usage | None]) -> None:
    name = history.name
    current: Version | None = None
    for index, usage in enumerate(usages):
        history.entry[index] = current
        if usage is None:
            continue
        if name in usage.exposed and current is None:
            history.unbound.add(index)
        if name in usage.bound:
            origin = _origin(name, usage)
            if origin is not None and current is not None and current.origin == origin:
                history.again.add(index)
                continue
            current = Version(name, index, current, origin)
            history.versions.append(current)
            history.made[index] = current
        if name in usage.deleted and name not in usage.must:
            current = None


def _origin(name: str, usage: Usage) -> Origin | None:
    """Where a name is imported from, if nothing else is done to it in the cell."""
    bindings = [one for one in usage.of(name) if one.kind != "load"]
    if all(one.kind in _IMPORTS and one.sure and not one.deferred for one in bindings):
        return usage.imported.get(name)
    return None


def mark_read(history: History, usages: Sequence[Usage | None]) -> None:
    """Find the versions that other cells read; `late` is known by then.

    Args:
        history: of a name.
        usages: by cell; None for a cell without Python.
    """
    name = history.name
    for index, usage in enumerate(usages):
        entry, late = history.entry[index], history.late.get(index)
        if usage is None:
            continue
        if late is not None and late.cell != index:
            late.read = True
        if entry is not None and (name in usage.exposed or index in history.again):
            entry.read = True
    # What a cell binds only perhaps goes on as it was before.
    for version in reversed(history.versions):
        usage = usages[version.cell]
        assert usage is not None
        if version.before is not None and needs_entry(version, usage):
            version.before.read = True


def needs_entry(version: Version, usage: Usage) -> bool:
    """Whether a cell that binds a name also needs what the name meant before."""
    if version.before is None:
        return False
    name = version.name
    return (
        name in usage.exposed
        or (version.read and name not in usage.must)
        or defers_before_binding(name, usage)
    )


def defers_before_binding(name: str, usage: Usage) -> bool:
    """Whether a function that reads a name is there before the name is surely bound.

    Args:
        name: of the module.
        usage: of the cell.
    """
    for occurrence in usage.of(name):
        if occurrence.deferred and occurrence.kind == "load":
            return True
        if occurrence.kind != "load" and occurrence.sure and not occurrence.deferred:
            return False
    return False
