"""Figures: what Jupyter shows at a cell's end shows in marimo, as often, and no more."""

from __future__ import annotations

import pytest
from both import in_both
from worlds import Seen, Worlds, differences

HEAD = """\
import numpy as np
import matplotlib.pyplot as plt

def draw_two():
    plt.plot([1, 2])
    plt.figure()
    plt.plot([3])

def draw_and_show():
    plt.plot([1])
    plt.show()

def draw_and_answer():
    plt.plot([1])
    return 'answer'

def through_another():
    return draw_and_answer()
"""
CASES = {
    "lines": "plt.plot([1, 2])",
    "semicolon": "plt.plot([1, 2]);",
    "semicolon-and-comment": "plt.plot([1, 2]);  # a line",
    "show": "plt.plot([1, 2])\nplt.show()",
    "shown-in-a-loop": "for i_shown in range(2):\n    plt.plot([i_shown])\n    plt.show()",
    "title": "plt.plot([1])\nplt.title('a title')",
    "grid": "plt.plot([1])\nplt.grid(True)",
    "limits": "plt.plot([1])\nplt.xlim(0, 1)",
    "axis": "plt.plot([1])\nplt.axis([0, 1, 0, 1])",
    "histogram": "plt.hist([1, 2, 2])",
    "pie": "plt.pie([1, 2])",
    "bars": "plt.bar([1, 2], [3, 4])",
    "ticks": "plt.plot([1])\nplt.xticks([0, 1])",
    "box-plot": "plt.boxplot([[1, 2, 3]])",
    "error-bars": "plt.errorbar([1, 2], [1, 2], yerr=1)",
    "colour-bar": "plt.imshow([[1, 2]])\nplt.colorbar()",
    "loop": "for i_loop in range(3):\n    plt.plot([i_loop])",
    "several-in-a-loop": "for i_several in range(2):\n    plt.figure()\n    plt.plot([i_several])",
    "two-figures": "plt.figure()\nplt.plot([1])\nplt.figure()\nplt.plot([2])",
    "axes": "_, ax_one = plt.subplots()\nax_one.plot([1])",
    "set-title": "_, ax_titled = plt.subplots()\nax_titled.plot([1])\nax_titled.set_title('x')",
    "set": "_, ax_set = plt.subplots()\nax_set.plot([1])\nax_set.set(title='x', xlabel='y')",
    "many-axes": "_, ax_many = plt.subplots(2, 2)\nax_many[0, 0].plot([1])",
    "assigned": "lines_assigned = plt.plot([1])",
    "text-behind": "plt.plot([1])\n'text'",
    "printed": "plt.plot([1])\nprint('text')",
    "function-of-two": "draw_two()",
    "function-that-shows": "draw_and_show()",
    "function-with-an-answer": "draw_and_answer()",
    "function-through-another": "through_another()",
    "function-in-a-list": "[draw_and_answer() for _ in range(1)]",
    "closed": "plt.plot([1])\nplt.close()",
    "figure-again": ("fig_again, ax_again = plt.subplots()\nax_again.plot([1]);", "fig_again"),
    "conditional": "if True:\n    plt.plot([1])",
    "with": "with plt.rc_context({'lines.linewidth': 3}):\n    plt.plot([1])",
    "saved": "plt.plot([1])\nplt.savefig('saved.png')",
    "displayed-too": "display('text')\nplt.plot([1])",
    "figure-displayed": "from IPython.display import display\nfig_shown = plt.figure()\n"
    "plt.plot([1])\nplt.close()\ndisplay(fig_shown)",
    "timed": "%time plt.plot([1])",
    "captured": "%%capture\nplt.plot([1])",
    "no-figure": "np.arange(3)",
    "settings-only": "plt.rcParams['figure.figsize'] = 4, 3\nplt.style.use('default')",
    "merged": (
        "merged_x = [1]\nplt.plot(merged_x)",
        "merged_x = merged_x + [2]\nplt.plot(merged_x)",
        "merged_x = merged_x + [2]\nlen(merged_x)",
    ),
}


@pytest.fixture(scope="module")
def shown(worlds: Worlds) -> dict[str, tuple[Seen, Seen]]:
    return in_both(worlds, CASES, HEAD)


@pytest.mark.parametrize("name", CASES)
def test_shows_the_same(shown: dict[str, tuple[Seen, Seen]], name: str):
    assert differences(*shown[name]) == []
