"""A notebook in its repository: where it is for others, and whether they would find it there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path, PurePosixPath

from ..errors import BrokenNotebook, ForeignKernel, NoLink, NotANotebook
from ..notebooks.content import content_of
from ..notebooks.convert.read import read
from ..notebooks.marimo import NOTEBOOK_SUFFIXES
from ..notebooks.reactive_file import read_reactive
from ..notebooks.recognise import recognise_source
from ..translation import _
from . import git
from .addresses import Repository, repository_of
from .image import names_us
from .platforms import JUPYTER_SUFFIX

REACTIVE_SUFFIX = ".py"
# What git has in place of such a file: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_LFS = b"version https://git-lfs.github.com/spec/"


class Access(Enum):
    """Who may read a repository."""

    PUBLIC = "public"
    PRIVATE = "private"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Lesson:
    """A notebook in a repository, at the commit that a link would lead to.

    Attributes:
        repository: as others see it.
        ref: the branch or tag, or a commit.
        is_commit: whether it is a commit, which no platform can follow to newer ones.
        path: of the notebook in the repository.
        twin: path of the same notebook in the other format beside it; None where there is none.
        access: who may read the repository.
        has_us: whether what repo2docker reads names this package.
        is_tag: whether the ref is a tag.
        warnings: what the author should know, in sentences.
        cells: names of the cells of a reactive notebook (`.py`), in its order.
    """

    repository: Repository
    ref: str
    is_commit: bool
    path: str
    twin: str | None
    access: Access
    has_us: bool
    is_tag: bool = False
    warnings: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()

    @property
    def jupyter_half(self) -> str | None:
        """The path of the notebook in Jupyter's format."""
        return next((path for path in self._paths if path.endswith(JUPYTER_SUFFIX)), None)

    @property
    def reactive_half(self) -> str | None:
        """The path of the reactive notebook."""
        return next((path for path in self._paths if not path.endswith(JUPYTER_SUFFIX)), None)

    @property
    def _paths(self) -> tuple[str, ...]:
        return (self.path,) if self.twin is None else (self.path, self.twin)


def find(notebook: Path, ref: str = "", remote: str = "") -> Lesson:
    """Look a notebook up in its repository; asks the remote, if it can be reached.

    Args:
        notebook: a file of this machine.
        ref: branch, tag or commit; empty for the branch that is checked out.
        remote: git's name for the remote; empty for that of the branch.

    Raises:
        NoLink: it is in no repository, not in what has been pushed, or the repository is gone.
        NotANotebook: what others would find there is no notebook.
        BrokenNotebook: it is one that does not parse.
    """
    folder = notebook.parent
    if not notebook.is_file():
        raise NoLink(
            _("There is no file “{name}”.").format(name=notebook), _("Check the spelling.")
        )
    if notebook.is_symlink():
        raise NoLink(
            _("“{name}” is a link to another file.").format(name=notebook.name),
            _("Name that file."),
        )
    top = git.ask(folder, "rev-parse", "--show-toplevel")
    if not top.ok:
        raise _no_checkout(notebook, top)
    root = Path(top.text)
    path = PurePosixPath(folder.resolve().relative_to(root.resolve()), notebook.name).as_posix()
    remote = remote or _remote_of(root)
    repository, had_secret = repository_of(_address(root, remote))
    warnings = []
    if had_secret:
        warnings.append(
            _(
                "The address of the remote “{remote}” holds a user name or password. The link "
                "leaves it out; take it out of the checkout too: git remote set-url {remote} {url}"
            ).format(remote=remote, url=repository.url)
        )
    pushed = _Pushed.look(root, remote, repository, ref)
    warnings += pushed.warnings
    content = git.ask(root, "cat-file", "blob", f"{pushed.commit}:{path}")
    if not content.ok:
        raise _not_there(root, path, pushed)
    _require_notebook(path, content.out)
    if not git.ask(root, "diff", "--quiet", pushed.commit, "--", path).ok:
        warnings.append(
            _(
                "“{path}” differs here from what the link opens. Commit and push it, if students "
                "are to see it."
            ).format(path=path)
        )
    return Lesson(
        repository,
        pushed.ref,
        pushed.is_commit,
        path,
        _twin(root, pushed.commit, path),
        pushed.access,
        names_us(root, pushed.commit),
        pushed.is_tag,
        tuple(warnings),
        cell_names(path, content.out),
    )


