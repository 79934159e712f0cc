"""Decides what each version of a name is called, and which cells cannot be told apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ....translation import _
from .late import Calls
from .order import misplaced
from .usage import Usage
from .versions import (
    BUILTINS,
    History,
    Version,
    defers_before_binding,
    mark_read,
    needs_entry,
    trace,
)

_WORD = re.compile(r"[^\W\d]\w*")


def is_private(name: str) -> bool:
    """Whether a name stays in its cell (marimo: one underscore, or two and nothing else)."""
    return name == "__" or (name.startswith("_") and not name.startswith("__"))


@dataclass(frozen=True)
class Merge:
    """Cells that have to be one.

    Attributes:
        first: index of the first.
        last: index of the last.
        reason: a sentence.
        reader: a cell whose functions read a name that changes between their calls, and that
            name, where it is always bound: an argument may do instead. None for none.
    """

    first: int
    last: int
    reason: str
    reader: tuple[int, str] | None = None


@dataclass
class Plan:
    """The final name of each version.

    Attributes:
        histories: by name.
        merge: cells that have to be one before there can be a plan; None for none.
    """

    histories: dict[str, History] = field(default_factory=dict)
    merge: Merge | None = None


def plan(
    usages: Sequence[Usage | None],
    sources: Sequence[str],
    *,
    frozen: frozenset[str] | None = frozenset(),
    undefined: Mapping[int, frozenset[str]] | None = None,
) -> Plan:
    """Decide on names.

    Args:
        usages: by cell; None for a cell without Python.
        sources: by cell, to find names that nobody uses.
        frozen: names that may not change, because the program looks them up by their text; None
            for all names.
        undefined: by cell, names that the cell fails for, on purpose: they are to stay undefined.
    """
    histories = trace(usages)
    calls = Calls(usages, histories)
    found = Plan(histories)
    late = []
    for history in histories.values():
        history.reserved = history.name in BUILTINS and any(
            one.kind == "delete" for usage in usages if usage for one in usage.of(history.name)
        )
        for index in history.unbound:
            _look_ahead(history, index, (undefined or {}).get(index, frozenset()))
        late.append(_resolve_late(history, usages, calls))
    merges = [merge for merge in late if merge is not None]
    found.merge = next((merge for merge in merges if merge.reader is None), None)
    for history in histories.values():
        mark_read(history, usages)
        for index, version in history.ahead.items():
            if version.cell != index:
                version.read = True
    taken = {word for source in sources for word in _WORD.findall(source)} | BUILTINS
    for history in histories.values():
        if found.merge is None:
            found.merge = _merge_unclear(history, usages) or _choose_names(
                history, usages, taken, frozen
            )
    if found.merge is None:
        found.merge = _merge_misplaced(histories, usages)
    # Last: cells that are merged for another reason need no argument.
    found.merge = found.merge or next(iter(merges), None)
    return found


def _look_ahead(history: History, cell: int, undefined: frozenset[str]) -> None:
    """Decide what a cell reads that no cell before it has bound."""
    if history.name in BUILTINS or history.name in undefined:
        history.reserved = True
        return
    later = [version for version in history.versions if version.cell > cell]
    if later:
        history.ahead[cell] = later[0]


def _resolve_late(history: History, usages: Sequence[Usage | None], calls: Calls) -> Merge | None:
    """Decide what functions mean by a name, by when they may be called."""
    name = history.name
    if not history.versions:
        return None
    if (
        any(usage is not None and name in usage.bound_later for usage in usages)
        and len(history.versions) > 1
    ):
        return Merge(
            history.versions[0].cell,
            history.versions[-1].cell,
            _("functions bind “{name}” with “global”, and so do other cells.").format(name=name),
        )
    merge = None
    for index, usage in enumerate(usages):
        if usage is None or name not in usage.later:
            continue
        own = history.made.get(index)
        seen: set[Version | None] = {own} if own is not None else set()
        for statement in {one.statement for one in usage.of(name) if one.deferred}:
            for cell, statements in calls.users(index, statement).cells.items():
                if own is None or cell != index:
                    seen |= _seen(history, cell, statements, usages)
        merge = merge or _decide_late(history, index, seen, usages)
    return merge


def _decide_late(
    history: History, cell: int, seen: set[Version | None], usages: Sequence[Usage | None]
) -> Merge | None:
    versions = [version for version in history.versions if version in seen]
    if not versions:
        entry = history.entry[cell]
        if entry is None and (None in seen or history.name in BUILTINS):
            history.reserved = history.reserved or history.name in BUILTINS
            later = [] if history.name in BUILTINS else history.versions
        else:
            later = [entry] if entry is not None else history.versions
        history.late[cell] = later[0] if later else None
        return None
    history.late[cell] = versions[0]
    if len(versions) == 1:
        return None
    bound = None not in seen and all(_is_definite(version, usages) for version in versions)
    return Merge(
        versions[0].cell,
        versions[-1].cell,
        _("a function reads “{name}”, which changes between its calls.").format(name=history.name),
        (cell, history.name) if bound else None,
    )


def _seen(
    history: History, cell: int, statements: set[int], usages: Sequence[Usage | None]
) -> set[Version | None]:
    """What a name may mean while these statements of a cell run."""
    entry, made, usage = history.entry.get(cell), history.made.get(cell), usages[cell]
    if made is None or usage is None:
        return {entry}
    binding = [one for one in usage.of(history.name) if one.kind != "load" and not one.deferred]
    if not binding:
        return {entry, made}
    if min(statements) > max(one.statement for one in binding):
        return {made}
    if max(statements) < min(one.statement for one in binding):
        return {entry}
    return {entry, made}


def _merge_unclear(history: History, usages: Sequence[Usage | None]) -> Merge | None:
    """Cells of which one takes over from the other what may not be there."""
    for version in history.versions:
        usage = usages[version.cell]
        assert usage is not None
        before = version.before
        if before is None or not needs_entry(version, usage):
            continue
        if not _is_definite(before, usages):
            return Merge(
                before.cell,
                version.cell,
                _("“{name}” is bound in each of them only under conditions.").format(
                    name=history.name
                ),
            )
    return None


def _is_definite(version: Version, usages: Sequence[Usage | None]) -> bool:
    usage = usages[version.cell]
    assert usage is not None
    if version.name in usage.must:
        return True
    return version.before is not None and _is_definite(version.before, usages)


def _choose_names(
    history: History,
    usages: Sequence[Usage | None],
    taken: set[str],
    frozen: frozenset[str] | None,
) -> Merge | None:
    name, versions = history.name, history.versions
    if is_private(name):
        public = name.lstrip("_") or "value"
        for version in versions:
            usage = usages[version.cell]
            assert usage is not None
            # marimo (0.25) forgets a private name that stands below the function that reads it.
            seen = version.read or defers_before_binding(name, usage)
            version.final = _fresh(public, taken, plain=True) if seen else name
        return None
    held = frozen is None or name in frozen
    pinned = [version for version in versions if held or _is_pinned(version, history, usages)]
    if len(pinned) > 1:
        return Merge(
            pinned[0].cell,
            pinned[-1].cell,
            _("“{name}” is looked up by its text, and so can have no other name.").format(
                name=name
            ),
        )
    reads = [version for version in versions if version.read]
    keeper = None if history.reserved and not pinned else next(iter([*pinned, *reads]), None)
    if len(versions) == 1 and not history.reserved:
        keeper = versions[0]
    for version in versions:
        if version is keeper:
            version.final = name
        elif version.read or not _may_be_private(version, usages):
            version.final = _fresh(name, taken)
        else:
            version.final = f"_{name}"
    return None


def _is_pinned(version: Version, history: History, usages: Sequence[Usage | None]) -> bool:
    """Whether a version stands somewhere where no other name can be written."""
    for index, usage in enumerate(usages):
        if usage is None or not any(one.place is None for one in usage.of(history.name)):
            continue
        if index in history.again and all(
            one.place is not None or one.kind == "import" for one in usage.of(history.name)
        ):
            # That import goes away.
            continue
        if version in {history.made.get(index, history.entry[index]), history.ahead.get(index)}:
            return True
    return False


def _may_be_private(version: Version, usages: Sequence[Usage | None]) -> bool:
    """Whether a version may have a name that marimo forgets when the cell has run.

    Not what carries its name with it, no module (marimo's check asks for public names there), and
    nothing that a function may ask for later.
    """
    usage = usages[version.cell]
    assert usage is not None
    found = usage.of(version.name)
    return f"_{version.name}" not in usage.words and not any(
        one.kind in {"define", "import", "import as"} or one.deferred for one in found
    )


def _fresh(name: str, taken: set[str], *, plain: bool = False) -> str:
    """A name that nobody uses."""
    number = 0 if plain else 1
    while (fresh := f"{name}_{number}" if number else name) in taken:
        number += 1
    taken.add(fresh)
    return fresh


def _merge_misplaced(
    histories: Mapping[str, History], usages: Sequence[Usage | None]
) -> Merge | None:
    """Cells that marimo would not run in an order that means the same."""
    edges: set[tuple[int, int]] = set()
    wanted: set[tuple[int, int]] = set()
    for history in histories.values():
        for version in history.versions:
            usage = usages[version.cell]
            assert usage is not None
            if version.before is not None and needs_entry(version, usage):
                edges.add((version.before.cell, version.cell))
        for index, usage in enumerate(usages):
            if usage is None:
                continue
            entry, late = history.entry[index], history.late.get(index)
            reads = history.name in usage.exposed or index in history.again
            if entry is not None and reads:
                edges.add((entry.cell, index))
            if late is not None:
                edges.add((late.cell, index))
            if index in history.ahead:
                edges.add((history.ahead[index].cell, index))
                wanted.add((history.ahead[index].cell, index))
    edges = {(one, other) for one, other in edges if one != other}
    quiet = {index for index, usage in enumerate(usages) if usage is None or usage.quiet}
    span = misplaced(len(usages), edges, quiet, wanted)
    if span is None:
        return None
    return Merge(*span, _("each needs what the other defines, or they cannot change places."))
