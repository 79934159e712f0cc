"""What marimo cannot see in a program, and so will not do again when something changes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ...translation import _
from .model import Draft, Note, SourceCell, Verdict
from .names.analysis import analyse
from .names.usage import Usage
from .updates import handles, updates

_CHANGING = frozenset(
    (
        *("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update"),
        *("add", "discard", "setdefault", "popitem", "appendleft", "popleft", "fill", "resize"),
    )
)
# As many numbers of cells as are told in a sentence.
_LISTED = 12
_SEEDS = frozenset({"seed", "manual_seed", "set_seed", "set_random_seed"})
_THREADS = frozenset({"Thread", "Process", "Timer"})
_FROM_NETWORK = frozenset({"urlopen", "urlretrieve", "fetch_openml", "load_dataset", "download"})
_READING = frozenset(
    {"open", "read_csv", "read_excel", "read_json", "read_table", "loadtxt", "genfromtxt", "imread"}
)


def diagnosed(drafts: Sequence[Draft], folder: Path | None = None) -> list[Draft]:
    """Say in the report what the reader should know before changing anything.

    Args:
        drafts: a valid graph.
        folder: where the notebook runs, to look for its data; None for nowhere.
    """
    usages = [analyse(draft.source) for draft in drafts]
    updating = frozenset().union(*(handles(usage.tree) for usage in usages))
    owners = {name: index for index, usage in enumerate(usages) for name in usage.bound}
    result = []
    for index, draft in enumerate(drafts):
        notes = [*_mutations(index, drafts, usages, owners), *_habits(usages[index].tree, folder)]
        if updates(usages[index].tree, updating):
            notes.append(_UPDATE())
        kept = tuple(note for note in dict.fromkeys(notes) if not draft.markdown)
        result.append(replace(draft, notes=(*draft.notes, *kept)) if kept else draft)
    return result


def order_notes(cells: Sequence[SourceCell]) -> list[Note]:
    """A word about cells that did not run in the order in which they stand.

    Args:
        cells: of the old notebook.
    """
    highest = 0
    early = []
    for cell in cells:
        if cell.kind != "code" or not cell.execution_count:
            continue
        if cell.execution_count < highest:
            early.append(cell.index + 1)
        highest = max(highest, cell.execution_count)
    if not early:
        return []
    return [
        Note(
            Verdict.CHANGED,
            "hidden-order",
            _("The stored outputs come from another order: cells {numbers} ran earlier.").format(
                numbers=", ".join(map(str, early[:_LISTED])) + ("…" if early[_LISTED:] else "")
            ),
            _("Compare the outputs with those of the old notebook, run from top to bottom."),
        )
    ]


def _mutations(
    index: int, drafts: Sequence[Draft], usages: Sequence[Usage], owners: dict[str, int]
) -> Iterator[Note]:
    usage = usages[index]
    for name in sorted(_changed_names(usage.tree)):
        owner = owners.get(name)
        if owner is None or owner == index or name in usages[owner].imported:
            continue
        readers = [
            number
            for number, other in enumerate(usages)
            if number not in {index, owner} and name in other.read and drafts[number].origins
        ]
        if not readers:
            continue
        yield Note(
            Verdict.NEEDS_YOU,
            "mutation",
            _(
                "The cell changes “{name}” of cell {owner} in place: cells {readers} do not follow."
            ).format(
                name=name,
                owner=_number(drafts[owner]),
                readers=", ".join(_number(drafts[reader]) for reader in readers),
            ),
            _("Change it in the cell that makes it, or make a copy with a name of its own."),
        )


def _number(draft: Draft) -> str:
    """The number of a cell in the old notebook."""
    return str(min(draft.origins) + 1) if draft.origins else "1"


def _changed_names(tree: ast.Module) -> set[str]:
    """Names of objects that a cell changes, and does not bind."""
    found: set[str | None] = set()
    for node in _executed(tree):
        match node:
            case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                found |= {_root(target) for target in targets}
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                found.add(_root(target))
            case ast.Call(func=ast.Attribute(attr=method, value=value), keywords=keywords):
                in_place = any(
                    keyword.arg == "inplace"
                    and isinstance(keyword.value, ast.Constant)
                    and keyword.value.value is True
                    for keyword in keywords
                )
                if in_place or (method in _CHANGING and isinstance(value, ast.Name)):
                    found.add(_root(node.func))
    return {name for name in found if name is not None}


def _root(target: ast.expr) -> str | None:
    """The name of the object of which a target is a part; None for a name itself."""
    part = target
    while isinstance(part, ast.Attribute | ast.Subscript):
        part = part.value
    return part.id if isinstance(part, ast.Name) and part is not target else None


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the cell runs: no bodies of functions."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _executed(child)


def _habits(tree: ast.Module, folder: Path | None) -> Iterator[Note]:
    for node in _executed(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            for test, make in _CALLS:
                if test(called, called.rpartition(".")[2], node):
                    yield make()
            path = _missing(node, called, folder)
            if path:
                yield Note(
                    Verdict.NEEDS_YOU,
                    "missing-data",
                    _("“{path}” is not there.").format(path=path),
                    _("Put it beside the notebook, or name the place where it is."),
                )
        elif isinstance(node, ast.Name) and node.id == "__file__":
            yield Note(
                Verdict.CHANGED,
                "file-name",
                _("__file__ is the notebook's file here; in Jupyter there is none."),
            )
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                state = ast.unparse(target).rpartition("[")[0]
                if state.endswith(("environ", "rcParams")):
                    yield _state(state)


def _state(what: str) -> Note:
    return Note(
        Verdict.NEEDS_YOU,
        "global-state",
        _("“{what}” is set for the whole program: no cell depends on it.").format(what=what),
        _("Set it in the first cell, or in each cell that needs it."),
    )


def _missing(call: ast.Call, called: str, folder: Path | None) -> str:
    """The file that a call reads and that is not there; empty for none."""
    if folder is None or called.rpartition(".")[2] not in _READING or not call.args:
        return ""
    writes = len(call.args) > 1 and not str(getattr(call.args[1], "value", "r")).startswith("r")
    first = call.args[0]
    if writes or not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return ""
    path = first.value
    if "://" in path or "\n" in path or not path:
        return ""
    return "" if (folder / path).exists() else path


def _is_seed(called: str, last: str, _call: ast.Call) -> bool:
    return last in _SEEDS and called != last


def _is_folder(called: str, _last: str, _call: ast.Call) -> bool:
    return called == "os.chdir"


def _is_setting(called: str, last: str, _call: ast.Call) -> bool:
    return last == "update" and called.endswith(("rcParams.update", "environ.update"))


def _is_thread(_called: str, last: str, _call: ast.Call) -> bool:
    return last in _THREADS


def _is_input(called: str, _last: str, _call: ast.Call) -> bool:
    return called in {"input", "getpass", "getpass.getpass"}


def _is_observer(_called: str, last: str, _call: ast.Call) -> bool:
    return last in {"observe", "on_click", "on_submit", "on_msg"}


def _is_uninitialised(_called: str, last: str, call: ast.Call) -> bool:
    return last in {"empty", "empty_like"} and bool(call.args)


def _is_network(called: str, last: str, call: ast.Call) -> bool:
    return (
        last in _FROM_NETWORK
        or called.startswith(("requests.", "httpx."))
        or any(
            isinstance(argument, ast.Constant)
            and str(argument.value).startswith(("http://", "https://"))
            and last.startswith("read_")
            for argument in call.args
        )
    )


def _note(code: str, message: str, suggestion: str) -> Callable[[], Note]:
    return lambda: Note(Verdict.NEEDS_YOU, code, message, suggestion)


_Test = Callable[[str, str, ast.Call], bool]
_CALLS: tuple[tuple[_Test, Callable[[], Note]], ...] = (
    (_is_seed, lambda: _state("random.seed")),
    (_is_folder, lambda: _state("os.chdir")),
    (_is_setting, lambda: _state("rcParams")),
    (
        _is_thread,
        _note(
            "thread",
            _("The cell starts a thread or a process: marimo does not stop it."),
            _("Use mo.Thread, and end it when the cell runs again."),
        ),
    ),
    (
        _is_input,
        _note(
            "input",
            _("The cell waits for an answer typed below it; as a script it stops there."),
            _("Use an element such as mo.ui.text."),
        ),
    ),
    (
        _is_observer,
        _note(
            "callback",
            _("The cell calls a function when a widget changes: other cells do not follow."),
            _("Use mo.ui elements, or mo.ui.anywidget: cells that read their value follow."),
        ),
    ),
    (
        _is_uninitialised,
        lambda: Note(
            Verdict.CHANGED,
            "uninitialised",
            _("An array of empty() holds what was in memory: it shows other numbers each time."),
        ),
    ),
    (
        _is_network,
        _note(
            "network",
            _("The cell reads from the network: it fails without."),
            _("Keep a copy of the data beside the notebook."),
        ),
    ),
)

_UPDATE = _note(
    "display-id",
    _("A display can be updated only by the cell that shows it."),
    _("Show it in one cell, with mo.output.replace, or keep the value in mo.state."),
)
