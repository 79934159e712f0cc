"""What a link to a notebook looks like on each platform. Pure: asks nobody, checks nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote, urlencode

from ..notebooks.marimo import SHOW_CODE_QUERY
from .addresses import Repository

BINDER_SERVER = "https://mybinder.org/"
GITHUB, GITLAB = "github.com", "gitlab.com"
JUPYTER_SUFFIX = ".ipynb"
# In a link to a notebook, the name of the cell that it shows first.
CELL_QUERY = "reactive-cell"


class Platform(str, Enum):
    """Where a link may lead."""

    BINDER = "binder"
    NBGITPULLER = "nbgitpuller"
    HUB = "hub"
    STUDIO_LAB = "studiolab"
    COLAB = "colab"
    MOLAB = "molab"


class What(str, Enum):
    """As what a notebook is opened."""

    NOTEBOOK = "notebook"
    APP = "app"


@dataclass(frozen=True)
class View:
    """How a notebook is opened.

    Attributes:
        what: as what.
        cell: name of the cell that a notebook shows first; empty for its beginning.
        with_code: whether an app shows its code.
    """

    what: What
    cell: str = ""
    with_code: bool = False

    @property
    def query(self) -> str:
        """What follows the route, from the `?` on."""
        words = {CELL_QUERY: self.cell} if self.cell else {}
        if self.with_code:
            words = {SHOW_CODE_QUERY: "true"}
        return f"?{urlencode(words)}" if words else ""

    def to_json(self) -> dict[str, Any]:
        """The view for programs."""
        return {"what": self.what.value, "cell": self.cell, "code": self.with_code}


def route(path: str, view: View) -> str:
    """The route that opens a notebook, quoted, below a Jupyter server's base URL.

    Args:
        path: contents path of the notebook; one of Jupyter's opens in JupyterLab.
        view: how it is opened.
    """
    return _place(path, view) + view.query


def _place(path: str, view: View) -> str:
    if view.what is What.APP:
        return f"reactive/run/{quote(path)}/"
    if path.endswith(JUPYTER_SUFFIX):
        return f"lab/tree/{quote(path)}"
    return f"reactive/open/{quote(path)}"


def binder(
    repository: Repository, ref: str, path: str, view: View, server: str = BINDER_SERVER
) -> str:
    """A link that builds the repository on a BinderHub and opens the notebook.

    The providers `gh`, `gl` and `git`: BinderHub's RepoProviders, which read the rest of the path
    as it was sent, the last two unquoted, https://binderhub.readthedocs.io/en/latest/api.html.
    `urlpath` is put behind the user's server as it is, so that the route in it is quoted for
    itself: https://mybinder.readthedocs.io/en/latest/howto/user_interface.html.
    """
    if repository.host == GITHUB:
        spec = f"gh/{quote(repository.namespace)}/{quote(repository.name)}"
    elif repository.host == GITLAB:
        spec = f"gl/{quote(f'{repository.namespace}/{repository.name}', safe='')}"
    else:
        spec = f"git/{quote(repository.url, safe='')}"
    query = urlencode({"urlpath": route(path, view)})
    return f"{server}v2/{spec}/{quote(ref)}?{query}"


def nbgitpuller(repository: Repository, ref: str, path: str, view: View, hub: str) -> str:
    """A link that pulls and merges the repository on a Hub, then opens the notebook.

    https://nbgitpuller.readthedocs.io/en/latest/topic/url-options.html: the folder is named after
    the end of the address, `.git` included, unless `targetPath` says something else.
    """
    options = {"repo": repository.url}
    # It knows the repository's own first branch, and none of that name.
    if ref != "HEAD":
        options["branch"] = ref
    if repository.url.endswith(".git"):
        options["targetPath"] = repository.name
    options["urlpath"] = route(f"{repository.name}/{path}", view)
    return f"{hub}hub/user-redirect/git-pull?{urlencode(options)}"


def user_redirect(path: str, view: View, hub: str) -> str:
    """A link to a notebook in the files of whoever follows it, on a Hub.

    https://jupyterhub.readthedocs.io/en/latest/reference/urls.html#user-redirect: the Hub unquotes
    the path and sends the browser there as it is then, so that it is quoted twice; the query it
    hands on.

    Args:
        path: contents path of the notebook.
        view: how it is opened.
        hub: address of the Hub.
    """
    return f"{hub}hub/user-redirect/{quote(_place(path, view))}{view.query}"


def studio_lab(repository: Repository, ref: str, path: str) -> str:
    """A link to a notebook of Jupyter on GitHub, to be copied into a project of Studio Lab.

    https://github.com/aws/studio-lab-examples/tree/main/open-in-studio-lab
    """
    return f"https://studiolab.sagemaker.aws/import/github/{_on_github(repository, ref, path)}"


def colab(repository: Repository, ref: str, path: str) -> str:
    """A link to a notebook of Jupyter on GitHub, in Colab.

    https://colab.research.google.com/github/googlecolab/colabtools/blob/main/notebooks/colab-github-demo.ipynb
    """
    return f"https://colab.research.google.com/github/{_on_github(repository, ref, path)}"


def molab(repository: Repository, ref: str, path: str) -> str:
    """A link to a reactive notebook on GitHub, in molab.

    https://docs.marimo.io/guides/molab/#share-open-in-molab-badges
    """
    return f"https://molab.marimo.io/github/{_on_github(repository, ref, path)}"


def _on_github(repository: Repository, ref: str, path: str) -> str:
    return f"{quote(repository.namespace)}/{quote(repository.name)}/blob/{quote(ref)}/{quote(path)}"
