"""`%time` and `%timeit`, on a line and on a cell."""

from __future__ import annotations

import ast
import re

from ....translation import _
from ..indent import block, indented
from ..text import Source, is_silenced
from .work import Magic, Rewrite, Work

_TIMEIT_FLAGS = re.compile(
    r"-(?P<flag>[nr])\s*(?P<value>\d+)\s*|-(?P<switch>[tcqov]+)\s+|-p\s*\d+\s*"
)
_TIME_FLAGS = re.compile(r"--no-raise-error\s*")


def time(magic: Magic, work: Work) -> Rewrite:
    """Run statements between two looks at the clock; their last expression is the magic's value."""
    code = magic.arguments if magic.body is None else magic.body
    code = _TIME_FLAGS.sub("", code, count=1).strip("\n")
    work.changed(
        "magic-time", _("%time became a context that prints how long its statements took.")
    )
    head = f"with {work.notebook.inline('timed')}():\n"
    source = Source(code)
    last = source.tree.body[-1] if source.tree.body else None
    silent = is_silenced(code)
    if not (magic.wanted and isinstance(last, ast.Expr)) or silent:
        return Rewrite(head + block(code))
    start = source.start(last)
    return Rewrite(head + indented(f"{code[:start]}_value = {code[start:]}"), "_value")


def timeit(magic: Magic, work: Work) -> Rewrite:
    """Call a function of the statements many times."""
    rest, options = magic.arguments, []
    quiet = False
    while match := _TIMEIT_FLAGS.match(rest):
        rest = rest[match.end() :]
        if match["flag"]:
            options.append(f"{'number' if match['flag'] == 'n' else 'repeat'}={match['value']}")
        quiet |= "q" in (match["switch"] or "")
    if quiet:
        options.append("quiet=True")
    kept = magic.wanted and bool(re.search(r"(?:^|\s)-\w*o", magic.arguments[: -len(rest) or None]))
    if kept:
        options.append("keep=True")
    work.changed("magic-timeit", _("%timeit became a function that measures and prints the same."))
    measure = work.notebook.inline("time_it")
    if magic.body is None:
        code, setup = rest.strip(), ""
    else:
        code, setup = magic.body.strip("\n"), rest.strip()
    source = Source(code)
    match source.tree.body:
        case [ast.Expr(value=value)] if not setup and "\n" not in code:
            arguments = ", ".join([f"lambda: {source.of(value)}", *options])
            return _as_asked(f"{measure}({arguments})", kept=kept)
    call = f"{measure}({', '.join(['_timed', *options])})"
    function = f"def _timed():\n{block(code)}\n"
    if not setup:
        return _as_asked(call, function, kept=kept)
    inner = indented(f"{setup}\n\n{function}\nreturn {call}")
    return _as_asked("_measured()", f"def _measured():\n{inner}\n", kept=kept)


def _as_asked(call: str, before: str = "", *, kept: bool) -> Rewrite:
    """The call as the magic's value where that is asked for, else as its last statement."""
    return Rewrite(before, call) if kept else Rewrite(f"{before}\n{call}".lstrip("\n"))
