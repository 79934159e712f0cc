"""The source text of a new notebook. Knows nothing of where it will be written."""

from __future__ import annotations

from pathlib import Path

from ..errors import NotANotebook, TemplateNotFound, Unreadable
from ..translation import _
from .marimo import MINIMUM_VERSION, installed_version
from .recognise import recognise

DEFAULT_TEMPLATE = "default"
_DEFAULT_FILE = Path(__file__).parent / "templates" / "default.py.txt"


def template_source(name: str, templates: dict[str, str]) -> str:
    """The source text of a template.

    Args:
        name: one of the operator's templates, or ``default``.
        templates: the operator's templates, name to file; an entry ``default`` replaces ours.

    Raises:
        TemplateNotFound: no template of that name, or its file is not there.
        NotANotebook: the file is no marimo notebook.
        Unreadable: the file cannot be read.
    """
    if name not in templates:
        if name != DEFAULT_TEMPLATE:
            raise TemplateNotFound(
                _("There is no template “{name}”.").format(name=name),
                _("Templates that can be used: {names}.").format(
                    names=", ".join(sorted({DEFAULT_TEMPLATE, *templates}))
                ),
            )
        return _DEFAULT_FILE.read_text("utf-8").format(
            marimo_version=installed_version() or MINIMUM_VERSION
        )
    path = Path(templates[name]).expanduser()
    setting = _("Ask the administrator to look at c.NotebookFiles.templates.")
    try:
        recognition = recognise(path)
        source = path.read_text("utf-8")
    except FileNotFoundError:
        raise TemplateNotFound(
            _("The file of the template “{name}” is not there: {path}").format(
                name=name, path=path
            ),
            setting,
        ) from None
    except (OSError, UnicodeDecodeError) as e:
        raise Unreadable(
            _("The template “{name}” cannot be read: {error}").format(name=name, error=e), setting
        ) from e
    if not recognition.reactive:
        raise NotANotebook(
            _("The template “{name}” is no marimo notebook: {path}").format(name=name, path=path),
            setting,
        )
    return source
