"""The block of a README that shows both ways to open a project's notebooks, here and elsewhere.

It stands between two marks; the first one keeps what it was made for, so that it can be held
against the project without the network and in anybody's copy. Pure functions over texts.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from ..errors import InvalidRequest, NoLink
from ..translation import _
from .addresses import Repository, repository_of, server_root
from .lesson import Access, Lesson
from .offers import offer
from .platforms import Platform, View, What
from .project import Pair, Project

_BEGIN = "<!-- >>> jupyter reactive readme{made_for} >>> -->"
_END = "<!-- <<< jupyter reactive readme <<< -->"
_BLOCK = re.compile(
    r"^<!-- >>> jupyter reactive readme(?P<made_for>[^<>\n]*) >>> -->[ \t]*\r?\n"
    r"(?:.*\n)*?"
    r"^<!-- <<< jupyter reactive readme <<< -->[ \t]*(?:\r?\n|\Z)",
    re.MULTILINE,
)
_MARK = re.compile(r"^<!-- (?:>>>|<<<) jupyter reactive readme", re.MULTILINE)
_JUPYTER = (Platform.BINDER, Platform.NBGITPULLER, Platform.COLAB, Platform.STUDIO_LAB)
_REACTIVE = (Platform.BINDER, Platform.NBGITPULLER, Platform.MOLAB)
_APP = (Platform.BINDER, Platform.NBGITPULLER)


@dataclass(frozen=True)
class MadeFor:
    """What a block was made for.

    Attributes:
        address: of the repository that readers see; empty where there is none.
        ref: the branch or tag that its links open.
        hub: address of a Hub with nbgitpuller; empty for none.
    """

    address: str = ""
    ref: str = ""
    hub: str = ""

    @property
    def repository(self) -> Repository | None:
        """The repository that is meant."""
        return repository_of(self.address)[0] if self.address else None


@dataclass(frozen=True)
class Block:
    """The block, and what its author should know.

    Attributes:
        text: all of it, marks included.
        left_out: why links are missing, in sentences, each once.
    """

    text: str
    left_out: tuple[str, ...]


def made_for(readme: str) -> MadeFor | None:
    """What the block of a README was made for; None where it has none.

    Raises:
        InvalidRequest: its marks are no pair.
        NoLink: somebody has written an address there that is none.
    """
    found = _found(readme)
    if found is None:
        return None
    words = dict(word.partition("=")[::2] for word in found["made_for"].split())
    address, ref, hub = (unquote(words.get(name, "")) for name in ("address", "ref", "hub"))
    # Whatever somebody has written there, without what may be secret in it.
    return MadeFor(
        repository_of(address)[0].url if address else "", ref, server_root(hub) if hub else ""
    )


def with_block(readme: str, block: str) -> str:
    """A README with the block in its place, or at its end; all else is as it was.

    Raises:
        InvalidRequest: its marks are no pair.
    """
    found = _found(readme)
    ends = "\r\n" if "\r\n" in readme else "\n"
    block = block.replace("\n", ends)
    if found is not None:
        return readme[: found.start()] + block + readme[found.end() :]
    gap = "" if not readme else ends if readme.endswith("\n") else ends * 2
    return f"{readme}{gap}{block}"


def _found(readme: str) -> re.Match[str] | None:
    found = _BLOCK.search(readme)
    if len(_MARK.findall(readme)) != (2 if found else 0):
        raise InvalidRequest(
            _("The marks of “jupyter reactive readme” in the README are no pair."),
            _("Remove the lines “<!-- … jupyter reactive readme … -->”, and run it again."),
        )
    return found


def block_of(project: Project, wanted: MadeFor) -> Block:
    """The block for a project.

    Args:
        project: what is there.
        wanted: where its links lead.

    Raises:
        NoLink: the address or that of the Hub is none.
    """
    left_out: list[str] = []
    shown = _Shown(project, wanted, left_out.append)
    begin = _BEGIN.format(made_for=_words(wanted))
    parts = [f"{begin}\n## {_('Open the notebooks')}", shown.table(), _why(project)]
    parts += [f"### {_('On your own computer')}", _local(project, wanted), _how(project)]
    text = "\n\n".join(filter(None, parts))
    return Block(f"{text}\n{_END}\n", tuple(dict.fromkeys(left_out)))


def _words(wanted: MadeFor) -> str:
    words = {"address": wanted.address, "ref": wanted.ref, "hub": wanted.hub}
    return "".join(f" {name}={quote(value, safe=':/')}" for name, value in words.items() if value)


class _Shown:
    """The table of the notebooks.

    Args:
        project: what is there.
        wanted: where its links lead.
        tell: takes each reason why a link is missing.
    """

    def __init__(self, project: Project, wanted: MadeFor, tell: Callable[[str], None]) -> None:
        self._project = project
        self._wanted = wanted
        self._repository = wanted.repository
        self._tell = tell

    def table(self) -> str:
        """One line for each notebook, one column for each way to open it."""
        rows = [self._row(pair) for pair in self._project.notebooks]
        heads = (_("notebook"), "Jupyter", _("reactive"), _("app"))
        kept = [i for i in range(len(heads)) if any(row[i] for row in rows)]
        lines = [heads, ("---",) * len(heads), *rows]
        return "\n".join("| " + " | ".join(line[i] for i in kept) + " |" for line in lines)

    def _row(self, pair: Pair) -> tuple[str, str, str, str]:
        return (
            _escaped(pair.title),
            self._cell(pair.jupyter, _JUPYTER),
            self._cell(pair.reactive, _REACTIVE),
            " ".join(self._badges(pair.reactive, _APP, What.APP)) if pair.reactive else "",
        )

    def _cell(self, path: str | None, platforms: Iterable[Platform]) -> str:
        if path is None:
            return ""
        name = _escaped(path.rpartition("/")[2])
        return " ".join([f"[{name}]({quote(path)})", *self._badges(path, platforms)])

    def _badges(
        self, path: str, platforms: Iterable[Platform], what: What = What.NOTEBOOK
    ) -> Iterable[str]:
        if self._repository is None:
            return
        project = self._project
        full = f"{project.prefix}/{path}" if project.prefix else path
        is_reactive = path.endswith(".py")
        lesson = Lesson(
            self._repository,
            self._wanted.ref or "HEAD",
            is_commit=False,
            path=full,
            twin=None,
            access=Access.PUBLIC,
            has_us=project.has_us,
        )
        for platform in platforms:
            server = self._wanted.hub if platform is Platform.NBGITPULLER else ""
            if platform is Platform.NBGITPULLER and not server:
                continue
            if platform is Platform.BINDER and is_reactive and not project.has_us:
                self._tell(
                    _(
                        "No link to Binder for reactive notebooks: nothing that it builds the "
                        "image from names jupyter-reactive. Add it: jupyter reactive setup binder"
                    )
                )
                continue
            try:
                yield offer(lesson, platform, View(what), server).forms["markdown"]
            except NoLink as e:
                self._tell(str(e))


def _why(project: Project) -> str:
    """What each way is good for."""
    ways = []
    if any(pair.jupyter for pair in project.notebooks):
        ways.append(
            _(
                "- **Jupyter** (`.ipynb`): the notebook as most people know it. Cells run in the "
                "order in which you run them, and results are kept in the file. It opens in every "
                "Jupyter."
            )
        )
    if any(pair.reactive for pair in project.notebooks):
        ways.append(
            _(
                "- **Reactive** (`.py`): a [marimo](https://marimo.io) notebook, in Jupyter too. "
                "Change one cell and all that depend on it follow, so that what you see is never "
                "stale. It is plain Python: clean git diffs, runs as a script, and can be shown as "
                "an app."
            )
        )
    return "\n".join(ways)


def _local(project: Project, wanted: MadeFor) -> str:
    lines = []
    if wanted.repository is not None:
        folder = "/".join(filter(None, [wanted.repository.name, project.prefix]))
        lines += [f"git clone {wanted.repository.url}", f"cd {shlex.quote(folder)}"]
    needed = ["jupyterlab"]
    if any(pair.reactive for pair in project.notebooks):
        needed.append("jupyter-reactive")
    if project.requirements:
        needed.append(f"-r {project.requirements}")
    lines += [f"pip install {' '.join(needed)}", "jupyter lab"]
    return "```\n" + "\n".join(lines) + "\n```"


def _how(project: Project) -> str:
    if not any(pair.reactive for pair in project.notebooks):
        return _("A double click opens a notebook.")
    return _(
        "A double click opens either kind; right click > **Open as App** shows a reactive one "
        "without its code."
    )


def _escaped(text: str) -> str:
    """A text that Markdown shows as it is, in a cell of a table."""
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", " ".join(text.split()))
