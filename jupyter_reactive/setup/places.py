"""The places that can be set up: which files each needs, and what is left to do there by hand."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .. import __version__
from ..errors import InvalidRequest
from ..translation import _
from .blocks import SetupFile

TEMPLATES = Path(__file__).parent / "templates"
# So that no linter takes a template for a program.
_SUFFIX = ".in"


class _Template(string.Template):
    """`@@{name}`: neither a shell nor Python, nginx, YAML or systemd writes that."""

    delimiter = "@@"


@dataclass(frozen=True)
class Place:
    """Where people use Jupyter.

    Attributes:
        name: what it is called on the command line.
        title: what people call it.
        shared: the files that others write into too.
        folder: where the files go when nobody says.
        next_steps: what is left to do, with the folder in place of `{folder}`, and the user's
            options.
    """

    name: str
    title: str
    next_steps: tuple[str, ...]
    shared: frozenset[str] = frozenset()
    folder: str = "."


@dataclass(frozen=True)
class Options:
    """What a user may say of the place.

    Attributes:
        port: the port of Jupyter, or the one at which the notebooks are served.
        host: the name under which browsers know the machine.
        base_url: the path under which they find Jupyter.
        user: the account that runs Jupyter.
        image: the name of the container image, with its tag.
        basic_auth: whether nginx asks for a password before Jupyter does.
    """

    port: int = 8888
    host: str = "notebooks.example.org"
    base_url: str = "/"
    user: str = "jupyter"
    image: str = "example.org/reactive:1"
    basic_auth: bool = False


# What each may be: they stand in files that shells, nginx and systemd read.
_SHAPES: Mapping[str, tuple[str, Callable[[Options], str]]] = {
    "--host": (r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", lambda options: options.host),
    "--base-url": (r"/((?!\.{1,2}/)[A-Za-z0-9._~@%-]+/)*", lambda options: options.base_url),
    "--user": (r"[a-z_][a-z0-9_-]*", lambda options: options.user),
    "--image": (r"[A-Za-z0-9][A-Za-z0-9._/:-]*:[A-Za-z0-9._-]+", lambda options: options.image),
}

PLACES = {
    place.name: place
    for place in (
        Place(
            "studiolab",
            "SageMaker Studio Lab",
            (
                _("Once: {folder}/setup-marimo.sh"),
                _("Each time, in a terminal of JupyterLab: {folder}/start-marimo.sh [NOTEBOOK]"),
            ),
            folder="~",
        ),
        Place(
            "sagemaker",
            "SageMaker Studio",
            (
                _(
                    "Make {folder}/on-start.sh a lifecycle configuration of the kind JupyterLab: "
                    "aws sagemaker create-studio-lifecycle-config --studio-lifecycle-config-name "
                    "jupyter-reactive --studio-lifecycle-config-app-type JupyterLab "
                    '--studio-lifecycle-config-content "$(openssl base64 -A -in '
                    '{folder}/on-start.sh)"'
                ),
                _("Attach it to the domain or to a user profile, and start the space again."),
            ),
        ),
        Place(
            "jupyterhub",
            "JupyterHub",
            (
                _("Install jupyter-reactive where users' servers run, not on the Hub."),
                _("Start the Hub again with {folder}/jupyterhub_config.py."),
            ),
            frozenset({"jupyterhub_config.py"}),
        ),
        Place(
            "tljh",
            "The Littlest JupyterHub",
            (
                _("sudo /opt/tljh/hub/bin/python -m pip install {folder}/tljh-reactive"),
                _("sudo -E /opt/tljh/user/bin/python -m pip install jupyter-reactive"),
                _("sudo tljh-config reload hub"),
            ),
        ),
        Place(
            "z2jh",
            "Zero to JupyterHub",
            (
                _("docker build -t {image} {folder} && docker push {image}"),
                _(
                    "helm upgrade RELEASE jupyterhub/jupyterhub --namespace NAMESPACE --version "
                    "VERSION --values config.yaml --values {folder}/reactive-values.yaml, where "
                    "“helm list --all-namespaces” shows the words in capitals."
                ),
            ),
        ),
        Place(
            "binder",
            "Binder",
            (
                _("Commit what was written, and push it."),
                _("Links end with ?urlpath=reactive/open/PATH; with reactive/run/PATH for an app."),
            ),
            frozenset({"binder/requirements.txt", "binder/postBuild"}),
        ),
        Place(
            "vps",
            _("a server of your own"),
            (
                _(
                    "As {user}: python3 -m venv ~/.venv && ~/.venv/bin/pip install jupyterlab "
                    "jupyter-reactive && ~/.venv/bin/jupyter server password"
                ),
                _(
                    "As {user}: mkdir -p ~/.jupyter && cp -i {folder}/jupyter_server_config.py "
                    "~/.jupyter/"
                ),
                _(
                    "sudo cp {folder}/jupyter-reactive.service /etc/systemd/system/ && sudo "
                    "systemctl daemon-reload && sudo systemctl enable --now jupyter-reactive"
                ),
                _(
                    "A certificate, before nginx hears of it: sudo certbot certonly --nginx -d "
                    "{host}"
                ),
                _("With --basic-auth: sudo htpasswd -c /etc/nginx/jupyter-reactive.htpasswd NAME"),
                _(
                    "sudo cp {folder}/jupyter-reactive-nginx.conf /etc/nginx/conf.d/ && sudo nginx "
                    "-t && sudo systemctl reload nginx"
                ),
                _("Open https://{host}{base_url}reactive/"),
                _("Or, in place of the first three, a container: docker build -t IMAGE {folder}"),
            ),
        ),
    )
}


def files_for(place: Place, options: Options) -> list[SetupFile]:
    """The files that a place needs.

    Args:
        place: one of `PLACES`.
        options: what the user says of it.

    Raises:
        InvalidRequest: an option does not look as such a thing does.
    """
    for flag, (shape, value) in _SHAPES.items():
        if not re.fullmatch(shape, value(options)):
            raise InvalidRequest(
                _("{flag} cannot be “{value}”.").format(flag=flag, value=value(options)),
                _("It begins and ends with a slash.") if flag == "--base-url" else "",
            )
    words = {
        **{name: str(value) for name, value in vars(options).items()},
        "version": __version__,
        "image_name": options.image.rpartition(":")[0],
        "image_tag": options.image.rpartition(":")[2],
        "basic_auth": _BASIC_AUTH if options.basic_auth else "",
        "hub_config": _read(TEMPLATES / f"jupyterhub_config.py{_SUFFIX}").rstrip("\n"),
    }
    words["hub_config_indented"] = words["hub_config"].replace("\n", "\n      ")
    root = TEMPLATES / place.name
    return [
        SetupFile(
            path=str(path),
            text=_Template(_read(root / f"{path}{_SUFFIX}")).substitute(words),
            is_shared=str(path) in place.shared,
        )
        for path in sorted(
            PurePosixPath(found.relative_to(root).as_posix().removesuffix(_SUFFIX))
            for found in root.rglob(f"*{_SUFFIX}")
        )
    ]


_BASIC_AUTH = """\
    auth_basic "notebooks";
    auth_basic_user_file /etc/nginx/jupyter-reactive.htpasswd;
"""


def _read(path: Path) -> str:
    return path.read_text("utf-8")
