"""Whether a cell shows the same in both worlds; what differs with every run does not count."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html import unescape

from .seen import Seen, Shown

_SPAN = r"[\d.,]+\s?(?:h|min|s|ms|us|µs|μs|ns)\b"
_INSTALLERS = (
    r"Looking in |Collecting |Requirement already |ERROR: (?:Could not find a|No matching )|"
    r"Note: you may need to restart the kernel|\[notice\]"
)
_EVERY_RUN = (
    # A picture's letters are many, and no words.
    (re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]*"), "DATA"),
    # Colours.
    (re.compile(r"\x1b\[[0-9;?]*[A-Za-z]"), ""),
    # A progress bar's or a shell's return to the beginning of the line.
    (re.compile(r"\r+(?=\n|\Z)"), ""),
    (re.compile(r"\b0x[0-9a-fA-F]{4,}"), "0x"),
    # %time and %timeit.
    (re.compile(rf"CPU times: .*|Wall time: .*|(?:{_SPAN}\s?)+ ± .*|Compiler time: .*"), "TIME"),
    (re.compile(r"The slowest run took .*\n.*"), "TIME"),
    # Where a cell is, in warnings and tracebacks.
    (re.compile(r"[^\s\"']{,300}(?:ipykernel_|marimo_)\d+/\S*?\.py:\d+"), "CELL"),
    (re.compile(r"<ipython-input-[^>]*>(?::\d+)?|Cell In\[\d+\], line \d+"), "CELL"),
    (re.compile(r"File \"[^\"\n]*\", line \d+"), "CELL"),
    (re.compile(r"(?:/private)?(?:/tmp|/var/folders/\w+/\w+/T)/[\w./-]*"), "TEMP"),
    (re.compile(r"\bpid[= ]\d+"), "PID"),
    # What an installer says depends on what is installed.
    (re.compile(rf"^(?:{_INSTALLERS}).*\n?", re.MULTILINE), ""),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)
_TAGS = re.compile(r"<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>", re.DOTALL)
_NAMELESS = re.compile(
    r"<[\w.]+ object(?: at 0x)?>|\w*\(\)|Html\(.*\)|<IPython\.\S+ object>", re.DOTALL
)
# Counted as figures, or run by the page, and nothing to read.
_UNREADABLE = re.compile(r"<IPython\.core\.display\.(?:Image|SVG|Javascript) object>")
# How each of marimo's own elements begins in a page, an anywidget's too.
_ELEMENT = "<marimo-"
_LATEX_WORDS = re.compile(r"\\(?:displaystyle|begin|end|left|right|[a-z]+style)\b")


@dataclass(frozen=True)
class Difference:
    """What a cell shows in Jupyter and not, or not so, in marimo.

    Attributes:
        what: `text`, `stderr`, `figures`, `error` or `not run`.
        old: in Jupyter.
        new: in marimo.
    """

    what: str
    old: str
    new: str


def differences(old: Seen, new: Seen) -> list[Difference]:
    """What one shows and the other does not.

    Args:
        old: in Jupyter.
        new: in marimo.
    """
    if not new.ran:
        return [Difference("not run", text_of(old), "")]
    found = []
    # A cell that raises on purpose may print its traceback instead, so that the others run.
    printed = bool(old.error) and not new.error and old.error in new.err
    if old.error != new.error and not printed:
        found.append(Difference("error", old.error, new.error))
    if not same_text(old, new):
        found.append(Difference("text", text_of(old), text_of(new)))
    if _warnings(old.err) != _warnings(new.err) and not printed:
        found.append(Difference("stderr", normal(old.err), normal(new.err)))
    if not old.figures <= new.figures <= old.figures + old.either:
        found.append(Difference("figures", str(old.figures), str(new.figures)))
    return found


def same_text(old: Seen, new: Seen) -> bool:
    """Whether what is printed and displayed is the same, apart from figures and errors.

    An object that has another type now counts as the same when the page shows the same words.
    """
    if _same_print(old, new) and _same_objects(old.shown, new):
        return True
    # What was displayed may be printed now, and the other way round.
    return _lines(old) == _lines(new)


def _same_print(old: Seen, new: Seen) -> bool:
    if any(shown.is_widget for shown in old.shown):
        # What is printed within a widget is in no output of Jupyter's.
        return not _printed_lines(old) - _printed_lines(new)
    return normal(old.out) == normal(new.out)


def _printed_lines(seen: Seen) -> Counter[str]:
    return Counter(normal(seen.out).splitlines())


def text_of(seen: Seen) -> str:
    """What is printed and displayed, for a person who reads about a difference."""
    objects = [shown.rich if _is_nameless(shown.text) else shown.text for shown in seen.shown]
    return normal("\n".join(filter(None, [seen.out.rstrip("\n"), *objects])))


def normal(text: str) -> str:
    """A text without what differs with every run: addresses, times, temporary folders, colours."""
    for pattern, instead in _EVERY_RUN:
        text = pattern.sub(instead, text)
    return text


def _same_objects(old: tuple[Shown, ...], new: Seen) -> bool:
    rest = [normal(shown.text) for shown in new.shown]
    # Attributes of marimo's elements hold HTML as well, escaped once more.
    pages = (new.page, unescape(new.page))
    pieces = {normal(unescape(piece)).strip() for page in pages for piece in _TAGS.split(page)}
    words = [_bare(page) for page in pages]
    other = 0
    for shown in old:
        text = normal(shown.text)
        if text in rest:
            rest.remove(text)
        elif shown.is_widget and (full := _beginning_with(text.removesuffix("…"), rest)):
            # ipywidgets cuts off what it tells Jupyter of itself. What it shows within itself is in
            # no output of Jupyter's.
            rest.remove(full)
            other += len(new.shown)
        elif shown.is_widget and _ELEMENT in new.page:
            other += len(new.shown)
        elif (
            text.strip() in pieces
            or _UNREADABLE.fullmatch(text)
            or (new.figures and _is_empty_place(shown))
            or _is_within(_bare(shown.rich), words)
            or _is_within(shown.rich.strip(), pages)
        ):
            other += 1
        else:
            return False
    # Each of those has one object in the new notebook, which prints as something else.
    return len(rest) <= other


def _beginning_with(text: str, texts: list[str]) -> str:
    return next((one for one in texts if one.strip().startswith(text)), "")


def _lines(seen: Seen) -> Counter[str]:
    text = "\n".join([normal(seen.out), *(normal(shown.text) for shown in seen.shown)])
    return Counter(line.strip() for line in text.splitlines() if line.strip())


def _is_nameless(text: str) -> bool:
    return _NAMELESS.fullmatch(normal(text)) is not None


def _is_empty_place(shown: Shown) -> bool:
    """Whether it is HTML without a word: where a script of Jupyter's puts a figure."""
    return bool(shown.rich) and _is_nameless(shown.text) and not _bare(shown.rich)


def _bare(text: str) -> str:
    """The letters and digits of a text that is shown, whatever stands around them."""
    return re.sub(r"[\W_]+", "", _LATEX_WORDS.sub("", normal(unescape(_TAGS.sub("", text)))))


def _is_within(words: str, pages: list[str]) -> bool:
    # What has no word is found nowhere, not even in a page without any.
    return bool(words) and any(words in page for page in pages)


def _warnings(text: str) -> list[str]:
    """What is told on the error stream; where it comes from does not matter."""
    lines = [line.replace("CELL: ", "") for line in normal(text).splitlines()]
    return [line for line in lines if line.strip() and not line.startswith("  ")]
