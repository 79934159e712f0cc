"""Line magics: what each becomes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from ....translation import _
from ..text import quoted
from .expansion import expansion
from .packages import installation
from .running import run
from .timing import time, timeit
from .work import Magic, Rewrite, Work, commented

LineMagic = Callable[[Magic, Work], Rewrite]


def _inert(message: str) -> LineMagic:
    """A magic that a reactive notebook does without."""

    def handle(magic: Magic, work: Work) -> Rewrite:
        work.changed(f"magic-{magic.name.lower()}", message)
        return Rewrite(commented(magic.written))

    return handle


def _by_hand(message: str, suggestion: str) -> LineMagic:
    """A magic that somebody has to put something in the place of."""

    def handle(magic: Magic, work: Work) -> Rewrite:
        work.needs_you(f"magic-{magic.name.lower()}", message, suggestion)
        return Rewrite(commented(magic.written))

    return handle


def unknown(magic: Magic, work: Work) -> Rewrite:
    """Keep a magic that no table names as a comment."""
    sign = "%" if magic.body is None else "%%"
    work.needs_you(
        "magic-unknown",
        _(
            "The magic {name} is of no part of IPython that is known here; it is a comment now."
        ).format(name=sign + magic.name),
        _("Write in Python what it did, or delete the comment."),
    )
    return Rewrite(commented(magic.written))


def _alias(magic: Magic, work: Work) -> Rewrite:
    """Commands of the system that IPython knows as magics."""
    command = {"ll": "ls -l", "la": "ls -a", "lk": "ls -l", "lf": "ls -l"}.get(
        magic.name, magic.name
    )
    return shell(f"{command} {magic.arguments}".rstrip(), work)


def shell(command: str, work: Work) -> Rewrite:
    """Run a command in a shell, its output into the cell; an installation becomes a dependency."""
    if installed := installation(command, work, sign="!"):
        return installed
    work.changed("shell", _("The command is run by a function that does what IPython's ! does."))
    return Rewrite(f"{work.notebook.inline('shell')}({expansion(command, work.bound)})")


def shell_lines(command: str, work: Work) -> Rewrite:
    """Run a command in a shell; its value is a list of its output's lines."""
    return listed_output(expansion(command, work.bound), work)


def listed_output(command: str, work: Work) -> Rewrite:
    """The lines of a command's output; of IPython's kind where the notebook asks them for more.

    Args:
        command: a Python expression.
        work: takes the imports and the note.
    """
    work.notebook.need("import subprocess")
    lines = f"subprocess.getoutput({command}).splitlines()"
    if work.notebook.asks_lists:
        work.notebook.need("from IPython.utils.text import SList")
        work.changed("shell-lines", _("The command's output is a list of lines of IPython's."))
        return Rewrite(value=f"SList({lines})")
    work.changed("shell-lines", _("The command's output is a plain list of lines."))
    return Rewrite(value=lines)


def _shell_lines(magic: Magic, work: Work) -> Rewrite:
    return shell_lines(magic.arguments, work)


def _installer(magic: Magic, work: Work) -> Rewrite:
    command = f"{magic.name} {magic.arguments}"
    return installation(command, work, sign="%") or shell(command, work)


def _env(magic: Magic, work: Work) -> Rewrite:
    """`%env`: all, one, or set one."""
    work.notebook.need("import os")
    code = "magic-env"
    if not magic.arguments:
        work.changed(code, _("%env became os.environ."))
        return Rewrite(value="dict(os.environ)")
    name, equals, value = (part.strip() for part in magic.arguments.partition("="))
    if not equals and " " in name:
        name, _space, value = name.partition(" ")
        equals = "="
    if not equals:
        work.changed(code, _("%env became os.environ."))
        return Rewrite(value=f"os.environ[{quoted(name)}]")
    work.changed(
        code,
        _("%env became os.environ, which all cells share."),
        _("A cell that reads the variable does not run again when this one does."),
    )
    key = f"os.environ[{quoted(name)}]"
    return Rewrite(
        f"{key} = {expansion(value, work.bound)}\n"
        f'print(f"env: {name}={{{key.replace(chr(34), chr(39))}}}")'
    )


