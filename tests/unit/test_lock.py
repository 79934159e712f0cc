"""The lock fits pyproject.toml on every Python that we promise, and names no place of its own."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

REPOSITORY = Path(__file__).parents[2]
LOCK = (REPOSITORY / "requirements.lock").read_text("utf-8")
PROJECT = (REPOSITORY / "pyproject.toml").read_text("utf-8")
PYTHONS = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', PROJECT)
PINS = [Requirement(line.rstrip("\\ ")) for line in LOCK.splitlines() if re.match(r"\w", line)]
RENEW = "run `make lock`"


def wanted() -> Iterator[Requirement]:
    """Every requirement of the package and of its development."""
    for table in ("dependencies", "test", "lint", "docs", "dev"):
        (listed,) = re.findall(rf"^{table} = \[\n(.*?)^\]", PROJECT, re.MULTILINE | re.DOTALL)
        for line in re.findall(r'^  "([^"]+)"', listed, re.MULTILINE):
            yield Requirement(line)


def pinned(name: str, environment: dict[str, str]) -> list[Version]:
    return [
        Version(next(iter(pin.specifier)).version)
        for pin in PINS
        if canonicalize_name(pin.name) == canonicalize_name(name)
        and (pin.marker is None or pin.marker.evaluate(environment))
    ]


@pytest.mark.parametrize("system", ["linux", "darwin"])
@pytest.mark.parametrize("python", PYTHONS)
def test_lock_fits_the_project(python: str, system: str):
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "sys_platform": system,
        "os_name": "posix",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    requirements = list(wanted())
    assert len(requirements) > 20
    for requirement in requirements:
        versions = pinned(requirement.name, environment)
        assert len(versions) == 1, f"{requirement.name}: {RENEW}"
        assert requirement.specifier.contains(versions[0], prereleases=True), (
            f"{requirement}: {versions[0]} is locked, {RENEW}"
        )
    # What these need in their turn, as far as it is known here.
    for pin in PINS:
        if not pin.marker or pin.marker.evaluate(environment):
            for need in needs_of(pin):
                if need.marker is None or need.marker.evaluate({**environment, "extra": ""}):
                    assert pinned(need.name, environment), f"{need.name} of {pin.name}: {RENEW}"


def needs_of(pin: Requirement) -> list[Requirement]:
    """What a package needs, if it is installed here in that version."""
    with contextlib.suppress(ModuleNotFoundError):
        told = metadata(pin.name)
        if pin.specifier.contains(told["Version"], prereleases=True):
            return [Requirement(line) for line in told.get_all("Requires-Dist") or []]
    return []


def test_each_pin_has_its_hashes():
    for entry in re.split(r"^(?=\w)", LOCK, flags=re.MULTILINE)[1:]:
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.!+-]+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("lock", ["requirements.lock", "labextension/yarn.lock"])
def test_no_lock_names_a_place(lock: str):
    assert not re.search(
        r"https?://|\bfile:|--index-url|--find-links|(^|\s)/\w",
        (REPOSITORY / lock).read_text("utf-8"),
    )
