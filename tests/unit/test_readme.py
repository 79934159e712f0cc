"""The README says what is true."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from jupyter_core.application import JupyterApp
from traitlets.config import Configurable

import jupyter_reactive

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_options_table_is_not_stale():
    subprocess.run([sys.executable, str(ROOT / "docs/options.py"), "--check"], check=True)


def subclasses(cls: type) -> Iterator[type]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def test_no_option_is_left_out():
    for module in walk_packages(jupyter_reactive.__path__, "jupyter_reactive."):
        # Scripts for other interpreters are no modules.
        if not module.name.startswith("jupyter_reactive.notebooks.marimo_"):
            import_module(module.name)
    configured = {
        cls.__name__
        for cls in subclasses(Configurable)
        if cls.__module__.startswith("jupyter_reactive.")
        and not issubclass(cls, JupyterApp)
        and cls.class_own_traits(config=True)
    }
    assert len(configured) > 20
    assert configured | {"ReactiveApp"} == set(re.findall(r"^\| `c\.(\w+)\.", README, re.MULTILINE))


def test_every_option_says_its_default():
    rows = [line for line in README.splitlines() if line.startswith("| `c.")]
    assert len(rows) >= 10
    for row in rows:
        assert "Default:" in row, row


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)|src=\"([^\"]+)\"", README):
        path = target[0] or target[1]
        if not path.startswith("http"):
            assert (ROOT / path).exists(), path


def test_speed_is_that_of_its_page():
    page = (ROOT / "docs/speed.md").read_text("utf-8")
    _head, _, rest = README.partition("<!-- speed: written by benchmarks/speed.py -->")
    table, _, _tail = rest.partition("<!-- end of speed -->")
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert len(rows) >= 5
    assert set(rows) <= set(page.splitlines()), "run: .venv/bin/python benchmarks/speed.py --docs"


def test_security_names_tests_that_are_there():
    security = (ROOT / "SECURITY.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", security)
    assert len(named) > 10
    for path, test in named:
        assert f"def {test}" in (ROOT / path).read_text("utf-8"), f"{path}::{test}"