def _cd(magic: Magic, work: Work) -> Rewrite:
    """`%cd`: a folder, home, back, and the flag -q."""
    words = [word for word in magic.arguments.split() if word != "-q"]
    if any(word.startswith("-") and word != "-" for word in words):
        work.needs_you(
            "magic-cd",
            _("%cd goes to a bookmark or a folder of its history; it is a comment now."),
            _("Name the folder: os.chdir(…)."),
        )
        return Rewrite(commented(magic.written))
    folder = " ".join(words).strip("'\"") or "~"
    target = expansion(folder, work.bound)
    quiet = "-q" in magic.arguments.split()
    work.changed(
        "magic-cd",
        _("%cd became os.chdir, which counts for all cells."),
        _("Let cells read files by their whole path: then their order does not matter."),
    )
    if work.notebook.goes_back:
        return Rewrite(
            f"{work.notebook.inline('go_to')}({target}{', quiet=True' if quiet else ''})"
        )
    work.notebook.need("import os")
    if "~" in folder:
        target = f"os.path.expanduser({target})"
    return Rewrite(f"os.chdir({target})" + ("" if quiet else "\nprint(os.getcwd())"))


def _pwd(_magic: Magic, work: Work) -> Rewrite:
    work.notebook.need("import os")
    work.changed("magic-pwd", _("%pwd became os.getcwd()."))
    return Rewrite(value="os.getcwd()")


# IPython.core.magics.pylab
_PYLAB_SAYS = (
    "%pylab is deprecated, use %matplotlib inline and import the required libraries.\n"
    "Populating the interactive namespace from numpy and matplotlib"
)


def _pylab(magic: Magic, work: Work) -> Rewrite:
    work.changed(
        "magic-pylab",
        _("%pylab became the imports that it stands for."),
        _("Import what is used by name."),
    )
    lines = [
        "import numpy",
        "import numpy as np",
        "import matplotlib",
        "from matplotlib import cbook, mlab, pylab, pyplot",
        "import matplotlib.pyplot as plt",
        "from pylab import *",
        "from numpy import *",
    ]
    if "--no-import-all" in magic.arguments:
        del lines[-2:]
    lines.append(f"print({_PYLAB_SAYS!r})")
    return Rewrite("\n".join(lines))


def _matplotlib(magic: Magic, work: Work) -> Rewrite:
    interactive = magic.arguments.strip() in {"notebook", "widget", "ipympl", "nbagg"}
    work.changed(
        "magic-matplotlib",
        _("%matplotlib is not needed: figures show by themselves.")
        if not interactive
        else _("%matplotlib {backend} has no counterpart: figures show as pictures.").format(
            backend=magic.arguments.strip()
        ),
        _("For a figure that can be zoomed, see mo.mpl.interactive.") if interactive else "",
    )
    return Rewrite(commented(magic.written))


def _config(magic: Magic, work: Work) -> Rewrite:
    """`%config`: the few settings that a reactive notebook has too."""
    option, _equals, value = (part.strip() for part in magic.arguments.partition("="))
    if option in {"InlineBackend.figure_format", "InlineBackend.figure_formats"}:
        if "svg" not in value:
            return _inert(_("Figures are sharp on every screen without %config."))(magic, work)
        work.notebook.need("import matplotlib.pyplot as plt")
        work.changed("magic-config", _("Figures are shown as SVG, by Matplotlib's own setting."))
        return Rewrite('plt.rcParams["savefig.format"] = "svg"')
    if option in {"InlineBackend.rc", "InlineBackend.print_figure_kwargs"}:
        try:
            ast.literal_eval(value)
        except (ValueError, SyntaxError):
            return unknown(magic, work)
        if option == "InlineBackend.rc":
            work.notebook.need("import matplotlib.pyplot as plt")
            work.changed("magic-config", _("%config became Matplotlib's own settings."))
            return Rewrite(f"plt.rcParams.update({value})")
    if option.endswith("ast_node_interactivity"):
        return _inert(_("Not needed: where it counts, values are shown by calls."))(magic, work)
    if option.partition(".")[0] in {"Completer", "IPCompleter", "Application", "HistoryManager"}:
        return _inert(_("%config sets what a reactive notebook does not have."))(magic, work)
    return _by_hand(
        _("%config sets what has no counterpart; it is a comment now."),
        _("Delete the comment if nothing is missing."),
    )(magic, work)


