"""A file is a marimo notebook when marimo's own parser says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from marimo._ast.load import get_notebook_status

from jupyter_reactive.notebooks.recognise import SCAN_BYTES, Recogniser, recognise

CELL = "\n@app.cell\ndef _():\n    x = 1\n    return (x,)\n"
CASES = {
    "plain": ("import marimo\napp = marimo.App()\n" + CELL, True),
    "options": ('import marimo\n\napp = marimo.App(width="full", app_title="é 🌊")\n' + CELL, True),
    "alias": ("import marimo as m\napp = m.App()\n" + CELL, True),
    "docstring first": ('"""Words."""\n# more\nimport marimo\napp = marimo.App()\n' + CELL, True),
    "script header": (
        '# /// script\n# dependencies = ["marimo"]\n# ///\nimport marimo\napp = marimo.App()\n'
        + CELL,
        True,
    ),
    "crlf": ("import marimo\r\napp = marimo.App()\r\n", True),
    "bom": ("\ufeffimport marimo\napp = marimo.App()\n", True),
    "script": ("print('hello')\n", False),
    "uses marimo": ("import marimo\n\nprint(marimo.__version__)\n", False),
    "mentions it": ('"""import marimo\napp = marimo.App()\n"""\n', False),
    "inside a function": ("import marimo\ndef f():\n    app = marimo.App()\n", False),
    "another App": ("import fastapi\napp = fastapi.App()  # not marimo\n", False),
}


@pytest.mark.parametrize("source, reactive", CASES.values(), ids=CASES.keys())
def test_by_content(tmp_path: Path, source: str, reactive: bool):
    path = tmp_path / "n.py"
    path.write_bytes(source.encode())
    assert recognise(path).reactive is reactive


PARITY = {name: source for name, (source, _) in CASES.items() if name not in {"bom", "another App"}}


@pytest.mark.parametrize("name", PARITY)
def test_marimo_agrees(tmp_path: Path, name: str):
    path = tmp_path / "n.py"
    path.write_text(PARITY[name], "utf-8")
    try:
        opens = get_notebook_status(str(path)).status in {"valid", "has_warnings", "has_errors"}
    except Exception:  # noqa: BLE001  # marimo's loader raises its own and the parser's errors
        opens = False
    # marimo opens a file that holds nothing but a docstring as an empty notebook.
    assert opens is recognise(path).reactive or name == "mentions it"


def test_every_tutorial_is_recognised(tutorials: list[Path]):
    assert [path.name for path in tutorials if not recognise(path).reactive] == []


def test_no_other_file_of_marimo_is_recognised(tutorials: list[Path]):
    package = tutorials[0].parent.parent
    sources = [path for path in package.rglob("*.py") if path not in tutorials]
    assert len(sources) > 300
    for path in sources:
        if recognise(path).reactive:
            assert get_notebook_status(str(path)).status != "invalid", path


def test_broken_python_names_the_line(tmp_path: Path):
    path = tmp_path / "n.py"
    path.write_text("import marimo\napp = marimo.App()\n\n@app.cell\ndef _():\n    x = (\n")
    found = recognise(path)
    assert found.reactive
    assert found.error
    assert found.line == 6


def test_merge_conflict_is_a_broken_notebook(tmp_path: Path):
    path = tmp_path / "n.py"
    path.write_text("import marimo\napp = marimo.App()\n<<<<<<< HEAD\nx = 1\n=======\n")
    found = recognise(path)
    assert found.reactive
    assert found.line == 3


@pytest.mark.parametrize("source", [b"", b" \n\t\n"])
def test_empty(tmp_path: Path, source: bytes):
    path = tmp_path / "n.py"
    path.write_bytes(source)
    assert recognise(path).empty
    assert not recognise(path).reactive


@pytest.mark.parametrize(
    "source",
    [b"\x00\x01marimo App\xff\xfe", b"import marimo\napp = marimo.App()\n\x00", b"\xff" * 100],
    ids=["binary", "nul", "not utf-8"],
)
def test_bytes_that_are_no_python(tmp_path: Path, source: bytes):
    path = tmp_path / "n.py"
    path.write_bytes(source)
    found = recognise(path)
    assert found.error or not found.reactive


def test_reads_no_more_than_the_first_megabyte(tmp_path: Path):
    path = tmp_path / "n.py"
    head = b"import marimo\napp = marimo.App()\n"
    path.write_bytes(head)
    os.truncate(path, 100_000_000)
    assert recognise(path).reactive
    path.write_bytes(b"#" * SCAN_BYTES + b"\n" + head)
    assert not recognise(path).reactive


@pytest.mark.parametrize(
    "name, source, reactive",
    [
        ("n.md", "---\ntitle: T\nmarimo-version: 0.25.2\n---\n\n# Hello\n", True),
        ("n.md", "# Hello\n\nmarimo-version: said in the text\n", False),
        ("n.ipynb", "{}", False),
        ("n.txt", "import marimo\napp = marimo.App()\n", False),
    ],
)
def test_other_suffixes(tmp_path: Path, name: str, source: str, reactive: bool):
    path = tmp_path / name
    path.write_text(source)
    assert recognise(path).reactive is reactive


def test_remembers_until_the_file_changes(tmp_path: Path):
    path = tmp_path / "n.py"
    path.write_text("print()")
    recogniser = Recogniser(size=2)
    first = recogniser.recognise(path)
    assert recogniser.recognise(path) is first
    path.write_text("import marimo\napp = marimo.App()\n")
    assert recogniser.recognise(path).reactive


def test_forgets_the_least_used(tmp_path: Path):
    recogniser = Recogniser(size=2)
    paths = [tmp_path / f"{number}.py" for number in range(3)]
    for path in paths:
        path.write_text("print()")
    first = recogniser.recognise(paths[0])
    recogniser.recognise(paths[1])
    recogniser.recognise(paths[2])
    assert recogniser.recognise(paths[0]) is not first


def test_missing_file(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        recognise(tmp_path / "n.py")
