"""Which link there is for a platform, and what its author has to know before handing it out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import NoLink
from ..translation import _
from . import platforms
from .addresses import is_private, server_root
from .forms import NAMES, forms
from .lesson import Access, Lesson
from .platforms import BINDER_SERVER, GITHUB, JUPYTER_SUFFIX, Platform, View, What

# They show notebooks of Jupyter, and those show their links.
_JUPYTER_ONLY = frozenset({Platform.STUDIO_LAB, Platform.COLAB})
_GITHUB_ONLY = _JUPYTER_ONLY | {Platform.MOLAB}


@dataclass(frozen=True)
class Offer:
    """A link that can be handed out.

    Attributes:
        platform: where it leads.
        view: how the notebook is opened.
        path: of the notebook that it opens.
        url: the link.
        warnings: what its author should know first, in sentences.
    """

    platform: Platform
    view: View
    path: str
    url: str
    warnings: tuple[str, ...] = ()

    @property
    def forms(self) -> Mapping[str, str]:
        """The link in each form."""
        return forms(self.url, self.platform)

    def to_json(self) -> dict[str, Any]:
        """The offer for programs."""
        return {
            "platform": self.platform.value,
            **self.view.to_json(),
            "path": self.path,
            "forms": dict(self.forms),
            "warnings": list(self.warnings),
            "message": None,
            "remedy": None,
        }


def offer(lesson: Lesson, platform: Platform, view: View, server: str = "") -> Offer:
    """The link to a notebook of a repository.

    Args:
        lesson: the notebook.
        platform: where it leads; not a Hub alone, see `offer_on_hub`.
        view: how the notebook is opened.
        server: address of the Hub, or of a BinderHub that is not mybinder.org.

    Raises:
        NoLink: there can be none.
    """
    what = view.what
    path = _half(lesson, platform, what)
    _check_view(view, platform, path, lesson.cells)
    warnings = [*lesson.warnings, *_about_half(lesson, path)]
    if platform in _GITHUB_ONLY:
        warnings += _check_github(lesson, platform, what)
        build = {
            Platform.STUDIO_LAB: platforms.studio_lab,
            Platform.COLAB: platforms.colab,
            Platform.MOLAB: platforms.molab,
        }[platform]
        url = build(lesson.repository, lesson.ref, path)
    elif platform is Platform.BINDER:
        root = server_root(server or BINDER_SERVER)
        warnings += _check_binder(lesson, root)
        url = platforms.binder(lesson.repository, lesson.ref, path, view, root)
    else:
        hub = _hub(server)
        warnings += _check_nbgitpuller(lesson, hub)
        url = platforms.nbgitpuller(lesson.repository, lesson.ref, path, view, hub)
    return Offer(platform, view, path, url, (*warnings, *_about_code(view)))


def offer_on_hub(path: str, view: View, server: str, cells: Collection[str] | None = None) -> Offer:
    """The link to a notebook that everybody on a Hub has at the same place.

    Args:
        path: contents path of the notebook.
        view: how it is opened.
        server: address of the Hub.
        cells: names of its cells; None where they are not known.

    Raises:
        NoLink: there can be none.
    """
    _check_view(view, Platform.HUB, path, cells)
    if view.what is What.APP and path.endswith(JUPYTER_SUFFIX):
        raise _no_reactive_half(path)
    warning = _("Whoever follows the link needs a notebook of their own at “{path}”.").format(
        path=path
    )
    hub = _hub(server)
    url = platforms.user_redirect(path, view, hub)
    return Offer(Platform.HUB, view, path, url, (warning, *_about_server(hub), *_about_code(view)))


def _check_view(view: View, platform: Platform, path: str, cells: Collection[str] | None) -> None:
    """Raise for a cell that the link could not lead to, and code that could not be shown.

    Raises:
        NoLink: so it is.
    """
    if not view.cell and not view.with_code:
        return
    if view.with_code and view.what is not What.APP:
        raise NoLink(_("A notebook shows its code in any case."), _("Ask for the app: --app."))
    if platform in _GITHUB_ONLY:
        name = NAMES[platform]
        if not view.cell:
            raise NoLink(
                _("{platform} shows no app with its code.").format(platform=name),
                _("Choose Binder, nbgitpuller or a Hub for that."),
            )
        raise NoLink(
            _("{platform} opens a notebook at its beginning.").format(platform=name),
            _("Leave the cell out, or choose Binder, nbgitpuller or a Hub."),
        )
    if not view.cell:
        return
    if view.what is What.APP:
        raise NoLink(
            _("An app is shown from its beginning: it has no cells to link to."),
            _("Link to the notebook, or leave the cell out."),
        )
    if not path.endswith(".py"):
        raise NoLink(
            _("“{path}” has no names of cells.").format(path=path),
            _("Link to a reactive notebook (.py)."),
        )
    if cells is not None and view.cell not in cells:
        raise NoLink(
            _("There is no cell “{cell}” in what the link opens.").format(cell=view.cell),
            _("These have names: {names}.").format(names=", ".join(cells))
            if cells
            else _("Give the cell a name in the notebook; commit and push it."),
        )


def _about_code(view: View) -> list[str]:
    if not view.with_code:
        return []
    return [
        _(
            "The code is shown where the server lets it: c.AppServerLauncher.include_code = True "
            "in its configuration."
        )
    ]


def _half(lesson: Lesson, platform: Platform, what: What) -> str:
    """The path of the format that the platform opens."""
    if platform in _JUPYTER_ONLY:
        if lesson.jupyter_half is None:
            raise NoLink(
                _(
                    "{platform} opens notebooks of Jupyter alone; there is none beside “{path}”."
                ).format(platform=NAMES[platform], path=lesson.path),
                _("Make it, commit and push it: jupyter reactive convert {path}").format(
                    path=lesson.path
                ),
            )
        return lesson.jupyter_half
    if platform is Platform.MOLAB or what is What.APP:
        if lesson.reactive_half is None:
            raise _no_reactive_half(lesson.path)
        return lesson.reactive_half
    return lesson.path


def _no_reactive_half(path: str) -> NoLink:
    return NoLink(
        _("“{path}” is a notebook of Jupyter, and there is no reactive one beside it.").format(
            path=path
        ),
        _("Make it, commit and push it: jupyter reactive convert {path}").format(path=path),
    )


def _about_half(lesson: Lesson, path: str) -> list[str]:
    if path == lesson.path:
        return []
    return [_("The link opens “{path}”, the other format of the notebook.").format(path=path)]


def _check_github(lesson: Lesson, platform: Platform, what: What) -> list[str]:
    name = NAMES[platform]
    if lesson.repository.host != GITHUB:
        raise NoLink(
            _("{platform} opens notebooks from github.com alone.").format(platform=name),
            _("Push the repository there too, or choose Binder or nbgitpuller."),
        )
    if "/" in lesson.ref:
        raise NoLink(
            _("{platform} cannot tell the branch “{ref}” from a folder.").format(
                platform=name, ref=lesson.ref
            ),
            _("Take a tag, a commit or a branch without a slash."),
        )
    if what is What.APP and platform in _JUPYTER_ONLY:
        raise NoLink(
            _("{platform} shows no apps.").format(platform=name),
            _("Choose Binder, nbgitpuller or a Hub for the app."),
        )
    warnings = [*_about_access(lesson, name)]
    if what is What.APP:
        warnings.append(
            _("molab opens the notebook; its app is behind “Run as app” in the share menu.")
        )
    if platform is not Platform.STUDIO_LAB:
        warnings.append(
            _("{platform} takes the notebook alone, without the repository's other files.").format(
                platform=name
            )
        )
    return warnings


def _check_binder(lesson: Lesson, server: str) -> list[str]:
    is_public_binder = server == BINDER_SERVER
    if lesson.repository.is_here:
        raise _only_here(lesson)
    if is_public_binder and is_private(lesson.repository.host):
        raise NoLink(
            _("mybinder.org cannot reach {host}, which is known in its own network only.").format(
                host=lesson.repository.host
            ),
            _("Push the repository to a public place, or give the address of your own BinderHub."),
        )
    if is_public_binder and lesson.access is Access.PRIVATE:
        raise NoLink(
            _("mybinder.org builds public repositories alone; this one asks for a password."),
            _("Make it public, or give the address of a BinderHub that may read it."),
        )
    warnings = [*_about_access(lesson, "BinderHub"), *_about_host(lesson, "BinderHub")]
    if not lesson.has_us:
        warnings.append(
            _(
                "Nothing that Binder builds the image from names jupyter-reactive, without which "
                "the link ends nowhere. Add it: jupyter reactive setup binder"
            )
        )
    return warnings


def _check_nbgitpuller(lesson: Lesson, hub: str) -> list[str]:
    if lesson.repository.is_here:
        raise _only_here(lesson)
    if lesson.is_commit:
        raise NoLink(
            _("nbgitpuller follows branches, not the commit {ref}.").format(ref=lesson.ref[:10]),
            _("Take a branch that has been pushed."),
        )
    if lesson.is_tag:
        # It clones a tag, and looks for a branch of that name when the link is followed again.
        raise NoLink(
            _("nbgitpuller follows branches: the tag “{ref}” would open once alone.").format(
                ref=lesson.ref
            ),
            _("Make a branch of it and push that: git branch NAME {ref}").format(ref=lesson.ref),
        )
    return [
        *_about_access(lesson, "JupyterHub"),
        *_about_host(lesson, "JupyterHub"),
        *_about_server(hub),
    ]


def _about_access(lesson: Lesson, name: str) -> list[str]:
    if lesson.access is not Access.PRIVATE:
        return []
    return [
        _(
            "The repository asks for a password: {platform} shows it to those who may read it."
        ).format(platform=name)
    ]


def _about_host(lesson: Lesson, name: str) -> list[str]:
    host = lesson.repository.host
    if not is_private(host):
        return []
    return [
        _("{host} is known in its own network only; the {platform} must be in it.").format(
            host=host, platform=name
        )
    ]


def _about_server(server: str) -> list[str]:
    host = urlsplit(server).netloc
    if not is_private(host):
        return []
    return [_("{host} can be reached from its own network only.").format(host=host)]


def _only_here(lesson: Lesson) -> NoLink:
    return NoLink(
        _("The remote is a folder of this machine, {url}, which nobody else reaches.").format(
            url=lesson.repository.url
        ),
        _("Push the repository to a server."),
    )


def _hub(server: str) -> str:
    if not server:
        raise NoLink(
            _("A link to a Hub needs its address."),
            _("Give it as the browser shows it, for example https://hub.example.org/."),
        )
    return server_root(server)
