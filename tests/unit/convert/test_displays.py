"""What cells show by calls and by their last value, in both worlds."""

from __future__ import annotations

import pytest
from both import in_both
from worlds import Seen, Worlds, differences

from . import whole

HEAD = """\
from IPython.display import HTML, Markdown, Latex

def show_both(value):
    display(value)
    display(HTML(f'<b>{value}</b>'))

def nothing():
    pass

from base64 import b64decode
dot_image = b64decode(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
)
"""
CASES = {
    "value": "[1, 2]",
    "text": "'it is'",
    "none": "nothing()",
    "semicolon": "3;",
    "display": "display(1)",
    "display-several": "display(1, 'two', [3])",
    "display-html": "display(HTML('<i>x</i>'))",
    "display-and-value": "display('shown')\n'value'",
    "display-and-none": "display('shown')\nnothing()",
    "display-in-a-loop": "for i_display in range(3):\n    display(i_display)",
    "display-in-a-loop-and-value": "for i_value in range(2):\n    display(i_value)\n'value'",
    "display-in-a-function": "show_both(1)",
    "display-in-a-function-and-value": "show_both(2)\n'value'",
    "display-in-a-function-and-call": "show_both(3)\nstr(3)",
    "print-and-display": "print('printed')\ndisplay('displayed')\nprint('again')",
    "imported-display": "from IPython.display import display as show\nshow(1)\n2",
    "module-display": "import IPython\nIPython.display.display('by module')\n'value'",
    "markdown": "Markdown('*a*')",
    "image": "from IPython.display import Image\nImage(dot_image)",
    "image-displayed": "import IPython.display as shows\n"
    "display(shows.Image(data=dot_image, width=9))",
    "latex": "display(Latex('$x$'))",
    "clear": "print('before')\nfrom IPython.display import clear_output\n"
    "clear_output()\nprint('after')",
    "clear-displayed": "display('before')\nclear_output(wait=True)\ndisplay('after')",
    "clear-in-a-loop": "for i_clear in range(3):\n    clear_output(wait=True)\n    print(i_clear)",
    "last": ("6 * 7", "_ + 1"),
    "last-but-one": ("'one'", "'two'", "__ + _"),
    "last-over-others": ("'kept'", "x_others = 1", "_"),
    "last-beside-names-of-a-function": (
        "def count():\n    for _ in range(2):\n        pass\n    return len([_ for _ in 'abc'])",
        "count()",
        "_ + 1",
    ),
    "last-of-a-call": ("max(3, 4)", "print(_)"),
    "value-with-a-comment": "5  # five",
    "value-in-brackets": "(1 +\n 2)",
    "error-stream": "import sys\nprint('oh', file=sys.stderr)",
    "await": "import asyncio\ndisplay(await asyncio.sleep(0, 'a'))\nawait asyncio.sleep(0, 1)",
    "nothing-but-a-comment": "# nothing",
    "string-of-several-lines": "text_lines = '''a\n  b'''\ndisplay(text_lines)\ntext_lines",
    "tuple-without-brackets": "display(0)\n1, 2",
    "ends-in-a-loop": "for i_ends in range(2):\n    i_ends",
    "ends-in-an-assignment": "display('x')\nends = 1",
}


HANDLES = {
    "updated": ["handle = display('old', display_id=True)", "2"],
    "updated-in-its-cell": [
        (
            "handle = display('old', display_id='here')\nfor number in range(3):\n"
            "    handle.update(number)"
        ),
    ],
    "of-an-object": [
        (
            "class Bar:\n    def __repr__(self):\n        return 'bar'\n"
            "    def show(self):\n        return display(self, display_id='bar')"
        ),
        "Bar().show()",
        "import IPython\nhandle = IPython.display.display(1, display_id='one')\nhandle.update(2)",
    ],
}


@pytest.mark.parametrize("cells", HANDLES.values(), ids=HANDLES.keys())
def test_handles_of_displays_are_there_in_programs_too(worlds: Worlds, cells: list[str]):
    both = whole.in_both(worlds, cells)
    assert both.differs == [], both.conversion.text
    assert both.script.status == 0, both.script.err


@pytest.fixture(scope="module")
def shown(worlds: Worlds) -> dict[str, tuple[Seen, Seen]]:
    return in_both(worlds, CASES, HEAD)


@pytest.mark.parametrize("name", CASES)
def test_shows_the_same(shown: dict[str, tuple[Seen, Seen]], name: str):
    assert differences(*shown[name]) == []
