"""The page that builds course links in the browser: its form, and what it has from the program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from jupyter_reactive.links.forms import NAMES, forms
from jupyter_reactive.links.image import FILES, FOLDERS
from jupyter_reactive.links.platforms import Platform

FORM = Path(__file__).with_name("link_builder.html")
# Each uses those before it.
SCRIPTS = ("addresses", "rules", "files", "hosts", "look", "builder")


def link_builder() -> Iterator[str]:
    """The form, with names, badges and Binder's files as the command line knows them."""
    tables = {
        # `{url}` stands where the link goes.
        "platforms": {
            platform.value: {"name": NAMES[platform], "forms": dict(forms("{url}", platform))}
            for platform in Platform
        },
        "image": {"folders": FOLDERS, "files": FILES},
    }
    text = json.dumps(tables).replace("<", "\\u003c")
    yield FORM.read_text("utf-8")
    yield f'<script type="application/json" id="link-tables">{text}</script>'
    for script in SCRIPTS:
        yield f'<script src="_static/link-{script}.js"></script>'
