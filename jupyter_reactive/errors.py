"""Everything that can go wrong and that a user may read about.

Each error carries two sentences: ``message`` says what happened, ``remedy`` what the reader can
do next. The same words go into the page, the JSON reply and the log.

ReactiveError
├── InvalidRequest            the request itself makes no sense
│   ├── NameReserved          a parameter of an app has a name with another meaning
│   └── InvalidPath           the path has a form that no file can have
├── NotFound
│   ├── NotebookNotFound      there is no such file that may be shown
│   │   └── NotebookMissing   there is none at all; the others are hidden
│   ├── FolderNotFound        a notebook is to be made in a folder that is not there
│   ├── TemplateNotFound      the operator has no template of that name
│   ├── ServerNotFound        no server of that name
│   ├── ExportNotFound        no export of that id
│   └── SessionNotFound       no running session of that id
├── IsFolder                  a folder where a notebook was expected
├── OutsideRoot               the path leads out of the contents root
├── ForeignPage               a page of another site or user asks in the user's name
├── Unreadable                the operating system does not let us read or write it
├── NotANotebook              a file, but no marimo notebook
├── BrokenNotebook            a notebook whose Python or JSON does not parse
├── ForeignKernel             a notebook of Jupyter in another language than Python
├── ConversionFailed          a notebook of Jupyter that the converter gives up on
├── ExportFailed              a notebook that marimo does not export
│   └── PdfToolsMissing       what makes a PDF is not installed
├── NoLink                    others could not follow a link to the notebook
├── GitMissing                what only git knows is asked for
├── NoRelease                 nothing has been released that a notebook could be held against
├── TooLarge                  larger than the operator allows
├── HeadersTooLarge           the headers of a request are
├── TooSlow                   nothing comes of a request's body
├── TooManyRequests           as many requests are being answered as the operator allows
├── NotebookExists            the name is taken
├── SwitchedOff               the operator has taken it away
├── TooManySessions           as many notebooks are open as the operator allows
├── AppFull                   as many visitors use apps as the operator allows
├── NotebookMoving            a save while the notebook is taken along after its file
└── ServerError               the marimo server does not do what it should
    ├── StartFailed           it cannot be started: see start_errors.py
    ├── AppHeldBack           the app has ended its server too often
    └── ServerUnavailable     it stopped, or does not answer
"""

from __future__ import annotations

from .translation import _


class ReactiveError(Exception):
    """Base of all errors; ``message`` and ``remedy`` are sentences for people."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class InvalidRequest(ReactiveError):
    """The request itself makes no sense: no JSON, a missing field, a wrong type."""


class NameReserved(InvalidRequest):
    """A parameter in the address of an app has a name that means something else."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            _(
                "These names have another meaning and cannot be parameters of an app: {names}."
            ).format(names=", ".join(names)),
            _("Give the parameters in the link other names."),
        )


class InvalidPath(InvalidRequest):
    """The path or name has a form that no file of the contents root can have."""


class NotFound(ReactiveError):
    """What the request names is not there."""


class NotebookNotFound(NotFound):
    """There is no such file, or it is hidden and hidden files are not served."""


class NotebookMissing(NotebookNotFound):
    """There is no such file at all."""


class FolderNotFound(NotFound):
    """A notebook is to be made in a folder that is not there."""


class TemplateNotFound(NotFound):
    """The operator has configured no template of that name."""


class ServerNotFound(NotFound):
    """No server goes by that name."""


class ExportNotFound(NotFound):
    """No export has that id, or it was long ago."""


class SessionNotFound(NotFound):
    """No running session has that id."""


class IsFolder(ReactiveError):
    """A folder stands where a notebook was expected."""


class OutsideRoot(ReactiveError):
    """The path leads out of the contents root."""


class ForeignPage(ReactiveError):
    """A page of another site, or of another user of the same Hub, asks in the user's name."""


class Unreadable(ReactiveError):
    """The operating system does not let this user read or write the file."""


class NotANotebook(ReactiveError):
    """The file is there, but it is no marimo notebook."""


class BrokenNotebook(ReactiveError):
    """The file is a notebook whose Python, or for one of Jupyter whose JSON, does not parse."""


class ForeignKernel(ReactiveError):
    """The file is a notebook of Jupyter in another language than Python."""


class ConversionFailed(ReactiveError):
    """A notebook takes too long to convert, too much memory, or the converter has a fault."""


class ExportFailed(ReactiveError):
    """A notebook takes too long to export, or marimo cannot do it."""


class PdfToolsMissing(ExportFailed):
    """What makes a PDF is not installed where the notebooks run."""

    def __init__(self, what: str) -> None:
        super().__init__(
            _("A PDF cannot be made: {what} is missing in the notebooks' environment.").format(
                what=what
            ),
            _(
                "Install it there: pip install 'nbconvert[webpdf]', then "
                "python -m playwright install --with-deps chromium; or pandoc and TeX (xelatex)."
            ),
        )


class NoLink(ReactiveError):
    """No link can be handed out that would bring others to the notebook."""


class GitMissing(ReactiveError):
    """There is no git, and nothing else knows of repositories."""

    def __init__(self) -> None:
        super().__init__(
            _("git is not installed here, and nothing else knows the notebook's repository."),
            _("Install it in the environment of Jupyter."),
        )


class NoRelease(ReactiveError):
    """Nothing has been released that a notebook could be held against."""


class TooLarge(ReactiveError):
    """The file is larger than the operator allows to open as a notebook."""


class HeadersTooLarge(ReactiveError):
    """The headers of a request are larger than the operator allows."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            _("The headers of the request are larger than {limit:,} bytes.").format(limit=limit),
            _("Delete this site's cookies in the browser, or shorten the address."),
        )


class TooSlow(ReactiveError):
    """Nothing has come of a request's body for too long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            _("Nothing of the request has arrived for {seconds:g} seconds.").format(
                seconds=seconds
            ),
            _("Try again where the network is better, or send less at once."),
        )


class TooManyRequests(ReactiveError):
    """As many requests are being answered as the operator allows."""

    # Seconds until the next try has a chance.
    retry_after = 1

    def __init__(self) -> None:
        super().__init__(
            _("Too many requests to reactive notebooks are being answered already."),
            _("Wait a moment and try again; close pages that you do not need."),
        )


class NotebookExists(ReactiveError):
    """A file of that name is there already, and nothing is overwritten."""


class SwitchedOff(ReactiveError):
    """The operator has taken away what is asked for."""


class TooManySessions(ReactiveError):
    """As many notebooks are open as the operator allows."""

    def __init__(self, limit: int, names: list[str]) -> None:
        super().__init__(
            _("No more than {limit} notebooks may be open at the same time.").format(limit=limit),
            _("Shut one of these down in JupyterLab's Running panel: {names}.").format(
                names=", ".join(names)
            ),
        )


class AppFull(ReactiveError):
    """As many visitors use apps as the operator allows."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            _("{limit} visitors are here already, and there is room for no more.").format(
                limit=limit
            ),
            _("This page goes on by itself as soon as somebody leaves."),
        )


class NotebookMoving(ReactiveError):
    """A page saves while its notebook is being taken along after its file."""


class ServerError(ReactiveError):
    """A marimo server does not do what it should."""


class AppHeldBack(ServerError):
    """An app has ended its server again and again."""

    def __init__(self, path: str, count: int) -> None:
        super().__init__(
            _("“{path}” has ended unexpectedly {count} times and is not started by itself.").format(
                path=path, count=count
            ),
            _("Tell whoever made it; or try again."),
        )


class ServerUnavailable(ServerError):
    """The marimo server stopped, or does not answer."""
