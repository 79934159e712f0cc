"""What a cell shows, in the same words for both worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """An object that a cell displays.

    Attributes:
        text: as IPython prints it.
        rich: its HTML, Markdown or LaTeX where it has one and the world tells it object by object.
        is_widget: whether Jupyter shows it as something to work with.
    """

    text: str
    rich: str = ""
    is_widget: bool = False


@dataclass(frozen=True)
class Seen:
    """What one cell shows to who looks at it.

    Attributes:
        out: what it prints.
        err: what it prints as errors, without the traceback of `error`.
        shown: what it displays, in order; figures that are shown as pictures are left out.
        page: marimo's output area, as HTML or JSON.
        figures: how many pictures and plots it shows.
        either: how many objects more come as a formula and as a picture: the page chooses.
        error: the name of the exception that ended it; empty for none.
        ran: False where marimo did not run it: two cells define a name, or what it needs failed.
    """

    out: str = ""
    err: str = ""
    shown: tuple[Shown, ...] = ()
    page: str = ""
    figures: int = 0
    error: str = ""
    ran: bool = True
    either: int = 0


def together(cells: Sequence[Seen]) -> Seen:
    """What cells show that became one."""
    return Seen(
        "".join(cell.out for cell in cells),
        "".join(cell.err for cell in cells),
        tuple(shown for cell in cells for shown in cell.shown),
        "\n".join(cell.page for cell in cells),
        sum(cell.figures for cell in cells),
        next((cell.error for cell in cells if cell.error), ""),
        all(cell.ran for cell in cells),
        sum(cell.either for cell in cells),
    )
