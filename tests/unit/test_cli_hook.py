"""`jupyter reactive hook`: the operator's command, from a terminal."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from traitlets import TraitError

from jupyter_reactive.cli.hook import HookApp
from jupyter_reactive.servers.hooks import LessonHooks

# Puts the released lesson into its folder, as graders do, over whatever is there.
FETCH = """import os, pathlib, sys
folder, name, parent = sys.argv[1:]
assert pathlib.Path(parent, name) == pathlib.Path(folder)
assert os.getcwd() == (folder if os.path.isdir(folder) else parent)
os.makedirs(folder, exist_ok=True)
pathlib.Path(folder, "lesson.py").write_text("released")
"""


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    """Run it where an operator has set some; gives status, output and errors."""
    code = "import json, sys; told = json.load(sys.stdin); print(told['action'], told['path']); "
    commands = {
        "validate": [sys.executable, "-c", code + "sys.exit(3)"],
        "submit": [sys.executable, "-c", code, "{{not a field}}"],
        "fetch": [sys.executable, "-c", FETCH, "{folder}", "{folder_name}", "{parent}"],
    }
    config = tmp_path / "config"
    config.mkdir()
    options = {"LessonHooks": {"commands": commands}}
    (config / "jupyter_server_config.json").write_text(json.dumps(options))
    (tmp_path / "é 1.py").write_text("")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(config))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        app = HookApp()
        app.initialize([*arguments])
        with pytest.raises(SystemExit) as ended:
            app.start()
        return ended.value.code, *capsys.readouterr()

    return run


def test_command_is_run_and_its_end_told(hook):
    assert hook("submit", "é 1.py") == (0, "submit é 1.py\n", "")
    status, out, err = hook("validate", "é 1.py")
    assert (status, out) == (1, "validate é 1.py\n")
    assert "“validate” has failed (exit code 3)" in err
    told = json.loads(hook("validate", "é 1.py", "--json")[1])
    assert (told["state"], told["exit_code"], told["lines"]) == (
        "failed",
        3,
        ["validate é 1.py"],
    )


def test_a_lesson_is_fetched_where_none_is_and_mine_is_kept_where_one_is(hook, tmp_path: Path):
    assert hook("fetch", "week 1") == (0, "\n", "")
    lesson = tmp_path / "week 1/lesson.py"
    assert lesson.read_text() == "released"
    for mine, kept in {"my first": "lesson_mine.py", "my second": "lesson_mine_1.py"}.items():
        lesson.write_text(mine)
        status, out, _err = hook("fetch", "week 1/lesson.py")
        assert (status, lesson.read_text()) == (0, "released")
        assert out == f"“lesson.py” is another one now; yours is kept as “{kept}”.\n"
        assert lesson.with_name(kept).read_text() == mine
    assert hook("fetch", "week 1") == (0, "\n", "")
    assert hook("fetch", "no/week 2")[0] == hook("fetch", "week 1/other.ipynb")[0] == 2


def test_refuses_with_a_sentence(hook):
    for arguments, sentence in {
        ("submit", "gone.py"): "There is no file “gone.py”",
        ("submit",): "Name one of fetch, validate, submit",
        ("grade", "é 1.py"): "Nothing is set for “grade”",
    }.items():
        status, out, err = hook(*arguments)
        assert (status, out) == (2, "")
        assert sentence in err


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"commands": {"grade": ["x"]}}, "'grade' is none of fetch, validate, submit"),
        ({"commands": {"submit": ["x", "{user}"]}}, "{user} means nothing"),
        ({"commands": {"submit": ["x", "{"]}}, "for a brace"),
        ({"commands": {"submit": []}}, "'submit' names no program"),
        ({"for_jupyter": ["fetch"]}, "validate"),
        ({"failures": {"validate": "("}}, "no regular expression"),
        ({"failures": {"grade": "x"}}, "fetch"),
    ],
)
def test_mistakes_of_the_operator_are_told_at_once(options, sentence):
    with pytest.raises(TraitError, match=re.escape(sentence)):
        LessonHooks(**options)