def _load_ext(magic: Magic, work: Work) -> Rewrite:
    extension = magic.arguments.strip()
    if extension in {"autoreload", "watermark", "tensorboard", "memory_profiler", "line_profiler"}:
        return _inert(
            _("The extension is not loaded: marimo has a setting that reloads modules.")
            if extension == "autoreload"
            else _("The extension is not loaded: its magics are of IPython alone.")
        )(magic, work)
    return _inert(_("The extension is not loaded; each of its magics is named where it stands."))(
        magic, work
    )


def help_on(magic: Magic, work: Work) -> Rewrite:
    """`name?`: Jupyter shows the help in a pane of its own, and nothing in the notebook."""
    name = magic.arguments.strip()
    mark = "??" if magic.name == "pinfo2" else "?"
    work.changed(
        "help",
        _("The question for help is a comment: Jupyter answers it beside the notebook."),
        _("help({name}) prints it, and the editor shows it where the pointer rests.").format(
            name=name
        ),
    )
    return Rewrite(commented(f"{name}{mark}"))


def _prun(magic: Magic, work: Work) -> Rewrite:
    work.notebook.need("import cProfile")
    work.changed("magic-prun", _("%prun became cProfile."))
    flags = re.match(r"(?:-\w+(?:\s+\S+)?\s+)*", magic.arguments)
    statement = magic.arguments[flags.end() if flags else 0 :]
    return Rewrite(f'cProfile.runctx({quoted(statement)}, globals(), {{}}, sort="tottime")')


_NOT_NEEDED = _inert(_("Nothing in a reactive notebook needs it."))
_INTERACTIVE = _by_hand(
    _("The magic is for work at a prompt; it is a comment now."),
    _("Delete the comment; the editor's panels show variables, files and history."),
)

_COMMANDS = "ls ll la lf lk cat cp mv rm rmdir mkdir man more less"
_OF_NO_USE = """
    autoreload aimport autosave autoawait automagic autocall autoindent colors pprint xmode gui pdb
    tb lsmagic magic quickref doctest_mode page pycat subplots connect_info qtconsole killbgscripts
"""
_AT_A_PROMPT = """
    who whos who_ls history hist recall rep rerun macro store edit save load loadpy notebook
    pastebin debug pfile logstart logstop logon logoff logstate dhist dirs pushd popd bookmark alias
    unalias alias_magic reset reset_selective xdel rehashx precision sc clear mprun
    lprun memit paste cpaste
"""

LINE_MAGICS: dict[str, LineMagic] = {
    "time": time,
    "timeit": timeit,
    "prun": _prun,
    "matplotlib": _matplotlib,
    "pylab": _pylab,
    "config": _config,
    "load_ext": _load_ext,
    "reload_ext": _load_ext,
    "unload_ext": _load_ext,
    "env": _env,
    "set_env": _env,
    "cd": _cd,
    "pwd": _pwd,
    "run": run,
    "sx": _shell_lines,
    "system": _shell_lines,
    "pinfo": help_on,
    "pinfo2": help_on,
    "pdoc": help_on,
    "psource": help_on,
    "pdef": help_on,
    "psearch": help_on,
    **dict.fromkeys(("pip", "conda", "mamba", "micromamba", "uv"), _installer),
    **dict.fromkeys(_COMMANDS.split(), _alias),
    **dict.fromkeys(_OF_NO_USE.split(), _NOT_NEEDED),
    **dict.fromkeys(_AT_A_PROMPT.split(), _INTERACTIVE),
}
