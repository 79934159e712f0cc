"""The order in which marimo runs cells, against the order in which they stand."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from heapq import heapify, heappop, heappush

Edge = tuple[int, int]


def running_order(count: int, edges: AbstractSet[Edge]) -> list[int]:
    """The order in which marimo runs cells; those of a cycle and behind it are not in it.

    Whatever has all that it needs runs, the first in the file first.

    Args:
        count: how many cells there are.
        edges: pairs of a cell and one that needs it.
    """
    children: dict[int, list[int]] = {}
    missing = dict.fromkeys(range(count), 0)
    for parent, child in edges:
        children.setdefault(parent, []).append(child)
        missing[child] += 1
    ready = [cell for cell, parents in missing.items() if not parents]
    heapify(ready)
    order = []
    while ready:
        cell = heappop(ready)
        order.append(cell)
        for child in children.get(cell, ()):
            missing[child] -= 1
            if not missing[child]:
                heappush(ready, child)
    return order


def misplaced(
    count: int, edges: AbstractSet[Edge], quiet: AbstractSet[int], wanted: AbstractSet[Edge]
) -> tuple[int, int] | None:
    """The first and last of cells that run in another order than they stand in, if it matters.

    Args:
        count: how many cells there are.
        edges: pairs of a cell and one that needs it.
        quiet: cells that may run at any time.
        wanted: those of the edges for which cells are to change their places.
    """
    order = running_order(count, edges)
    if len(order) < count:
        return _cycle(set(range(count)) - set(order), edges)
    places = {cell: place for place, cell in enumerate(order)}
    for parent, child in sorted(edges):
        if parent < child or (parent, child) in wanted or parent in quiet:
            continue
        between = [
            cell
            for cell in range(child, parent + 1)
            if cell not in quiet and places[cell] > places[parent]
        ]
        if between:
            return child, parent
    return None


def _cycle(cells: AbstractSet[int], edges: AbstractSet[Edge]) -> tuple[int, int]:
    """The span of the shortest way back through one of the edges that point backwards."""
    spans = []
    for parent, child in edges:
        if parent > child and {parent, child} <= cells and _reaches(child, parent, edges):
            spans.append((parent - child, child, parent))
    _length, first, last = min(spans)
    return first, last


def _reaches(start: int, goal: int, edges: AbstractSet[Edge]) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        cell = waiting.pop()
        if cell == goal:
            return True
        for parent, child in edges:
            if parent == cell and child not in seen:
                seen.add(child)
                waiting.append(child)
    return False


def reading_order(
    definitions: Mapping[int, str], needs: Mapping[int, AbstractSet[str]]
) -> list[int]:
    """An order in which each definition stands behind those that it needs, if that is possible.

    marimo's check asks for it of cells that are nothing but a function or a class.

    Args:
        definitions: by cell, the one name that it defines and nothing else; other cells are not
            in it.
        needs: by cell, the names that it reads; the keys are all cells.
    """
    order = sorted(needs)
    owners = {name: cell for cell, name in definitions.items()}
    for cell in sorted(definitions, reverse=True):
        behind = [owners[name] for name in needs[cell] if name in owners]
        last = max((order.index(owner) for owner in behind), default=-1)
        place = order.index(cell)
        if last > place and not any(definitions[cell] in needs[owner] for owner in behind):
            order.insert(last, order.pop(place))
    return order
