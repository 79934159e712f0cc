"""Cell magics: what each becomes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from ....translation import _
from ..indent import block
from ..text import long_quoted
from .expansion import expansion
from .line_magics import listed_output, unknown
from .timing import time, timeit
from .work import Magic, Rewrite, Work, commented

CellMagic = Callable[[Magic, Work], Rewrite]

# What shows something that is no figure of Matplotlib's.
_DISPLAYS = re.compile(r"\bdisplay\b|(?<!plt\.)\bshow\b")
_SCRIPTS = ("bash", "sh", "python", "python3", "python2", "perl", "ruby", "pypy")
# What Jupyter's pages have and marimo's have not.
_OF_JUPYTER = re.compile(r"\b(?:Jupyter|IPython|requirejs|require|element|jQuery)\b|\$\(")


def _capture(magic: Magic, work: Work) -> Rewrite:
    """`%%capture name`: by a context."""
    work.captured = True
    words = magic.arguments.split()
    body = magic.body or ""
    name = next((word for word in words if word.isidentifier()), "")
    off = [f"{what}=False" for what in ("stdout", "stderr", "display") if f"--no-{what}" in words]
    work.changed("magic-capture", _("%%capture became a context that keeps the same."))
    if name and _DISPLAYS.search(body):
        work.needs_you(
            "magic-capture-rich",
            _(
                "What is printed and Matplotlib's figures are kept in {name}, and nothing else."
            ).format(name=name),
            _("Assign those to names, and show them in another cell."),
        )
    context = work.notebook.inline("captured")
    text = f"with {context}({', '.join(off)}){f' as {name}' if name else ''}:\n{block(body)}"
    if re.search(r"\bdisplay\b", body):
        work.notebook.need("import marimo as mo")
        text += "\nmo.output.clear()"
    return Rewrite(text)


def _write_file(magic: Magic, work: Work) -> Rewrite:
    words = shlex.split(magic.arguments)
    append = "-a" in words or "--append" in words
    path = next((word for word in words if not word.startswith("-")), "")
    text = (magic.body or "").rstrip("\n") + "\n"
    work.changed("magic-writefile", _("%%writefile became a function that writes the same file."))
    arguments = f"{expansion(path, work.bound)}, {long_quoted(text)}"
    return Rewrite(
        f"{work.notebook.inline('write_file')}({arguments}{', append=True' if append else ''})"
    )


def _script(magic: Magic, work: Work) -> Rewrite:
    """`%%bash` and its like, and `%%script program`."""
    program = [magic.name] if magic.name != "script" else []
    words = shlex.split(magic.arguments)
    kept, names, options = [], {}, ""
    rest = iter(words)
    for word in rest:
        if word in {"--out", "--err"}:
            names[word[2:]] = next(rest, "")
        elif word == "--no-raise-error":
            options = ", check=False"
        elif word in {"--bg", "--proc"}:
            work.needs_you(
                "magic-script",
                _("{option} of %%{magic} has no counterpart and was left out.").format(
                    option=word, magic=magic.name
                ),
                _("See subprocess.Popen."),
            )
        else:
            kept.append(word)
    work.changed("magic-script", _("The script is given to its program by a function."))
    call = (
        (
            f"{work.notebook.inline('run_script')}({[*program, *kept]!r}, "
            f"{long_quoted((magic.body or '').rstrip(chr(10)) + chr(10))}"
        )
        .replace("['", '["')
        .replace("']", '"]')
        .replace("', '", '", "')
    )
    if not names:
        return Rewrite(f"{call}{options})")
    lines = [f"_done = {call}, echo=False{options})"]
    lines += [f"{name} = _done.std{stream}" for stream, name in names.items()]
    return Rewrite("\n".join(lines))


def _shell_lines(magic: Magic, work: Work) -> Rewrite:
    return listed_output(long_quoted((magic.body or "").strip("\n")), work)


def _text(kind: str) -> CellMagic:
    """A cell that is text to show."""

    def handle(magic: Magic, work: Work) -> Rewrite:
        work.notebook.need("import marimo as mo")
        text = (magic.body or "").strip("\n")
        if kind == "html" and "<script" in text.lower():
            work.changed(
                "magic-html",
                _("%%html became mo.iframe, in which its scripts run; they do not reach the page."),
            )
            return Rewrite(value=f"mo.iframe({long_quoted(text)})")
        if kind == "latex" and "$" not in text and "\\(" not in text and "\\[" not in text:
            text = f"$$\n{text}\n$$"
        name = "Html" if kind in {"html", "svg"} else "md"
        work.changed(f"magic-{kind}", _("%%{kind} became mo.{name}.").format(kind=kind, name=name))
        return Rewrite(value=f"mo.{name}({long_quoted(text)})")

    return handle


def _javascript(magic: Magic, work: Work) -> Rewrite:
    text = (magic.body or "").strip("\n")
    if _OF_JUPYTER.search(text):
        work.needs_you(
            "magic-javascript",
            _("The script is for Jupyter's own page; it is a comment now."),
            _("Most such scripts set up Jupyter itself: delete the comment then. See mo.iframe."),
        )
        return Rewrite(commented(magic.written))
    work.notebook.need("import marimo as mo")
    work.changed("magic-javascript", _("%%javascript became mo.iframe, in which the script runs."))
    html = f"<script>\n{text}\n</script>"
    return Rewrite(value=f"mo.iframe({long_quoted(html)})")


def _prun(magic: Magic, work: Work) -> Rewrite:
    work.notebook.need("import cProfile", "import pstats")
    work.changed("magic-prun", _("%%prun became cProfile."))
    body = block(magic.body or "")
    return Rewrite(
        f"with cProfile.Profile() as _profile:\n{body}\n"
        'pstats.Stats(_profile).sort_stats("tottime").print_stats();'
    )


def _of_another_language(magic: Magic, work: Work) -> Rewrite:
    work.needs_you(
        f"magic-{magic.name.lower()}",
        _("The cell is written for %%{name}; it is a comment now.").format(name=magic.name),
        _("mo.sql runs SQL; for other languages see their packages for Python.")
        if magic.name == "sql"
        else _("Rewrite it in Python, or call it through its package for Python."),
    )
    return Rewrite(commented(magic.written))


CELL_MAGICS: dict[str, CellMagic] = {
    "time": time,
    "timeit": timeit,
    "capture": _capture,
    "prun": _prun,
    "writefile": _write_file,
    "file": _write_file,
    "script": _script,
    "sx": _shell_lines,
    "system": _shell_lines,
    "!": _shell_lines,
    "html": _text("html"),
    "HTML": _text("html"),
    "svg": _text("svg"),
    "SVG": _text("svg"),
    "latex": _text("latex"),
    "markdown": _text("markdown"),
    "javascript": _javascript,
    "js": _javascript,
    **dict.fromkeys(_SCRIPTS, _script),
    **dict.fromkeys(
        (
            "R",
            "sql",
            "cython",
            "julia",
            "octave",
            "fortran",
            "rust",
            "cpp",
            "bigquery",
            "spark",
            "pypy3",
        ),
        _of_another_language,
    ),
}


def cell_magic(magic: Magic, work: Work) -> Rewrite:
    """Python for a cell magic."""
    return CELL_MAGICS.get(magic.name, unknown)(magic, work)
