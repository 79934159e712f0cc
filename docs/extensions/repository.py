"""Pages of the repository in the site: links that hold on GitHub hold here, and texts stand once.

README.md, SECURITY.md and others are written for whoever looks at the repository. A page of the
site shows them, or sections of them, where it says `<!-- section: SECURITY.md -->`, and what
is made from the program itself where it says `<!-- generated: options -->`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from link_builder import link_builder
from references import commands, event_schemas, measurements, options, rest_api
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
# Files and folders of the repository, and the pages that show what is in them.
PAGES = {
    "README.md": "index.md",
    "docs": "index.md",
    "SECURITY.md": "administrators/security.md",
    "CONTRIBUTING.md": "developers/contributing.md",
    "CHANGELOG.md": "developers/changelog.md",
    "docs/platforms": "platforms/index.md",
    "docs/platforms/README.md": "platforms/index.md",
    "jupyter_reactive/api/openapi.yaml": "reference/rest.md",
    "jupyter_reactive/events": "reference/events.md",
}
GENERATED = {
    "options": options,
    "commands": commands,
    "rest-api": rest_api,
    "event-schemas": event_schemas,
    "measurements": measurements,
    "link-builder": link_builder,
}
_PLACE = re.compile(r"<!-- (?P<kind>section|generated): (?P<name>.+?)(?: \| (?P<heading>.+))? -->")
_LINK = re.compile(
    r"(?P<image>!?)\[(?P<text>(?:`[^`]*`|!\[[^\]]*\]\([^)]*\)|[^\]])*)\]\((?P<to>[^)\s]+)\)"
)
_HEADING = re.compile(r"(#+) (.*)")
_log = logging.getLogger(__name__)


def section(text: str, heading: str | None) -> str:
    """What stands under a heading, the headings in it moved up to those of a page's parts.

    Args:
        text: Markdown.
        heading: without its marks; None for the page's title.

    Raises:
        LookupError: there is no such heading.
    """
    taken: list[str] = []
    level = 0
    for line, is_code in _lines(text):
        found = None if is_code else _HEADING.fullmatch(line)
        if found and level and len(found[1]) <= level:
            break
        if found and not level and heading in {None, found[2]}:
            level = len(found[1])
        elif level:
            taken.append(line[level - 1 :] if found else line)
    if not level:
        message = f"there is no section “{heading}”"
        raise LookupError(message)
    return "\n".join(taken)


def with_links(app: Sphinx, text: str, folder: Path, docname: str) -> str:
    """The text with links that lead to the site's pages, or to the sources.

    Args:
        app: knows where the sources can be read.
        text: Markdown.
        folder: of the file that it stands in.
        docname: of the page that shows it, for warnings.
    """

    def replace(match: re.Match[str]) -> str:
        path, hash_, anchor = match["to"].partition("#")
        if not path or re.match(r"[a-z]+:|/", path):
            return match[0]
        target = Path(os.path.normpath(folder / path))
        name = target.relative_to(ROOT).as_posix()
        if not target.exists():
            _log.warning("a link leads to %s, which is not there", name, location=docname)
        if name in PAGES:
            return f"[{match['text']}](/{PAGES[name]})"
        if target.is_relative_to(DOCS) and target.is_file():
            page = target.relative_to(DOCS).as_posix()
            return f"{match['image']}[{match['text']}](/{page}{hash_}{anchor})"
        if app.config.repository_url:
            return f"[{match['text']}]({app.config.repository_url}/blob/HEAD/{name})"
        return match["text"] if "`" in match["text"] else f"`{match['text']}`"

    return "\n".join(
        line if is_code else _LINK.sub(replace, line) for line, is_code in _lines(text)
    )


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """The lines, and whether each is code."""
    fence = ""
    for line in text.splitlines():
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        yield line, bool(fence or mark)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""


def _read(app: Sphinx, docname: str, content: list[str]) -> None:
    """Put into a page what it asks for."""

    def replace(match: re.Match[str]) -> str:
        if match["kind"] == "generated":
            # Most of the package may change it.
            app.env.note_reread()
            return "\n".join(GENERATED[match["name"]]())
        file = ROOT / match["name"]
        app.env.note_dependency(str(file))
        try:
            text = section(file.read_text("utf-8"), match["heading"])
        except (OSError, LookupError) as e:
            message = f"{docname} asks for {match['name']}: {e}"
            raise ExtensionError(message) from e
        return with_links(app, text, file.parent, docname)

    text = with_links(app, content[0], app.env.doc2path(docname).parent, docname)
    content[0] = _PLACE.sub(replace, text)


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx what is here."""
    app.add_config_value("repository_url", "", "env", str)
    app.connect("source-read", _read)
    return {"parallel_read_safe": True}
