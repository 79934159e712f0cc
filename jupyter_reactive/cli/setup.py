"""``jupyter reactive setup``: writes what a place needs so that its users have the notebooks."""

from __future__ import annotations

import shlex
from pathlib import Path

from traitlets import Bool, Integer, Unicode

from .. import __version__
from ..errors import InvalidRequest, ReactiveError
from ..setup.places import PLACES, Options, Place, files_for
from ..setup.repo2docker import placed
from ..setup.writing import apply, changes
from ..translation import _
from .refusing import RefusingApp, refuse

DEFAULTS = Options()


class SetupApp(RefusingApp):
    """``jupyter reactive setup``: the files of one place."""

    name = "jupyter-reactive-setup"
    version = __version__
    description = f"""Write what a place needs for reactive notebooks, and say what is left to do.

    Places: {", ".join(PLACES)}. What others have written stays; run again, it changes nothing, or
    brings its own lines up to date. Exit status: 0 done, 2 refused, and then nothing is written.
    """
    examples = """
    jupyter reactive setup studiolab
    jupyter reactive setup vps --host notebooks.example.org --base-url /jupyter/ --basic-auth
    jupyter reactive setup jupyterhub --to /etc/jupyterhub --dry-run
    """
    aliases = {
        "to": "SetupApp.to",
        "port": "SetupApp.port",
        "host": "SetupApp.host",
        "base-url": "SetupApp.base_url",
        "user": "SetupApp.user",
        "image": "SetupApp.image",
    }
    flags = {
        "dry-run": ({"SetupApp": {"dry_run": True}}, "Show what would change; write nothing."),
        "basic-auth": (
            {"SetupApp": {"basic_auth": True}},
            "vps: nginx asks for a password before Jupyter does.",
        ),
    }

    to = Unicode(
        config=True,
        help="""
        The folder for the files. Default: "" (the current one; for studiolab the home).
        """,
    )
    dry_run = Bool(config=True, help="Whether to write nothing. Default: False.")
    port = Integer(
        DEFAULTS.port,
        min=1,
        max=65535,
        config=True,
        help="studiolab, vps: the port of the notebooks or of Jupyter. Default: 8888.",
    )
    host = Unicode(
        DEFAULTS.host,
        config=True,
        help="vps: the name under which browsers know the server. Default: notebooks.example.org.",
    )
    base_url = Unicode(
        DEFAULTS.base_url, config=True, help="vps: the path of Jupyter there. Default: /."
    )
    user = Unicode(
        DEFAULTS.user, config=True, help="vps: the account that runs Jupyter. Default: jupyter."
    )
    image = Unicode(
        DEFAULTS.image,
        config=True,
        help="z2jh: the image of users' servers. Default: example.org/reactive:1.",
    )
    basic_auth = Bool(
        config=True, help="vps: whether nginx asks for a password too. Default: False."
    )

    def start(self) -> None:
        """Write, or show what would be written."""
        super().start()
        try:
            self._set_up(self._place())
        except ReactiveError as e:
            refuse(e)

    def _place(self) -> Place:
        if len(self.extra_args) != 1 or self.extra_args[0] not in PLACES:
            raise InvalidRequest(_("Name one place: {places}.").format(places=", ".join(PLACES)))
        return PLACES[self.extra_args[0]]

    def _set_up(self, place: Place) -> None:
        options = Options(**{name: getattr(self, name) for name in vars(DEFAULTS)})
        folder = Path(self.to or place.folder).expanduser().absolute()
        files = files_for(place, options)
        planned = changes(placed(files, folder) if place.name == "binder" else files, folder)
        if self.dry_run:
            for change in planned:
                print(change.diff() or f"{change.path}: {_('as it was')}\n", end="")
            return
        apply(planned)
        for change in planned:
            if change.old is None:
                done = _("written")
            else:
                done = _("changed") if change.is_needed else _("as it was")
            print(f"{change.path}: {done}")
        print(_("What is left to do for {place}:").format(place=place.title))
        for step in place.next_steps:
            print(f"  {step.format(folder=shlex.quote(str(folder)), **vars(options))}")