def cell_names(path: str, content: bytes) -> tuple[str, ...]:
    """The names of a reactive notebook's cells, in its order; none for a file of another kind.

    Args:
        path: of the notebook.
        content: of the file.

    Raises:
        BrokenNotebook: it is no Python.
        NotANotebook: it is Python, but no notebook.
    """
    if not path.endswith(REACTIVE_SUFFIX) or not content.strip():
        return ()
    cells = read_reactive(content.decode("utf-8", "replace")).cells
    return tuple(dict.fromkeys(cell.name for cell in cells if cell.name))


def cells_here(notebook: Path) -> tuple[str, ...]:
    """The names of the cells of a notebook of this machine, see `cell_names`.

    Raises:
        Unreadable: the file cannot be read.
    """
    return cell_names(notebook.name, content_of(notebook))


@dataclass(frozen=True)
class _Pushed:
    """What the remote has of a ref."""

    ref: str
    commit: str
    is_commit: bool
    access: Access
    is_tag: bool = False
    warnings: tuple[str, ...] = ()

    @classmethod
    def look(cls, root: Path, remote: str, repository: Repository, ref: str) -> _Pushed:
        """Ask the remote, as a stranger and then as the user; where it is silent, the checkout."""
        ref = ref or _branch(root, remote)
        patterns = (f"refs/heads/{ref}", f"refs/tags/{ref}", f"refs/tags/{ref}^{{}}")
        access = Access.PUBLIC
        answer = git.ask_as_stranger(repository.url, "HEAD", *patterns)
        if not answer.ok:
            access = Access.PRIVATE
            strangers, answer = answer, git.ask_as_user(root, remote, "HEAD", *patterns)
            if not answer.ok:
                if not (answer.is_unreachable or strangers.is_unreachable):
                    raise NoLink(
                        _("There is no repository at {url}, or you may not read it.").format(
                            url=repository.url
                        ),
                        _("Check its address: git remote -v. Make it again, or push it elsewhere."),
                    )
                return cls._remembered(root, remote, repository, ref)
        commits = {
            name: commit
            for commit, _tab, name in (line.partition("\t") for line in answer.text.splitlines())
        }
        found = next((commits[name] for name in reversed(patterns) if name in commits), None)
        if found is None:
            return cls._commit(root, remote, ref, access)
        is_tag = patterns[0] not in commits
        if git.ask(root, "cat-file", "-e", f"{found}^{{commit}}").ok:
            return cls(ref, found, is_commit=False, access=access, is_tag=is_tag)
        commit = cls._last_seen(root, remote, ref)
        if commit is None:
            raise NoLink(
                _("“{ref}” is at {url}, but not here, and cannot be looked into.").format(
                    ref=ref, url=repository.url
                ),
                _("Get it: git fetch {remote} {ref}").format(remote=remote, ref=ref),
            )
        newer = _("“{ref}” is newer at {url} than here. Check it after: git fetch {remote}").format(
            ref=ref, url=repository.url, remote=remote
        )
        return cls(ref, commit, is_commit=False, access=access, is_tag=is_tag, warnings=(newer,))

    @classmethod
    def _commit(cls, root: Path, remote: str, ref: str, access: Access) -> _Pushed:
        """A ref that the remote has under no name: a commit of it, or nothing that it knows."""
        commit = git.ask(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        branches = f"--remotes={remote}"
        if (
            commit.ok
            and commit.text.startswith(ref)
            and git.ask(root, "rev-list", "-1", commit.text, "--not", branches).text == ""
        ):
            return cls(commit.text, commit.text, is_commit=True, access=access)
        raise NoLink(
            _("“{ref}” has not been pushed to “{remote}”.").format(ref=ref, remote=remote),
            _("Push it: git push -u {remote} {ref}").format(remote=remote, ref=ref),
        )

    @classmethod
    def _remembered(cls, root: Path, remote: str, repository: Repository, ref: str) -> _Pushed:
        """What the checkout knows of the remote."""
        warning = _(
            "{url} could not be asked: whether students find the notebook there is not certain."
        ).format(url=repository.url)
        commit = cls._last_seen(root, remote, ref)
        if commit is None:
            return replace(cls._commit(root, remote, ref, Access.UNKNOWN), warnings=(warning,))
        is_tag = not git.ask(root, "show-ref", "--quiet", f"refs/remotes/{remote}/{ref}").ok
        return cls(
            ref,
            commit,
            is_commit=False,
            access=Access.UNKNOWN,
            is_tag=is_tag,
            warnings=(warning,),
        )

    @classmethod
    def _last_seen(cls, root: Path, remote: str, ref: str) -> str | None:
        """The commit that the remote had under a name when it was fetched or pushed to last."""
        for name in (f"refs/remotes/{remote}/{ref}", f"refs/tags/{ref}"):
            commit = git.ask(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
            if commit.ok:
                return commit.text
        return None


def _no_checkout(notebook: Path, answer: git.Answer) -> NoLink:
    if answer.is_distrusted:
        return NoLink(*git.distrust(notebook))
    return NoLink(
        _("“{name}” is in no git repository, from which students could get it.").format(
            name=notebook.name
        ),
        _("Put its folder into one: git init; or link to your Hub, where everybody has the file."),
    )


def _branch(root: Path, remote: str) -> str:
    """The remote's name for the branch that is checked out, or the commit where none is."""
    branch = git.ask(root, "symbolic-ref", "--short", "--quiet", "HEAD")
    if not branch.ok:
        return git.ask(root, "rev-parse", "HEAD").text
    followed = git.ask(root, "config", f"branch.{branch.text}.remote").text
    merge = git.ask(root, "config", f"branch.{branch.text}.merge")
    if merge.ok and followed == remote:
        return merge.text.removeprefix("refs/heads/")
    return branch.text


def _remote_of(root: Path) -> str:
    branch = git.ask(root, "symbolic-ref", "--short", "--quiet", "HEAD").text
    followed = git.ask(root, "config", f"branch.{branch}.remote").text
    remotes = git.ask(root, "remote").text.splitlines()
    for name in (followed, "origin", *remotes[:1]):
        if name in remotes:
            return name
    raise NoLink(
        _("The repository has been pushed nowhere: it has no remote."),
        _("Make one where students can read it, then: git remote add origin https://…; git push."),
    )


def _address(root: Path, remote: str) -> str:
    # As it is written: `insteadOf` is how this machine goes there, not how others do.
    address = git.ask(root, "config", "--get", f"remote.{remote}.url")
    if not address.ok:
        raise NoLink(
            _("The repository has no remote “{remote}”.").format(remote=remote),
            _("Choose one of those that “git remote” shows."),
        )
    return address.text


def _not_there(root: Path, path: str, pushed: _Pushed) -> NoLink:
    if git.ask(root, "cat-file", "-e", f"HEAD:{path}").ok:
        return NoLink(
            _("“{path}” is committed, but not in what “{ref}” is for others.").format(
                path=path, ref=pushed.ref
            ),
            _("Push it: git push"),
        )
    return NoLink(
        _("“{path}” is not in the repository.").format(path=path),
        _("Add it: git add, git commit, git push."),
    )


def _require_notebook(path: str, content: bytes) -> None:
    """Raise for what is no notebook at the commit.

    Raises:
        NotANotebook: it is none.
        BrokenNotebook: it is one that does not parse.
    """
    if content.startswith(_LFS):
        raise NotANotebook(
            _("“{path}” is kept in git LFS, which most platforms do not ask.").format(path=path),
            _("Keep notebooks in git itself: git lfs untrack, git add, git commit, git push."),
        )
    suffix = PurePosixPath(path).suffix
    if suffix == JUPYTER_SUFFIX:
        try:
            read(content)
        except ForeignKernel:
            return
        return
    recognition = recognise_source(suffix, content)
    if suffix not in NOTEBOOK_SUFFIXES or not recognition.reactive:
        raise NotANotebook(
            _("“{path}” is no notebook.").format(path=path),
            _("Link to a reactive notebook (.py) or one of Jupyter (.ipynb)."),
        )
    if recognition.error:
        raise BrokenNotebook(
            _("The Python of “{path}” is broken: line {line}: {error}").format(
                path=path, line=recognition.line, error=recognition.error
            ),
            _("Mend that line, commit and push it."),
        )


def _twin(root: Path, commit: str, path: str) -> str | None:
    """The same notebook in the other format beside it, if it is one."""
    other = REACTIVE_SUFFIX if path.endswith(JUPYTER_SUFFIX) else JUPYTER_SUFFIX
    twin = PurePosixPath(path).with_suffix(other).as_posix()
    content = git.ask(root, "cat-file", "blob", f"{commit}:{twin}")
    if not content.ok:
        return None
    try:
        _require_notebook(twin, content.out)
    except (NotANotebook, BrokenNotebook):
        return None
    return twin
