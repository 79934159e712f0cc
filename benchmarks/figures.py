"""The figures of a run: medians, their spread, and how they stand to the goals."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """What one measurement of one contender has found, or why it has not."""

    scenario: str
    contender: str
    number: int
    figures: dict[str, float] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class Goal:
    """What is wanted: at most, or at least, so much of another contender's figure.

    Attributes:
        of: that contender; empty when the limit is the figure itself.
    """

    limit: float
    of: str = ""
    at_least: bool = False

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        return f"{sign} {self.limit:g} of {self.of}" if self.of else f"{sign} {self.limit:g}"

    def is_reached(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True)
class Measured:
    """A row of the table."""

    scenario: str
    figure: str
    title: str
    unit: str
    goal: Goal | None = None


TABLE = (
    Measured(
        "lab", "seconds", "cold, double click in an idle JupyterLab", "s", Goal(0.5, "official")
    ),
    Measured("lab", "idle", "memory before that double click", "MB"),
    Measured("link", "seconds", "cold, by a link", "s", Goal(0.7, "official")),
    Measured(
        "link-20", "seconds", "cold, by a link, 20 Mbit/s and 40 ms", "s", Goal(0.6, "direct")
    ),
    Measured(
        "link-4", "seconds", "cold, by a link, 4 Mbit/s and 100 ms", "s", Goal(0.35, "direct")
    ),
    Measured("warm", "seconds", "warm, by a link", "s", Goal(0.8, "direct")),
    Measured("link-20", "down", "bytes of a cold open", "MB", Goal(3.0)),
    Measured("link-20", "asked", "requests of a cold open", ""),
    Measured("slider", "milliseconds", "slider to dependent output", "ms", Goal(1.05, "direct")),
    Measured(
        "rates", "small", "2 kB requests, one at a time", "/s", Goal(0.6, "direct", at_least=True)
    ),
    Measured(
        "rates", "small6", "2 kB requests, six at a time", "/s", Goal(0.6, "direct", at_least=True)
    ),
    Measured(
        "rates", "asset", "1 MB assets, six at a time", "/s", Goal(1.0, "direct", at_least=True)
    ),
    Measured("rates", "large", "1 MB files, six at a time", "/s"),
    *(
        Measured(
            "memory", f"megabytes{n}", f"memory, {n} notebooks open", "MB", Goal(1.0, "official")
        )
        for n in (0, 1, 5)
    ),
    *(
        Measured("memory", f"busy{n}", f"processor a minute, idle, {n} notebooks open", "s")
        for n in (0, 1, 5)
    ),
)


@dataclass(frozen=True)
class Spread:
    """A median and its quartiles."""

    median: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        numbers = (self.median, self.low, self.high)
        places = 0 if self.median >= 100 else 1 if self.median >= 10 else 2
        median, low, high = (f"{number:.{places}f}" for number in numbers)
        return median if low == high else f"{median} ({low} to {high})"


class Figures:
    """All samples of a run."""

    def __init__(self, contenders: list[str], samples: list[Sample]) -> None:
        self.contenders = contenders
        self.samples = samples
        self._values: dict[tuple[str, str, str], list[float]] = defaultdict(list)
        for sample in samples:
            for figure, value in sample.figures.items():
                self._values[sample.scenario, figure, sample.contender].append(value)

    def spread(self, measured: Measured, contender: str) -> Spread | None:
        """A contender's figure."""
        values = self._values.get((measured.scenario, measured.figure, contender))
        if not values:
            return None
        if len(values) == 1:
            return Spread(values[0], values[0], values[0], 1)
        low, _median, high = statistics.quantiles(values, n=4, method="inclusive")
        return Spread(statistics.median(values), low, high, len(values))

    def ratio(self, measured: Measured, contender: str) -> float | None:
        """What the goal is about: a contender's median by that of the goal's contender."""
        own = self.spread(measured, contender)
        if own is None or measured.goal is None:
            return None
        if not measured.goal.of:
            return own.median
        other = self.spread(measured, measured.goal.of)
        return own.median / other.median if other and other.median else None

    def rows(self) -> list[Measured]:
        """The rows of the table for which there is anything."""
        scenarios = {sample.scenario for sample in self.samples}
        return [measured for measured in TABLE if measured.scenario in scenarios]

    def table(self, contenders: list[str] | None = None) -> str:
        """Markdown: medians with quartiles; of ours, also how they stand to the goal.

        Args:
            contenders: the columns (default: all). What none of them has has no row.
        """
        names = self.contenders if contenders is None else contenders
        head = ["", *names, "goal"]
        lines = [head, ["---"] * len(head)]
        for measured in self.rows():
            if not any(self.spread(measured, name) for name in names):
                continue
            cells = [self._cell(measured, name) for name in names]
            title = f"{measured.title} ({measured.unit})" if measured.unit else measured.title
            lines.append([title, *cells, str(measured.goal or "")])
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)

    def errors(self) -> list[str]:
        """What has failed, a sentence each."""
        return [
            f"{sample.scenario}, {sample.contender}, round {sample.number}: {sample.error}"
            for sample in self.samples
            if sample.error
        ]

    def _cell(self, measured: Measured, contender: str) -> str:
        failed = sum(
            bool(sample.error)
            for sample in self.samples
            if (sample.scenario, sample.contender) == (measured.scenario, contender)
        )
        note = f", {failed} failed" if failed else ""
        spread = self.spread(measured, contender)
        if spread is None:
            return f"-{note}"
        is_ours = contender.startswith("ours")
        ratio = self.ratio(measured, contender) if is_ours else None
        if ratio is None or measured.goal is None:
            return f"{spread}{note}"
        verdict = "reached" if measured.goal.is_reached(ratio) else "not reached"
        shown = f"{ratio:.2f}, " if measured.goal.of else ""
        return f"{spread}; {shown}{verdict}{note}"
