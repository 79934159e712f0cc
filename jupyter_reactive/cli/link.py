"""``jupyter reactive link``: one address that brings students into a notebook."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from traitlets import Bool, Enum, Unicode

from .. import __version__
from ..errors import NoLink, ReactiveError
from ..links.catalogue import Refusal
from ..links.forms import FORMS
from ..links.lesson import cells_here, find
from ..links.offers import Offer, offer, offer_on_hub
from ..links.platforms import Platform, View, What
from ..translation import _
from .refusing import REFUSED, RefusingApp

DONE, WARNED = 0, 1


class LinkApp(RefusingApp):
    """``jupyter reactive link``: prints a link, after a look at whether others could follow it."""

    name = "jupyter-reactive-link"
    version = __version__
    description = """Make a link that opens a notebook on Binder, a Hub, Colab and others.

    Looks the notebook up in its git repository: its remote, the branch, whether it is pushed. What
    the author should know first goes to the standard error. Exit status: 0 a link, 1 a link with a
    warning, 2 none.
    """
    examples = """
    jupyter reactive link lesson.py
    jupyter reactive link lesson.py --app --form markdown
    jupyter reactive link lesson.py --cell exercise_2
    jupyter reactive link lecture.py --app --code
    jupyter reactive link lesson.py --platform nbgitpuller --server https://hub.example.org
    jupyter reactive link lesson.py --platform colab --ref v1.0 --json
    """
    aliases = {
        "platform": "LinkApp.platform",
        "form": "LinkApp.form",
        "server": "LinkApp.server",
        "ref": "LinkApp.ref",
        "remote": "LinkApp.remote",
        "root": "LinkApp.root",
        "cell": "LinkApp.cell",
    }
    flags = {
        "app": ({"LinkApp": {"app": True}}, "Open the notebook as an app."),
        "code": (
            {"LinkApp": {"code": True}},
            "Show the app with its code, where it may be.",
        ),
        "json": ({"LinkApp": {"as_json": True}}, "Print the link in every form as JSON."),
    }

    platform = Enum(
        [platform.value for platform in Platform],
        Platform.BINDER.value,
        config=True,
        help="""
        Where the link leads: binder; nbgitpuller (pulls the repository into the user's files on a
        Hub); hub (a file that everybody there has); studiolab and colab (the notebook's .ipynb
        half, from GitHub); molab (from GitHub). Default: binder.
        """,
    )
    form = Enum(
        list(FORMS),
        FORMS[0],
        config=True,
        help="The form: url, markdown, html or rst; all but url are badges. Default: url.",
    )
    server = Unicode(
        config=True,
        help="""
        The address of the Hub, for nbgitpuller and hub; or of a BinderHub. Any of its addresses
        will do. Default: "" (https://mybinder.org for binder; a Hub has to be named).
        """,
    )
    ref = Unicode(
        config=True,
        help="""
        The branch, tag or commit that the link opens. Default: "" (the branch that is checked out).
        """,
    )
    remote = Unicode(
        config=True,
        help="""
        git's name for the remote that students read. Default: "" (the branch's own, else origin).
        """,
    )
    root = Unicode(
        config=True,
        help="""
        The folder that Jupyter shows, for a link to a file that everybody on a Hub has. Default:
        "" (the home folder).
        """,
    )
    app = Bool(config=True, help="Whether the notebook opens as an app. Default: False.")
    cell = Unicode(
        config=True,
        help="""
        The name of the cell that the notebook shows first, on binder, nbgitpuller and hub. Default:
        "" (its beginning).
        """,
    )
    code = Bool(config=True, help="Whether the app shows its code. Default: False.")
    as_json = Bool(config=True, help="Whether to print JSON. Default: False.")

    def start(self) -> None:
        """Print the link, or say why there is none, and exit with the status."""
        super().start()
        if len(self.extra_args) != 1:
            self.print_help()
            sys.exit(REFUSED)
        try:
            made = self._offer(Path(self.extra_args[0]))
        except ReactiveError as e:
            if self.as_json:
                print(json.dumps(Refusal(*self._wanted, e).to_json(), indent=2))
            else:
                print(e, file=sys.stderr)
            sys.exit(REFUSED)
        if self.as_json:
            print(json.dumps(made.to_json(), indent=2))
        else:
            print(made.forms[self.form])
            for warning in made.warnings:
                print(warning, file=sys.stderr)
        sys.exit(WARNED if made.warnings else DONE)

    @property
    def _wanted(self) -> tuple[Platform, View]:
        what = What.APP if self.app else What.NOTEBOOK
        return Platform(self.platform), View(what, self.cell, with_code=self.code)

    def _offer(self, notebook: Path) -> Offer:
        platform, view = self._wanted
        if platform is Platform.HUB:
            path = self._contents_path(notebook)
            cells = cells_here(notebook) if self.cell else None
            return offer_on_hub(path, view, self.server, cells)
        return offer(find(notebook.absolute(), self.ref, self.remote), platform, view, self.server)

    def _contents_path(self, notebook: Path) -> str:
        """Where the notebook is for Jupyter.

        Raises:
            NoLink: it is not there, or outside of what Jupyter shows.
        """
        if not notebook.is_file():
            raise NoLink(
                _("There is no file “{name}”.").format(name=notebook), _("Check the spelling.")
            )
        root = Path(self.root).expanduser() if self.root else Path.home()
        try:
            return notebook.resolve().relative_to(root.resolve()).as_posix()
        except ValueError as e:
            raise NoLink(
                _("“{name}” is not in {root}, the folder that Jupyter shows.").format(
                    name=notebook, root=root
                ),
                _("Name the folder: --root."),
            ) from e
