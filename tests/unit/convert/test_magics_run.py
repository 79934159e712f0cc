"""Magics and shell commands: what they print and what they are worth, in both worlds."""

from __future__ import annotations

import nbformat
import pytest
from both import in_both
from worlds import Seen, Worlds, differences

from .whole import notebook_of

CASES = {
    "shell": "!echo hello",
    "shell-both-streams": "!echo out; echo err >&2",
    "shell-pipe": "!printf 'b\\na\\n' | sort",
    "shell-glob": ("!touch one.tmp two.tmp", "!ls *.tmp"),
    "shell-columns": ("!mkdir -p d && touch d/aa d/bb d/cc", "!ls d"),
    "shell-braces": ("word = 'braces'", "!echo {word} {word.upper()}"),
    "shell-dollar": ("dollar = 'money'", "!echo $dollar"),
    "shell-quotes": ("quoted = {'k': 'v'}", "!echo {quoted['k']}"),
    "shell-environment": "!echo $TERM",
    "shell-awk": "!echo a b | awk '{print $2}'",
    "shell-in-a-loop": "for number in range(2):\n    !echo {number}",
    "shell-in-a-function": ("def say(what):\n    !echo {what}", "say('it')"),
    "shell-continued": "!echo a \\\n  b",
    "shell-lines": ("lines = !printf 'x\\ny\\n'", "lines[1], len(lines)"),
    "shell-lines-of-ipython": (
        "fields = !printf 'a 1\\nb 2\\n'",
        "fields.s, fields.n, fields.grep('b'), fields.fields(0)",
    ),
    "shell-lines-shown": "!!echo shown",
    "shell-fails": "!false\nprint('on')",
    "shell-terminal": "!python3 -c 'import os; print(os.isatty(1), os.get_terminal_size(1))'",
    "bash": "%%bash\nfor i in 1 2; do echo $i; done\necho 'err' >&2",
    "sh-heredoc": "%%sh\ncat <<END\ntext\nEND",
    "script-named": "%%script bash\necho script",
    "script-that-may-fail": "%%script false --no-raise-error\nnothing",
    "bash-kept": ("%%bash --out kept\necho kept", "kept"),
    "python-script": "%%python\nprint('child')",
    "time": "%time sum(range(10))",
    "time-assigned": ("%time timed_value = 3", "timed_value"),
    "time-silent": "%time 1 + 1;",
    "time-of-a-cell": "%%time\ntime_a = 1\ntime_b = time_a + 1\ntime_b",
    "time-of-a-cell-with-a-string": "%%time\ntime_text = '''a\n  b'''\nprint(time_text)",
    "timeit": "%timeit -n1 -r2 sum(range(10))",
    "timeit-of-a-cell": "%%timeit -n1 -r2 timeit_a = 4\ntimeit_a + 1",
    "timeit-assigned": (
        "timeit_o = %timeit -o -q -n1 -r2 1 + 1",
        "timeit_o.loops, timeit_o.repeat",
    ),
    "env-set": ("%env COLOUR=red", "import os\nos.environ['COLOUR']"),
    "env-one": ("%set_env FORM round", "%env FORM"),
    "capture-dropped": "%%capture\nprint('gone')\n1",
    "capture-kept": ("%%capture kept_output\nprint('kept')", "kept_output", "kept_output.stdout"),
    "capture-global": (
        (
            "%%capture kept_count\ncount_kept = 0\ndef count_on():\n    global count_kept\n"
            "    count_kept += 1\ncount_on()\nprint(count_kept)"
        ),
        "count_kept, kept_count.stdout",
    ),
    "capture-figure": (
        "%%capture kept_fig\nimport matplotlib.pyplot as plt\nplt.plot([1]); plt.show(); print(1)",
        "kept_fig.show()",
        "str(kept_fig), len(kept_fig.outputs)",
    ),
    "capture-shown": ("%%capture shown_output\nprint('again')", "shown_output.show()"),
    "writefile": ("%%writefile note.txt\nfirst {line}\n\\n", "print(open('note.txt').read())"),
    "writefile-twice": ("%%file again.txt\n1", "%%file again.txt\n2", "!cat again.txt"),
    "writefile-append": ("%%writefile more.txt\n1", "%%writefile -a more.txt\n2", "!cat more.txt"),
    "writefile-append-first": ("%%writefile -a first.txt\n1", "!cat first.txt"),
    "run": (
        "%%writefile tool.py\nanswer = 42\ndef double(x):\n    return 2 * x\nprint('running')",
        "%run tool.py",
        "double(answer)",
    ),
    "run-notebook": "%run beside.ipynb\nprint(of_beside, twice_beside)",
    "run-arguments": (
        "%%writefile words.py\nimport sys\nprint(sys.argv[1:])",
        "%run words.py a 'b c'",
    ),
    "automagic": ("!touch auto.magic", "ls auto.magic"),
    "pip": "%pip install nothing-of-this-name-exists --dry-run -q --no-index 2>&1 | grep -q x",
    "help": "len?",
    "help-before": "?len",
    "matplotlib-inline": "%matplotlib inline\n'inline'",
    "load-ext": "%load_ext autoreload\n%autoreload 2\n'loaded'",
    "old-spelling": "get_ipython().run_line_magic('time', '2 + 2')",
    "shell-object": "'google.colab' in str(get_ipython())",
    "shell-object-named": (
        "the_shell = get_ipython()",
        "the_shell.run_line_magic('matplotlib', 'inline')\nthe_shell.system('echo by its method')",
        "the_shell is None, type(the_shell.display_formatter).__name__",
    ),
    "shell-object-imported": (
        "from IPython import get_ipython as asked_for",
        "from IPython import get_ipython",
        "get_ipython() is not None",
    ),
    "cd-and-back": (
        "!mkdir -p inner",
        "%cd -q inner",
        "import os\nos.path.basename(os.getcwd())",
        "%cd -q -",
        "os.path.exists('inner')",
    ),
    "percent-that-is-an-operator": "(7\n% 4)",
    "exclamation-in-a-string": "text_with = '''\n!ls\n%time 1\n'''\nprint(text_with)",
    "question-in-a-comment": "1 + 1 # why?",
    "markdown": "%%markdown\n*hello* you",
    "html": "%%html\n<b>bold</b>",
    "latex": "%%latex\n$x^2$",
    "svg": "%%svg\n<svg width='9' height='9'><circle r='4'/></svg>",
    "await": ("import asyncio", "await asyncio.sleep(0, 'awaited')"),
}
# Of a notebook that stands beside it.
BESIDE = (
    "of_beside = 1\nof_beside",
    "%time twice_beside = 2 * of_beside\ndisplay('displayed beside')",
    "import matplotlib.pyplot as plt\nplt.plot([of_beside])",
    "of_beside = of_beside + 1",
)


@pytest.fixture(scope="module")
def shown(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Seen, Seen]]:
    folder = tmp_path_factory.mktemp("magics")
    nbformat.write(notebook_of(*BESIDE), folder / "beside.ipynb")
    return in_both(worlds, CASES, folder=folder)


@pytest.mark.parametrize("name", CASES)
def test_shows_the_same(shown: dict[str, tuple[Seen, Seen]], name: str):
    assert differences(*shown[name]) == []
