"""The source of a new notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from marimo._convert.converters import MarimoConvert

from jupyter_reactive.errors import NotANotebook, TemplateNotFound, Unreadable
from jupyter_reactive.notebooks.create import template_source
from jupyter_reactive.notebooks.marimo import installed_version
from jupyter_reactive.notebooks.recognise import recognise


def test_default_is_a_notebook_of_the_installed_marimo(tmp_path: Path):
    path = tmp_path / "n.py"
    path.write_text(template_source("default", {}))
    assert recognise(path).reactive
    assert f'__generated_with = "{installed_version()}"' in path.read_text()


def test_marimo_accepts_the_default(tmp_path: Path):
    path = tmp_path / "n.py"
    path.write_text(template_source("default", {}))
    subprocess.run([sys.executable, "-m", "marimo", "check", str(path)], check=True)
    subprocess.run([sys.executable, str(path)], check=True)


def test_marimo_saves_the_default_as_it_is(tmp_path: Path):
    """Opening and saving a new notebook must leave no difference in git."""
    source = template_source("default", {})
    assert MarimoConvert.from_py(source).to_py().strip() == source.strip()


def test_operators_template(tmp_path: Path, notebook_source: str):
    path = tmp_path / "course.py"
    path.write_text(notebook_source)
    assert template_source("course", {"course": str(path)}) == notebook_source
    assert template_source("default", {"default": str(path)}) == notebook_source


def test_unknown_template_names_those_that_are_there():
    with pytest.raises(TemplateNotFound) as raised:
        template_source("nix", {"course": "/x.py"})
    assert "course, default" in raised.value.remedy


@pytest.mark.parametrize(
    "content, error",
    [(None, TemplateNotFound), (b"print()", NotANotebook), (b"\xff\xfe\xff", Unreadable)],
    ids=["missing", "no notebook", "not utf-8"],
)
def test_bad_template_says_which_setting(tmp_path: Path, content: bytes | None, error: type):
    path = tmp_path / "course.py"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error) as raised:
        template_source("course", {"course": str(path)})
    assert "c.NotebookFiles.templates" in raised.value.remedy
