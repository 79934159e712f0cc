"""Notebooks that nobody wrote: whatever their cells do with names, both worlds print the same."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from worlds import Worlds

from .whole import in_both

# Starting a world takes longer than to run them in it.
AT_ONCE = 8


class Writer:
    """Writes cells that run in Jupyter from the first to the last.

    Args:
        draw: hypothesis' own.
        mark: what the names end with, so that several notebooks can run as one.
    """

    def __init__(self, draw: st.DrawFn, mark: str) -> None:
        self._draw = draw
        self._values = [f"{name}{mark}" for name in "abcd"]
        self._functions = [f"{name}{mark}" for name in "fgh"]
        self._bound: set[str] = set()
        # By function, what it needs when it is called.
        self._needs: dict[str, set[str]] = {}

    def cells(self) -> list[str]:
        return [
            "\n".join([*self._statements(), f"print({self._value()})"])
            for _ in range(self._draw(st.integers(3, 7)))
        ]

    def _statements(self) -> list[str]:
        kinds = (
            *(self._assign, self._assign, self._augment, self._branch, self._loop, self._define),
            *(self._lambda, self._global, self._delete, self._show),
        )
        chosen = self._draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4))
        return [write() for write in chosen]

    def _value(self) -> str:
        callable_now = sorted(name for name in self._needs if self._can_call(name, set()))
        choices = [
            *(str(number) for number in range(4)),
            *sorted(self._bound) * 2,
            *(f"{name}()" for name in callable_now),
        ]
        one, other = self._draw(st.tuples(st.sampled_from(choices), st.sampled_from(choices)))
        return f"({one} + {other} * 2) % 97"

    def _can_call(self, name: str, seen: set[str]) -> bool:
        return name not in seen and all(
            need in self._bound or (need in self._needs and self._can_call(need, {*seen, name}))
            for need in self._needs[name]
        )

    def _name(self, *, bound: bool = False) -> str | None:
        names = sorted(self._bound) if bound else self._values
        return self._draw(st.sampled_from(names)) if names else None

    def _assign(self) -> str:
        value, name = self._value(), self._name()
        self._bound.add(name)
        return f"{name} = {value}"

    def _augment(self) -> str:
        name = self._name(bound=True)
        return f"{name} += {self._value()}" if name else "pass"

    def _branch(self) -> str:
        name = self._name(bound=True)
        return f"if {self._value()} % 2: {name} = {self._value()}" if name else "pass"

    def _loop(self) -> str:
        total, name = self._name(bound=True), self._name()
        if not total:
            return "pass"
        self._bound.add(name)
        return f"for {name} in range(3):\n    {total} = ({total} + {name}) % 89"

    def _define(self) -> str:
        function = self._draw(st.sampled_from(self._functions))
        needs = self._draw(st.sets(st.sampled_from(self._values), max_size=2))
        others = {other for other in self._needs if other != function and self._draw(st.booleans())}
        self._needs[function] = needs | others
        parts = [*sorted(needs), *(f"{other}()" for other in sorted(others)), "1"]
        return f"def {function}(): return ({' + '.join(parts)}) % 83"

    def _lambda(self) -> str:
        function, name = self._draw(st.sampled_from(self._functions)), self._name()
        self._needs[function] = {name}
        return f"{function} = lambda: {name} * 3 % 79"

    def _global(self) -> str:
        function, name = self._draw(st.sampled_from(self._functions)), self._name(bound=True)
        if not name:
            return "pass"
        self._needs[function] = {name}
        return f"def {function}():\n    global {name}\n    {name} += 1\n    return {name}"

    def _delete(self) -> str:
        name = self._name(bound=True)
        if not name:
            return "pass"
        self._bound.discard(name)
        return f"del {name}"

    def _show(self) -> str:
        return f"print({self._value()})"


@st.composite
def notebooks(draw: st.DrawFn) -> list[str]:
    return [cell for number in range(AT_ONCE) for cell in Writer(draw, str(number)).cells()]


@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cells=notebooks())
def test_both_worlds_print_the_same(worlds: Worlds, cells: list[str]):
    both = in_both(worlds, cells)
    assert not any(seen.error for seen in both.old), cells
    assert both.differs == [], both.conversion.text
    assert both.script.status == 0, both.script.err
