"""`jupyter reactive hook`: the operator's command, from a terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from traitlets import TraitError

from jupyter_reactive.cli.hook import HookApp
from jupyter_reactive.servers.hooks import LessonHooks


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    """Run it where an operator has set some; gives status, output and errors."""
    code = "import json, sys; told = json.load(sys.stdin); print(told['action'], told['path']); "
    commands = {
        "validate": [sys.executable, "-c", code + "sys.exit(3)"],
        "submit": [sys.executable, "-c", code, "{{not a field}}"],
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


def test_refuses_with_a_sentence(hook):
    for arguments, sentence in {
        ("fetch", "é 1.py"): "Nothing is set for “fetch”",
        ("submit", "gone.py"): "There is no file “gone.py”",
        ("submit",): "Name one of fetch, validate, submit",
    }.items():
        status, out, err = hook(*arguments)
        assert (status, out) == (2, "")
        assert sentence in err


@pytest.mark.parametrize(
    "commands, sentence",
    [
        ({"grade": ["x"]}, "'grade' is none of fetch, validate, submit"),
        ({"submit": ["x", "{user}"]}, "{user} means nothing"),
        ({"submit": ["x", "{"]}, "for a brace"),
        ({"submit": []}, "'submit' names no program"),
    ],
)
def test_mistakes_of_the_operator_are_told_at_once(commands, sentence):
    with pytest.raises(TraitError, match=sentence):
        LessonHooks(commands=commands)
