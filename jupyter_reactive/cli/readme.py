"""``jupyter reactive readme``: shows readers of a README both ways to open the notebooks."""

from __future__ import annotations

import difflib
import sys
from dataclasses import replace
from pathlib import Path

from traitlets import Bool, Unicode

from .. import __version__
from ..errors import InvalidRequest, NotebookMissing, ReactiveError
from ..links import git
from ..links.addresses import repository_of, server_root
from ..links.project import Project, look
from ..links.readme import MadeFor, block_of, made_for, with_block
from ..notebooks.convert.targets import write_new
from ..translation import _
from .refusing import RefusingApp, refuse

STALE = 1


class ReadmeApp(RefusingApp):
    """``jupyter reactive readme``: writes the block, or holds it against the project."""

    name = "jupyter-reactive-readme"
    version = __version__
    description = """Write into README.md how to open the notebooks, in Jupyter and reactive.

    The block stands between two marks, and is made from what is there: the notebooks that git has
    in the folder, the remote, what Binder builds from. All else in the README stays. Run again, it
    brings the block up to date, for the same address as before. Exit status: 0 done, 1 with
    --check: the block is stale or missing, 2 refused.
    """
    examples = """
    jupyter reactive readme
    jupyter reactive readme course --hub https://hub.example.org
    jupyter reactive readme --check
    """
    aliases = {
        "file": "ReadmeApp.file",
        "hub": "ReadmeApp.hub",
        "ref": "ReadmeApp.ref",
        "remote": "ReadmeApp.remote",
    }
    flags = {
        "check": (
            {"ReadmeApp": {"check": True}},
            "Write nothing; end with 1 where the block is not what it would be. Asks nobody.",
        )
    }

    file = Unicode(
        "README.md",
        config=True,
        help="The README, in Markdown, in the folder. Default: README.md.",
    )
    hub = Unicode(
        None,
        allow_none=True,
        config=True,
        help="""
        The address of a Hub with nbgitpuller, for links that pull the repository there; "" for no
        such links. Default: None (as in the block that is there).
        """,
    )
    ref = Unicode(
        config=True,
        help="""
        The branch or tag that the links open. Default: "" (as in the block that is there, else the
        remote's first branch).
        """,
    )
    remote = Unicode(
        config=True,
        help="""
        git's name for the remote that readers see; its address replaces that of the block that is
        there. Default: "" (the address of that block, else origin's).
        """,
    )
    check = Bool(config=True, help="Whether to write nothing. Default: False.")

    def start(self) -> None:
        """Write the block or check it, and exit with the status."""
        super().start()
        try:
            stale = self._run()
        except ReactiveError as e:
            refuse(e)
        sys.exit(STALE if stale and self.check else 0)

    def _run(self) -> bool:
        """Whether the block was not as it had to be."""
        if len(self.extra_args) > 1:
            raise InvalidRequest(_("Name one folder."))
        folder = Path(*self.extra_args[:1])
        if not folder.is_dir():
            raise InvalidRequest(
                _("There is no folder “{name}”.").format(name=folder), _("Check the spelling.")
            )
        if Path(self.file).name != self.file:
            raise InvalidRequest(
                _("“{name}” is not in the folder, from which the links of the block lead.").format(
                    name=self.file
                ),
                _("Name the folder of the README too: jupyter reactive readme FOLDER"),
            )
        path = (folder / self.file).resolve()
        old = _read(path)
        project = look(folder, self.remote or "origin")
        if not project.notebooks:
            raise NotebookMissing(
                _("There is no notebook in “{name}” that git knows.").format(name=folder),
                _("Add one: git add."),
            )
        block = block_of(project, self._wanted(project, made_for(old)))
        new = with_block(old, block.text)
        for sentence in block.left_out:
            print(sentence, file=sys.stderr)
        if not self.check and new != old:
            write_new(path, new, force=True, mode=_mode(path))
        if self.check:
            print("".join(_diff(old, new, path)), end="")
        else:
            print(f"{path}: {_('written') if new != old else _('as it was')}")
        return new != old

    def _wanted(self, project: Project, before: MadeFor | None) -> MadeFor:
        """What the block is to be made for: what the user says, else as before, else what is there.

        Raises:
            NoLink: an address is none.
        """
        wanted = before or MadeFor()
        here, told = _address(project.remote) if project.remote else ("", "")
        if self.check or (wanted.address and not self.remote):
            if here and here != wanted.address:
                print(
                    _(
                        "The remote here is {here}, the links of the README lead to {there}. To "
                        "take that of the remote: --remote {remote}"
                    ).format(here=here, there=wanted.address or _("none"), remote="origin"),
                    file=sys.stderr,
                )
        else:
            address = _public(here)
            ref = wanted.ref or project.branch if address else ""
            wanted = replace(wanted, address=address, ref=ref)
            if told:
                print(told, file=sys.stderr)
        if not wanted.address:
            print(
                _(
                    "The project has no public address yet, so that there are no links to Binder, "
                    "Colab and others. Run this again after: git remote add origin https://…"
                ),
                file=sys.stderr,
            )
        if self.hub is not None:
            wanted = replace(wanted, hub=server_root(self.hub) if self.hub else "")
        return replace(wanted, ref=self.ref or wanted.ref)


def _address(remote: str) -> tuple[str, str]:
    """The address of a remote that may stand in a README, and a word about what was left out."""
    repository, had_secret = repository_of(remote)
    told = (
        _(
            "The address of the remote holds a user name or password; the README does not. Take it "
            "out of the checkout too: git remote set-url origin {url}"
        ).format(url=repository.url)
        if had_secret
        else ""
    )
    return "" if repository.is_here else repository.url, told


def _public(address: str) -> str:
    """The address, if somebody without an account can clone from it or nobody can tell."""
    if not address:
        return ""
    answer = git.ask_as_stranger(address, "HEAD")
    if answer.ok:
        return address
    if answer.is_unreachable:
        print(
            _("{url} could not be asked whether strangers may read it.").format(url=address),
            file=sys.stderr,
        )
        return address
    print(
        _("Strangers cannot read {url}: it is private, or gone.").format(url=address),
        file=sys.stderr,
    )
    return ""


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as e:
        raise InvalidRequest(
            _("{path} cannot be read: {error}.").format(path=path, error=e),
            _("Save it as UTF-8, or name another file with --file."),
        ) from e


def _mode(path: Path) -> int | None:
    return path.stat().st_mode & 0o7777 if path.exists() else None


def _diff(old: str, new: str, path: Path) -> list[str]:
    lines = (old.splitlines(keepends=True), new.splitlines(keepends=True))
    return list(difflib.unified_diff(*lines, str(path), _("as it would be")))
