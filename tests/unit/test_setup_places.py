"""What `jupyter reactive setup` writes is what each place takes."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tomllib
import yaml
from places import set_up, spawner_args
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from jupyter_reactive import __version__
from jupyter_reactive.setup.places import PLACES, Options, files_for

TOOLS = Path(sys.executable).parent
# Nothing is fetched: what the environment of the tests has is what counts.
PIP = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1"}
VPS = Options(host="lab.example.org", base_url="/jupyter/", user="ada", basic_auth=True)


@pytest.mark.parametrize("place", PLACES)
def test_no_command_is_one_that_jupyter_has_dropped(place):
    """What Jupyter Server and JupyterLab 4 know no more, or what builds where Node.js is not."""
    texts = [
        *PLACES[place].next_steps,
        *(file.text for file in files_for(PLACES[place], Options())),
    ]
    assert not re.search(
        r"serverextension|nbextension|labextension install|lab build|NotebookApp", "\n".join(texts)
    )


@pytest.mark.parametrize("place", ["studiolab", "sagemaker", "binder"])
def test_scripts_pass_shellcheck(place, tmp_path: Path):
    set_up(place, tmp_path)
    scripts = [p for p in tmp_path.rglob("*") if p.is_file() and p.read_text().startswith("#!")]
    assert scripts
    assert all(os.access(script, os.X_OK) for script in scripts)
    subprocess.run([TOOLS / "shellcheck", *scripts], check=True)


def as_environment(folder: Path) -> None:
    """The programs of the environment of the tests, as those of another one."""
    (folder / "bin").mkdir(parents=True)
    for name in ("python", "jupyter-reactive"):
        script = folder / "bin" / name
        script.write_text(f'#!/bin/sh\nexec {TOOLS / name} "$@"\n')
        script.chmod(0o755)


def test_a_space_of_sagemaker_starts_with_its_script(tmp_path: Path):
    """The package goes into Jupyter's own environment, then Jupyter is told."""
    as_environment(tmp_path / "opt/conda")
    told = tmp_path / "told"
    restart = tmp_path / "bin/restart-jupyter-server"
    restart.parent.mkdir()
    # It fails where Jupyter does not run yet, and the space starts all the same.
    restart.write_text(f"#!/bin/sh\ntouch {told}\nexit 1\n")
    restart.chmod(0o755)
    set_up("sagemaker", tmp_path / "script")
    script = tmp_path / "script/on-start.sh"
    assert script.stat().st_size < 16_000
    done = subprocess.run(
        [script],
        env={
            "HOME": str(tmp_path / "home"),
            "PATH": f"{restart.parent}:/usr/bin:/bin",
            "CONDA": str(tmp_path / "opt/conda"),
            **PIP,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == __version__
    assert told.exists()


def test_studio_labs_set_up_leaves_an_environment_that_is_there(tmp_path: Path):
    as_environment(tmp_path / ".reactive")
    set_up("studiolab", tmp_path)
    done = subprocess.run(
        [tmp_path / "setup-marimo.sh"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", **PIP},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == __version__


@pytest.mark.parametrize("place", ["z2jh", "vps"])
def test_dockerfiles_pass_hadolint(place, tmp_path: Path):
    set_up(place, tmp_path, VPS)
    dockerfile = tmp_path / "Dockerfile"
    subprocess.run([TOOLS / "hadolint", dockerfile], check=True)
    if place == "vps":
        assert "\nUSER 1000\n" in dockerfile.read_text()
        assert "HEALTHCHECK" in dockerfile.read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_unit(tmp_path: Path):
    program = tmp_path / "jupyter"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    set_up("vps", tmp_path, Options(user="root"))
    unit = tmp_path / "jupyter-reactive.service"
    # What is not on this machine, is on that one.
    unit.write_text(unit.read_text().replace("/home/root/.venv/bin/jupyter", str(program)))
    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    told = [line for line in done.stderr.splitlines() if unit.name in line]
    assert told == []


def test_the_hub_reads_its_lines(tmp_path: Path):
    config = tmp_path / "jupyterhub_config.py"
    for theirs, args in (
        ("", []),
        ("c.Spawner.args = ['--theirs']\n", ["--theirs"]),
        ("c.Spawner.args.append('--theirs')\n", ["--theirs"]),
    ):
        config.write_text(theirs)
        set_up("jupyterhub", tmp_path)
        loaded = PyFileConfigLoader(str(config)).load_config()
        assert spawner_args(loaded) == [*args, "--ReactiveApp.port=8888"]


def test_the_helm_chart_reads_its_values(tmp_path: Path):
    set_up("z2jh", tmp_path, Options(image="registry.example.org:5000/course/reactive:2"))
    values = yaml.safe_load((tmp_path / "reactive-values.yaml").read_text())
    assert values["singleuser"]["image"] == {
        "name": "registry.example.org:5000/course/reactive",
        "tag": "2",
    }
    set_up("z2jh", tmp_path / "numbers", Options(image="7:1"))
    numbers = yaml.safe_load((tmp_path / "numbers/reactive-values.yaml").read_text())
    # The chart's schema wants texts.
    assert numbers["singleuser"]["image"] == {"name": "7", "tag": "1"}
    c = Config()
    exec(values["hub"]["extraConfig"]["jupyter-reactive"], {"c": c})
    assert spawner_args(c) == ["--ReactiveApp.port=8888"]


def test_tljh_finds_its_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As TLJH does: a module behind an entry point, whose functions carry the mark of pluggy."""
    pluggy = pytest.importorskip("pluggy")
    (tmp_path / "tljh").mkdir()
    (tmp_path / "tljh/__init__.py").touch()
    (tmp_path / "tljh/hooks.py").write_text(
        "import pluggy\n"
        "hookspec, hookimpl = pluggy.HookspecMarker('tljh'), pluggy.HookimplMarker('tljh')\n"
        "@hookspec\ndef tljh_extra_user_pip_packages(): ...\n"
        "@hookspec\ndef tljh_custom_jupyterhub_config(c): ...\n"
    )
    set_up("tljh", tmp_path)
    project = tomllib.loads((tmp_path / "tljh-reactive/pyproject.toml").read_text())
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "tljh-reactive")
    hooks = importlib.import_module("tljh.hooks")
    manager = pluggy.PluginManager("tljh")
    manager.add_hookspecs(hooks)
    plugin = project["project"]["entry-points"]["tljh"]["reactive"]
    manager.register(importlib.import_module(plugin))
    manager.check_pending()
    assert manager.hook.tljh_extra_user_pip_packages() == [["jupyter-reactive"]]
    c = Config()
    manager.hook.tljh_custom_jupyterhub_config(c=c)
    assert spawner_args(c) == ["--ReactiveApp.port=8888"]
