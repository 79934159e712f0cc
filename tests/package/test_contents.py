import json
import shutil
import tarfile
from collections import Counter
from email.message import Message
from email.parser import Parser
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

pytestmark = [pytest.mark.package, pytest.mark.timeout(300)]

DATA = "jupyter_reactive-{}.data/data/"
LABEXTENSION = "share/jupyter/labextensions/jupyter-reactive/"


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    return names_of(wheel)


@pytest.fixture(scope="module")
def data(wheel: Path, names: list[str]) -> dict[str, bytes]:
    """What the wheel puts under the environment's prefix, by path."""
    prefix = DATA.format(version_of(wheel))
    with ZipFile(wheel) as archive:
        return {
            name.removeprefix(prefix): archive.read(name)
            for name in names
            if name.startswith(prefix)
        }


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        text = archive.read(f"jupyter_reactive-{version_of(wheel)}.dist-info/METADATA").decode()
    return Parser().parsestr(text)


def names_of(wheel: Path) -> list[str]:
    with ZipFile(wheel) as archive:
        return sorted(archive.namelist())


def version_of(wheel: Path) -> str:
    return wheel.name.split("-")[1]


def test_it_is_pure_python(wheel: Path):
    assert wheel.name.endswith("-py3-none-any.whl")


def test_the_version_is_that_of_the_front_end(wheel: Path, source: Path):
    package = json.loads((source / "labextension" / "package.json").read_text())
    assert version_of(wheel) == package["version"]


def test_every_file_of_the_package_is_in_it(names: list[str], source: Path):
    files = {
        str(path.relative_to(source))
        for path in (source / "jupyter_reactive").rglob("*")
        if path.is_file() and not {"labextension", "__pycache__"} & set(path.parts)
    }
    assert "jupyter_reactive/__init__.py" in files
    assert files == {name for name in names if name.startswith("jupyter_reactive/")}


@pytest.mark.parametrize(
    "pattern",
    [
        "jupyter_reactive/py.typed",
        "jupyter_reactive/pages/*.html",
        "jupyter_reactive/events/*.yaml",
        "jupyter_reactive/*/openapi.yaml",
    ],
)
def test_files_that_are_read_at_run_time_are_in_it(names: list[str], pattern: str):
    assert [name for name in names if fnmatch(name, pattern)]


def test_the_server_extension_is_switched_on(data: dict[str, bytes]):
    config = json.loads(data["etc/jupyter/jupyter_server_config.d/jupyter_reactive.json"])
    assert config == {"ServerApp": {"jpserver_extensions": {"jupyter_reactive": True}}}


def test_the_front_end_is_a_prebuilt_extension(data: dict[str, bytes]):
    package = json.loads(data[f"{LABEXTENSION}package.json"])
    entry = package["jupyterlab"]["_build"]["load"]
    assert f"{LABEXTENSION}{entry}" in data
    assert f"{LABEXTENSION}static/style.js" in data
    assert json.loads(data[f"{LABEXTENSION}install.json"])["packageManager"] == "python"


def test_the_settings_are_in_it(data: dict[str, bytes], source: Path):
    schemas = {path.name for path in (source / "labextension" / "schema").glob("*.json")}
    packed = {
        PurePosixPath(name).name
        for name in data
        if name.startswith(f"{LABEXTENSION}schemas/jupyter-reactive/")
    }
    assert schemas
    assert schemas <= packed


def test_the_front_end_is_built_for_production_and_only_once(data: dict[str, bytes]):
    scripts = [name for name in data if name.startswith(f"{LABEXTENSION}static/")]
    assert not [name for name in scripts if name.endswith(".map")]
    entries = [name for name in scripts if PurePosixPath(name).name.startswith("remoteEntry")]
    assert len(entries) == 1, "an older build is packed too"


def test_no_path_of_the_builders_machine_is_in_it(data: dict[str, bytes], source: Path):
    """The front end's build writes a log that is full of them."""
    assert [name for name, content in data.items() if str(source).encode() in content] == []


def test_nothing_else_is_in_it(names: list[str], wheel: Path):
    version = version_of(wheel)
    places = (
        "jupyter_reactive/",
        f"jupyter_reactive-{version}.dist-info/",
        f"{DATA.format(version)}{LABEXTENSION}",
        f"{DATA.format(version)}etc/jupyter/jupyter_server_config.d/",
    )
    assert [name for name in names if not name.startswith(places)] == []
    unwanted = {"tests", "node_modules", "__pycache__"}
    assert [name for name in names if unwanted & set(PurePosixPath(name).parts)] == []


def test_no_file_is_in_it_twice(wheel: Path):
    with ZipFile(wheel) as archive:
        counts = Counter(archive.namelist())
    assert [name for name, count in counts.items() if count > 1] == []


def test_metadata(metadata: Message):
    assert metadata["Name"] == "jupyter-reactive"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert metadata["Requires-Python"] == ">=3.10"
    assert "Framework :: Jupyter :: JupyterLab :: Extensions :: Prebuilt" in metadata.get_all(
        "Classifier", []
    )
    assert metadata.get_payload(), "the readme is the long description"


def test_it_asks_for_what_it_imports_and_no_more(metadata: Message):
    assert {Requirement(text).name for text in metadata.get_all("Requires-Dist", [])} == {
        "aiohttp",
        "brotli",
        "ipython",
        "jupyter-client",
        "jupyter-core",
        "jupyter-events",
        "jupyter-server",
        "jupyter-server-proxy",
        "marimo",
        "nbclient",
        "nbconvert",
        "nbformat",
        "platformdirs",
        "prometheus-client",
        "psutil",
        "tomlkit",
        "tornado",
        "traitlets",
        "yarl",
    }
    assert metadata.get_all("Provides-Extra") is None


def test_the_sdist_brings_the_front_end_built(sdist: Path):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert "jupyter_reactive/labextension/static/style.js" in names
    assert "labextension/yarn.lock" in names
    assert not [name for name in names if "node_modules" in name]


def test_a_wheel_from_the_sdist_needs_no_node(
    wheel: Path, sdist_wheel: Path, no_node: dict[str, str]
):
    assert shutil.which("node", path=no_node["PATH"]) is None
    assert names_of(sdist_wheel) == names_of(wheel)
