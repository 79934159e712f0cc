import importlib.metadata
import json
import re
import shutil
from pathlib import Path

import pytest

pytestmark = [pytest.mark.package, pytest.mark.timeout(300)]

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.py"))


def test_the_environment_has_no_node(site):
    assert shutil.which("node", path=site.variables["PATH"]) is None
    assert shutil.which("npm", path=site.variables["PATH"]) is None


def test_it_is_the_wheel_that_is_imported(site):
    where = site.run("python", "-c", "import jupyter_reactive; print(jupyter_reactive.__file__)")
    assert Path(where.strip()).is_relative_to(site.prefix)


def test_the_server_extension_is_enabled_and_ok(site):
    listing = site.run("jupyter", "server", "extension", "list")
    enabled = [line.split() for line in listing.splitlines() if "jupyter_reactive" in line]
    assert ["jupyter_reactive", "enabled"] in enabled
    (checked,) = [words for words in enabled if "OK" in words]
    assert checked[1] == version_of(site)


def test_the_labextension_is_enabled_and_ok(site):
    listing = site.run("jupyter", "labextension", "list")
    (line,) = [line for line in listing.splitlines() if "jupyter-reactive" in line]
    assert f"v{version_of(site)}" in line
    assert "enabled" in line
    assert "OK" in line


def test_the_command_line_tells_its_version(site):
    assert version_of(site) in site.run("jupyter", "reactive", "--version").split()


@pytest.mark.usefixtures("lab")
def test_the_command_line_shows_the_status(site):
    assert site.run("jupyter", "reactive", "status").strip()


def test_status_answers_who_has_the_token(site, lab):
    status, body = lab.get("reactive/api/status", token=lab.token)
    assert status == 200, body
    answer = json.loads(body)
    assert answer["version"] == version_of(site)
    assert answer["marimo_version"]


@pytest.mark.parametrize("token", [None, "wrong"])
def test_status_refuses_everybody_else(lab, token):
    assert lab.get("reactive/api/status", token=token)[0] == 403


def test_lab_loads_the_front_end(lab):
    status, page = lab.get("lab", token=lab.token)
    assert status == 200
    config = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page.decode(), re.DOTALL)
    assert config
    (extension,) = [
        entry
        for entry in json.loads(config[1])["federated_extensions"]
        if entry["name"] == "jupyter-reactive"
    ]
    path = f"lab/extensions/jupyter-reactive/{extension['load']}"
    assert lab.get(path, token=lab.token)[0] == 200


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_run_with_what_the_wheel_brings(site, example):
    site.run("marimo", "check", "--strict", str(example))
    site.run("python", str(example))


def version_of(site) -> str:
    (info,) = site.prefix.glob("lib/python*/site-packages/jupyter_reactive-*.dist-info")
    return importlib.metadata.PathDistribution(info).version
